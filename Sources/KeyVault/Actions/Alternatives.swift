/// What only the person who asked for an action can choose.
public enum Alternatives: Sendable, Hashable {
  /// Which side of a merge counts, ours or theirs. `need` says for what, `reason` why; `texts` is what each side means.
  case side(need: String, reason: String, texts: [String])
  /// To which of the user's own keys a new vault is encrypted; each as its fingerprint and its user ID.
  case ownKey([String])

  /// How many answers there are.
  public var count: Int {
    switch self {
    case .side(_, _, let texts): texts.count
    case .ownKey(let keys): keys.count
    }
  }
}
