import ArgumentParser
import KeyVault

struct Sign: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Sign entries that nobody has signed, or whose signer has left.",
    discussion: """
      Opens each, and signs only what is bound to its place and fits its sidecar. You vouch for what \
      it says: look at it first. An entry that was changed after it was signed is signed only by name.

      Example: keyvault sign production/openai
      """)

  @Argument(help: "Such as production/openai; all that need it if not said.", completion: .entries)
  var entries: [String] = []

  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let action = SignEntries(try entries.map { text throws(Failure) in try EntryName(text) })
    let outcome = try action.run(in: session.workspaceToChange())
    if outcome.isIdle {
      session.note(entries.isEmpty ? "nothing is to be signed" : "signed already")
    }
    if !outcome.signed.isEmpty {
      let names = outcome.signed.map(\.path).joined(separator: ", ")
      try commit.run("keyvault: sign \(names)", outcome.signed, in: session)
    }
    if let failure = outcome.failure { throw ExitCode(failure.kind.exitStatus) }
  }
}
