import ArgumentParser
import KeyVault

struct SignRecipients: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract:
      "Sign who can read which folder, the public keys, keyvault.yaml, and the provider files.",
    discussion: """
      Writes vault/.recipients.sig, and the .gpg-id.sig of pass where it is used. You vouch for all of \
      it as it stands: look at what changed first.

      Example: git diff origin/main -- keyvault.yaml providers.d vault && keyvault recipients sign
      """)

  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let outcome = try SignLists().run(in: session.workspaceToChange())
    for file in outcome.written { session.detail("wrote \(file)") }
    session.note("signed the recipients as number \(outcome.counter), by \(outcome.signer)")
    try commit.run("keyvault: sign the recipients", files: outcome.written, in: session)
  }
}
