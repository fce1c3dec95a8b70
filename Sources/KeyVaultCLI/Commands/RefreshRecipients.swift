import ArgumentParser
import GPG
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
    let repository = try session.repositoryToChange()
    let full = try fingerprints.map { try FullFingerprint.parse($0) }
    let (results, written) = try repository.vault.refreshRecipients(
      full, from: session.gpg(), program: session.gpgProgram())
    guard !results.isEmpty else {
      throw Failure(
        .nothingToDo, "nobody can read the vault: it has no list of recipients",
        hints: ["run 'keyvault recipients add FINGERPRINT'"])
    }
    for result in results { try Console.output(result.text.printable + "\n") }
    let count = results.count { $0.outcome == .updated || $0.outcome == .added }
    try commit.run(
      "keyvault: refresh \(count == 1 ? "a public key" : "\(count) public keys")", files: written,
      in: repository, session)
    if results.contains(where: \.isRefused) { throw ExitCode(1) }
    if !full.isEmpty, results.contains(where: { $0.outcome == .notInKeyring }) {
      throw ExitCode(66)
    }
  }
}

extension Vault.Refresh {
  fileprivate var isRefused: Bool { if case .refused = outcome { true } else { false } }

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
