/// An OpenPGP key as gpg describes it.
public struct Key: Sendable, Equatable, Codable {
  /// The primary key's full fingerprint: upper-case hexadecimal, 40 digits (64 for version 6).
  public let fingerprint: String
  /// As written by the key's owner: unchecked text.
  public let userIDs: [String]
  /// The primary key's algorithm: "rsa4096", "ed25519".
  public let algorithm: String
  /// Seconds since 1970.
  public let created: Int
  /// Seconds since 1970; nil: never.
  public let expires: Int?
  public let isRevoked: Bool
  public internal(set) var isExpired: Bool
  public let isDisabled: Bool
  /// Whether secret parts are there: in the home, or in the file that was inspected.
  public let hasSecret: Bool
  /// All subkeys that gpg accepts as bound to the primary key, and the primary key first.
  public internal(set) var subkeys: [Subkey]

  /// Key ids to which a message for this key may be encrypted now.
  public var encryptionKeyIDs: [UInt64] {
    guard !isRevoked, !isExpired, !isDisabled else { return [] }
    return subkeys.filter(\.isUsableForEncryption).map(\.keyID)
  }
}

/// One key of a ``Key``: the primary or one bound to it.
public struct Subkey: Sendable, Equatable, Codable {
  /// The 64 bits that stand in a message's session key packet.
  public let keyID: UInt64
  /// Upper-case hexadecimal.
  public let fingerprint: String
  public let canEncrypt: Bool
  /// "rsa4096", "cv25519".
  public let algorithm: String
  /// Bits.
  public let length: Int
  /// Seconds since 1970.
  public let created: Int
  /// Seconds since 1970; nil: never.
  public let expires: Int?
  public let isRevoked: Bool
  public internal(set) var isExpired: Bool
  /// Whether the secret part is there.
  public let hasSecret: Bool

  /// Whether gpg would encrypt to it now.
  public var isUsableForEncryption: Bool { canEncrypt && !isRevoked && !isExpired }
}
