/// Why somebody should look at an entry, though its key can be used.
public enum Doubt: Sendable, CaseIterable {
  /// The sidecar tells the digest of another ciphertext.
  case otherDigest

  /// About an entry, in a sentence.
  public var message: String {
    switch self {
    case .otherDigest:
      "the ciphertext does not fit its sidecar: one of the two was changed alone"
    }
  }

  /// What to do about it; `entry` is its name.
  public func hints(for entry: String) -> [String] {
    switch self {
    case .otherDigest:
      ["restore the right one, or run 'keyvault adopt \(entry)' once you know it is right"]
    }
  }
}
