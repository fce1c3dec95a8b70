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
      "this key is older than one that was opened here, because an older commit is checked out"
    case .unbound:
      "this is not bound to its place any more; it was when it was opened here before"
    case .undecided:
      "a merge is in progress and has not resolved this entry, so another key may stay"
    }
  }

  /// What to do about it; `entry` is its name.
  public func hints(for entry: String) -> [String] {
    switch self {
    case .otherDigest:
      [
        "restore the right one, or run "
          + "'\(Shell("keyvault adopt \(entry)"))' once you have verified it"
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
