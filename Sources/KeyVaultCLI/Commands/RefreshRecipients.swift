import ArgumentParser
import KeyVault

struct RefreshRecipients: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "refresh",
    abstract: "Update the recipients' public keys from your keyring.",
    discussion: """
      Copies expiry dates, subkeys and revocations from your keyring to vault/.public-keys. What only the \
      files have stays. An update that would make a key expire earlier is skipped, with exit status 1. Exit \
      status 66 if a key that you name is not in your keyring.

      Example: gpg --import bob.asc && keyvault recipients refresh
      """)

  @Argument(help: "Full fingerprints (default: all recipients).")
  var fingerprints: [String] = []

  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let action = RefreshReaders(try fingerprints.map { try FullFingerprint.parse($0) })
    let outcome = try action.run(in: session.workspaceToChange())
    for key in outcome.keys { try Console.output(key.text.printable + "\n") }
    let keys = outcome.updated == 1 ? "a public key" : "\(outcome.updated) public keys"
    try commit.run("keyvault: refresh \(keys)", files: outcome.written, in: session)
    if outcome.isRefused { throw ExitCode(1) }
    if outcome.lacksNamed { throw ExitCode(66) }
  }
}

extension Vault.Refresh {
  /// `updated: Bob <bob@example.com>, FINGERPRINT, expires 2026-12-01 → 2028-12-01`.
  fileprivate var text: String {
    func day(_ moment: Timestamp?) -> String { moment?.day ?? "never" }
    let person = (name.map { "\($0.printable(limit: 80)), " } ?? "") + fingerprint
    let end =
      isRevoked
      ? "revoked"
      : before == after ? "expires \(day(after))" : "expires \(day(before)) → \(day(after))"
    return switch outcome {
    case .updated: "updated: \(person), \(end)"
    case .added: "added: \(person), \(isRevoked ? end : "expires \(day(after))")"
    case .unchanged: "unchanged: \(person), \(end)"
    case .notInKeyring: "not in your keyring: \(person)"
    case .refused(let why): "not taken: \(person): \(why)"
    }
  }
}
