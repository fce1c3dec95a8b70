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
    let repository = try session.repositoryToChange()
    let vault = repository.vault
    guard repository.signingRules.policy != .off else {
      throw Failure(
        .usage, "signatures are off here",
        hints: ["say 'policy: {signatures: optional}' in keyvault.yaml, or 'required'"])
    }
    let named = try entries.map { text throws in try vault.entry(EntryName(text)) }
    let all = try vault.signatures(of: named.isEmpty ? vault.entries() : named)
    if named.isEmpty { warnOfChanged(all) }
    let chosen = all.filter { named.isEmpty ? $0.isDue : !$0.isGood }.map(\.entry.name)
    let signer = try repository.signer()
    let gpg = try session.gpg()
    var signed: [EntryName] = []
    var failed: Failure?
    // Each is written by itself: a signature says nothing of other entries, a passphrase or a token may be asked
    // for at each, and a second run goes on with what an interrupted one left.
    for name in chosen {
      do throws(Failure) {
        let opened = try vault.sign(name, as: signer, with: gpg)
        signed.append(name)
        let hosts = OriginPolicy(allowed: []).ownHosts(of: opened)
        session.note(
          "signed \(name)"
            + (hosts.isEmpty ? "" : ", which may travel to \(hosts.joined(separator: ", "))"))
      } catch {
        // Of many, one that cannot be signed is no reason to stop.
        guard named.count != 1 else { throw error }
        Console.warning(error.message, hint: error.hints.first)
        failed = failed ?? error
      }
    }
    if chosen.isEmpty { session.note(named.isEmpty ? "nothing is to be signed" : "signed already") }
    if !signed.isEmpty {
      let names = signed.map(\.path).joined(separator: ", ")
      try commit.run("keyvault: sign \(names)", signed, in: repository, session)
    }
    if let failed { throw ExitCode(failed.kind.exitStatus) }
  }

  private func warnOfChanged(_ all: [Vault.EntrySignature]) {
    for signature in all where !signature.isGood && !signature.isDue {
      Console.warning(
        signature.text,
        hint: "to sign it as it is: "
          + "\(Shell("keyvault sign \(signature.entry.name)"))")
    }
  }
}
