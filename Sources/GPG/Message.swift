/// A vault file's bytes, checked without any key: one or more public-key-encrypted session key
/// packets, then exactly one encrypted packet that is protected against changes (RFC 9580 §5.1,
/// §5.13; tag 20 is GnuPG's own).
///
/// Only such a value can be decrypted: gpg itself prints the content of files that are not
/// encrypted at all and says that all is well.
public struct Message: Sendable {
  /// Most bytes that a vault file may have.
  public static let sizeLimit = 1 << 20
  /// Most recipients: as many as a repository has public keys.
  public static let recipientLimit = 400
  /// Most recipients that are not named: gpg tries each secret key of its user on every one of them.
  public static let hiddenLimit = 16

  /// The packets that will be decrypted, without armor.
  public let bytes: [UInt8]

  /// Key ids in the order of the file; 0 for a hidden recipient.
  public let recipients: [UInt64]

  /// The first bytes of the encrypted data, which depend on random ones: they identify one
  /// encryption, however it is framed or armored and whatever recipients were added to it.
  public let identity: [UInt8]

  /// Whether a recipient is not named.
  public var hasHiddenRecipients: Bool { recipients.contains(0) }

  /// Checks a file's bytes, binary or armored.
  public init(_ bytes: [UInt8]) throws(MessageError) {
    guard !bytes.isEmpty else { throw MessageError(.empty) }
    guard bytes.count <= Self.sizeLimit else { throw MessageError(.tooLarge(bytes.count)) }
    let packets = Armor.isArmored(bytes) ? try Armor.decoded(bytes) : bytes
    (recipients, identity) = try Self.parts(of: packets)
    self.bytes = packets
  }

  private static func parts(
    of bytes: [UInt8]
  ) throws(MessageError) -> (recipients: [UInt64], identity: [UInt8]) {
    var reader = PacketReader(bytes)
    var recipients: [UInt64] = []
    var seen: Set<UInt64> = []
    var hidden = 0
    while true {
      guard !reader.isAtEnd else {
        throw MessageError(recipients.isEmpty ? .notOpenPGP : .noContent)
      }
      let packet = try reader.next()
      let body = bytes[packet.body]
      switch packet.tag {
      case 1:
        guard recipients.count < recipientLimit else { throw MessageError(.tooManyRecipients) }
        let id = try keyID(body)
        // gpg opens, or asks for, a secret key again each time that it is named.
        if id == 0 {
          hidden += 1
          guard hidden <= hiddenLimit else { throw MessageError(.tooManyHidden) }
        } else if !seen.insert(id).inserted {
          throw MessageError(.repeatedRecipient(id))
        }
        recipients.append(id)
      case 18, 20:
        guard !recipients.isEmpty else { throw MessageError(.noRecipient) }
        try checkContent(body, tag: packet.tag)
        guard reader.isAtEnd else { throw MessageError(.trailing) }
        // A body in parts has 512 bytes in its first one.
        return (recipients, Array(body.prefix(36)))
      case let tag:
        throw MessageError(refusal(of: tag))
      }
    }
  }

  /// The key id that a session key packet names: version 3 carries it, version 6 a fingerprint.
  private static func keyID(_ body: ArraySlice<UInt8>) throws(MessageError) -> UInt64 {
    let body = Array(body)
    func number(_ range: Range<Int>) -> UInt64 { body[range].reduce(0) { $0 << 8 | UInt64($1) } }
    switch body.first {
    case 3:
      guard body.count > 10 else { throw MessageError(.truncated) }
      return number(1..<9)
    case 6:
      guard body.count > 2 else { throw MessageError(.truncated) }
      // The length counts the octet of the key's version and its fingerprint; 0 hides both.
      let length = Int(body[1])
      guard body.count > 2 + length else { throw MessageError(.truncated) }
      switch (length, body[2]) {
      case (0, _): return 0
      case (21, 4): return number(15..<23)
      case (33, 6): return number(3..<11)
      case (_, let version): throw MessageError(.unknownVersion(tag: 1, version: version))
      }
    case let version?: throw MessageError(.unknownVersion(tag: 1, version: version))
    case nil: throw MessageError(.truncated)
    }
  }

  private static func checkContent(
    _ body: ArraySlice<UInt8>, tag: UInt8
  ) throws(MessageError) {
    guard let version = body.first else { throw MessageError(.truncated) }
    switch (tag, version) {
    case (18, 1):
      // 18 bytes of prefix and 22 of the modification detection code, before any content.
      guard body.count > 41 else { throw MessageError(.truncated) }
    case (18, 2), (20, 1):
      guard body.count > 35 else { throw MessageError(.truncated) }
    default: throw MessageError(.unknownVersion(tag: tag, version: version))
    }
  }

  private static func refusal(of tag: UInt8) -> MessageError.Reason {
    switch tag {
    case 3: .password
    case 11: .literal
    case 8: .compressed
    case 2, 4: .signed
    case 5, 6, 7, 14: .key
    case 9: .unprotected
    default: .unexpectedPacket(tag: tag)
    }
  }
}
