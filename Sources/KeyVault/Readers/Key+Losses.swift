internal import GPG

extension Key {
  /// What this copy of a key knows and another does not, in words: a revocation, a subkey, a later end. What
  /// the other knows to be revoked may end at any time.
  func losses(by other: Key) -> [String] {
    var losses: [String] = []
    if isRevoked, !other.isRevoked { losses.append("this key is revoked") }
    if !other.isRevoked, let end = Self.later(expires, than: other.expires) {
      losses.append("this key \(end)")
    }
    for subkey in subkeys.dropFirst() {
      let id = Drift.text(keyID: subkey.keyID)
      guard let same = other.subkeys.first(where: { $0.fingerprint == subkey.fingerprint }) else {
        losses.append("the key has a subkey \(id)")
        continue
      }
      if subkey.isRevoked, !same.isRevoked { losses.append("the subkey \(id) is revoked") }
      if !other.isRevoked, !same.isRevoked, let end = Self.later(subkey.expires, than: same.expires)
      {
        losses.append("the subkey \(id) \(end)")
      }
    }
    return losses
  }

  /// In words when it ends, if that is later; nil is never.
  private static func later(_ end: Int?, than other: Int?) -> String? {
    guard let other, other < end ?? .max else { return nil }
    return end.map { "does not end before \(Timestamp(seconds: $0).day)" } ?? "never ends"
  }
}
