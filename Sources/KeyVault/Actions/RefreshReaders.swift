/// Updates the vault's public keys from the user's keyring: expiry dates, subkeys, and revocations.
public struct RefreshReaders: Sendable {
  /// Full ones, of recipients; empty for all recipients.
  public let fingerprints: [String]

  public init(_ fingerprints: [String] = []) {
    self.fingerprints = fingerprints
  }

  public struct Outcome: Sendable {
    public let keys: [Vault.Refresh]
    /// Relative to the root.
    public let written: [String]

    /// How many files have another key now.
    public var updated: Int { keys.count { $0.outcome == .updated || $0.outcome == .added } }
    /// Whether something that the keyring knows was refused.
    public var isRefused: Bool {
      keys.contains { if case .refused = $0.outcome { true } else { false } }
    }
    /// Whether the keyring lacks a key that was named.
    public let lacksNamed: Bool
  }

  /// Throws, with nothing changed, where a fingerprint is not of a recipient, or there are none. Blocks.
  public func run(in workspace: Workspace) throws(Failure) -> Outcome {
    let (keys, written) = try workspace.vault.refreshRecipients(
      fingerprints, from: workspace.gpg(), program: workspace.program())
    guard !keys.isEmpty else {
      throw Failure(
        .nothingToDo, "the vault has no recipients list, so no one can read it",
        hints: ["run 'keyvault recipients add FINGERPRINT'"])
    }
    return Outcome(
      keys: keys, written: written,
      lacksNamed: !fingerprints.isEmpty && keys.contains { $0.outcome == .notInKeyring })
  }
}
