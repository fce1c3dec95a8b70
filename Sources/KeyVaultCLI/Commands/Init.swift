import ArgumentParser
import KeyVault

struct Init: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Create a keyvault repository in this folder.",
    discussion: """
      Writes keyvault.yaml, Schemas/, .gitignore, vault/.gpg-id and the recipients' public keys. It \
      overwrites nothing: an existing password-store in vault/ keeps its readers.

      Example: keyvault init --recipient 0123456789ABCDEF0123456789ABCDEF01234567
      """)

  @Option(
    help: ArgumentHelp(
      "Let this person read the vault: the full fingerprint of a GPG key in your keyring (repeatable; default: your own key).",
      valueName: "fingerprint"))
  var recipient: [String] = []

  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let folder = session.surroundings.workingFolder
    let outcome = try InitRepository(readers: recipient).run(
      at: folder, on: session.host, for: session.frontEnd
    ) { () throws(Failure) in try session.workspaceToChange() }
    for file in outcome.written { session.detail("wrote \(file)") }
    for fault in outcome.faults { session.frontEnd.tell(fault) }
    if outcome.isTakenOver {
      let state =
        "keeps its readers"
        + (outcome.hasFaultyList ? ", and nothing is encrypted where their list has a fault" : "")
      session.note("this folder is a keyvault repository; its password-store \(state)")
      session.note("next: keyvault recipients, then keyvault validate")
    } else {
      let readers = outcome.readers.joined(separator: ", ")
      session.note("this folder is a keyvault repository; \(readers) can read it")
      session.note("next: keyvault add production/openai")
    }
    guard commit.commit || Git(in: folder).prefix != nil else { return }
    try commit.run("keyvault: init", files: outcome.written + outcome.kept, in: session)
    if !commit.commit { try session.workspace().tellUntracked() }
    session.note("and, to refuse plaintext before it is committed: keyvault git install")
  }
}
