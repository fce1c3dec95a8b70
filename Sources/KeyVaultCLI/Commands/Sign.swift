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
    if recipients {
      try signRecipients(in: session)
    } else {
      try signEntries(in: session)
    }
  }

  private func signRecipients(in session: Session) throws {
    let outcome = try SignLists().run(in: session.workspaceToChange())
    for file in outcome.written { session.detail("wrote \(file)") }
    session.note("signed the recipients as number \(outcome.counter), by \(outcome.signer)")
    try commit.run("keyvault: sign the recipients", files: outcome.written, in: session)
  }

  private func signEntries(in session: Session) throws {
    let action = SignEntries(try entries.map { text throws(Failure) in try EntryName(text) })
    let outcome = try action.run(in: session.workspaceToChange())
    if outcome.isIdle {
      session.note(entries.isEmpty ? "no entry needs a signature" : "already signed")
    }
    if !outcome.signed.isEmpty {
      let names = outcome.signed.map(\.path).joined(separator: ", ")
      try commit.run("keyvault: sign \(names)", outcome.signed, in: session)
    }
    if let failure = outcome.failure { throw ExitCode(failure.kind.exitStatus) }
  }
}
