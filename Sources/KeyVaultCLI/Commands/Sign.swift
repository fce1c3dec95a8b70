import ArgumentParser
import KeyVault

struct Sign: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract:
      "Sign entries, or with --recipients the files that decide who can read and sign what.",
    discussion: """
      Without arguments, 'sign' signs the entries that are unsigned or whose signer has left. It decrypts \
      each entry, and signs it only if it is bound to its place and matches its sidecar. Name an entry that \
      changed after it was signed: your signature vouches for its content, so look at it first.

      --recipients signs the recipient lists, public keys, keyvault.yaml and provider files together. It writes \
      vault/.recipients.sig, and the .gpg-id.sig of pass where that is used. Look at what changed first: \
      git diff origin/main -- keyvault.yaml providers.d vault

      Example: keyvault sign production/openai
      """)

  @Argument(
    help: "Entries, such as production/openai (default: all that are due).", completion: .entries)
  var entries: [String] = []

  @Flag(help: "Sign recipient lists, public keys, keyvault.yaml and provider files instead.")
  var recipients = false

  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func validate() throws {
    if recipients, !entries.isEmpty {
      throw ValidationError("--recipients signs no entries: run 'sign' once for each")
    }
  }

  func run(in session: Session) async throws {
    let repository = try session.repositoryToChange()
    guard repository.signingRules.policy != .off else {
      throw Failure(
        .usage, "signatures are off here",
        hints: ["set 'policy: {signatures: optional}' in keyvault.yaml, or 'required'"])
    }
    if recipients {
      try signRecipients(repository, session)
    } else {
      try signEntries(repository, session)
    }
  }

  private func signRecipients(_ repository: Repository, _ session: Session) throws {
    let signer = try repository.signer()
    let (counter, written) = try repository.vault.signRecipients(as: signer)
    for file in written { session.detail("wrote \(file)") }
    session.note("signed the recipients as number \(counter), by \(signer.fingerprint)")
    try commit.run("keyvault: sign the recipients", files: written, in: repository, session)
  }

  private func signEntries(_ repository: Repository, _ session: Session) throws {
    let vault = repository.vault
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
    if chosen.isEmpty {
      session.note(named.isEmpty ? "no entry needs a signature" : "already signed")
    }
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
        hint: "to sign its current content: "
          + "\(Shell("keyvault sign \(signature.entry.name)"))")
    }
  }
}
