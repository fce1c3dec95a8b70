internal import GPG

/// What a recipient's public key is worth today.
public enum RecipientState: String, Sendable, Codable, CaseIterable {
  case ready
  /// Within `policy.recipient_warn`.
  case expiresSoon = "expires_soon"
  case expired
  case weak
  case revoked
  case noEncryptionSubkey = "no_encryption_subkey"
  /// The file holds something else than this one public key.
  case badFile = "bad_file"
  case noFile = "no_file"

  /// The first of its faults, the gravest first.
  init(_ file: PublicKeys.File?, now: Timestamp, warn: Int) {
    guard let file else {
      self = .noFile
      return
    }
    guard let key = file.key, !key.hasSecret else {
      self = .badFile
      return
    }
    self = Self.all(of: key, now: now, warn: warn).first ?? .ready
  }

  /// Every fault of a key; the words depend on the day only where they speak of expiry.
  static func all(of key: Key, now: Timestamp, warn: Int) -> [RecipientState] {
    if key.isRevoked { return [.revoked] }
    guard key.encryptionSubkey != nil else { return [.noEncryptionSubkey] }
    if key.readingSubkeys.isEmpty { return [.revoked] }
    var states: [RecipientState] = key.weakAlgorithm == nil ? [] : [.weak]
    if let end = key.encryptionEnds.map(Timestamp.init(seconds:)) {
      if end <= now {
        states.append(.expired)
      } else if end.adding(days: -warn) <= now {
        states.append(.expiresSoon)
      }
    }
    return states
  }

  /// In words, for a table.
  var text: String { rawValue.split(separator: "_").joined(separator: " ") }
}
