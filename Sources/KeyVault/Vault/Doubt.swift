/// Why a person should look at an entry, though its key can be used.
public enum Doubt: Sendable, CaseIterable {
  /// The sidecar has the digest or the serial of another ciphertext.
  case otherDigest
  /// An older commit is checked out, and the key is that commit's.
  case olderCommit
  /// It said where it belongs when it was opened before.
  case unbound
  /// A merge is in progress that did not decide on it.
  case undecided

  /// About an entry, in a sentence.
  public var message: String {
    switch self {
    case .otherDigest:
      "the ciphertext does not fit its sidecar: one of the two was changed alone"
    case .olderCommit:
      "this is an older key than was opened here before, as the commit that is checked out is older"
    case .unbound:
      "this does not say where it belongs, and did when it was opened here before"
    case .undecided:
      "a merge is in progress that did not decide on this, so it may not be the key that stays"
    }
  }

  /// What to do about it; `entry` is its name.
  public func hints(for entry: String) -> [String] {
    switch self {
    case .otherDigest:
      [
        "restore the right one, or run "
          + "'\(Shell("keyvault adopt \(entry)"))' once you know it is right"
      ]
    case .olderCommit: []
    case .undecided: ["run '\(Shell("keyvault resolve \(entry)"))'"]
    case .unbound:
      [
        "run "
          + "'\(Shell("keyvault adopt \(entry)"))' once you know that it is the right key"
      ]
    }
  }
}
