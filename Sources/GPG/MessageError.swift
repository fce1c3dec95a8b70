/// Why bytes must not be given to gpg as a message.
public struct MessageError: Error, Sendable, Equatable {
  /// What was found instead of key packets and one encrypted packet.
  public enum Reason: Sendable, Equatable {
    case empty
    /// Bytes found; the limit is ``Message/sizeLimit``.
    case tooLarge(Int)
    case notOpenPGP
    case truncated
    /// Armor whose base64 or frame is broken.
    case damagedArmor
    /// Encrypted for a password too or instead (an SKESK packet).
    case password
    case literal
    case compressed
    case signed
    /// A key, public or secret, and no message.
    case key
    /// Encrypted, but without protection against changes (packet tag 9).
    case unprotected
    /// An encrypted packet that no key packet precedes.
    case noRecipient
    /// Key packets and nothing encrypted.
    case noContent
    /// More key packets than ``Message/recipientLimit``.
    case tooManyRecipients
    /// More key packets with a hidden recipient than ``Message/hiddenLimit``.
    case tooManyHidden
    /// Two key packets for one key.
    case repeatedRecipient(UInt64)
    /// Bytes behind the encrypted packet.
    case trailing
    /// A packet tag that has no place in a message.
    case unexpectedPacket(tag: UInt8)
    /// A packet version that RFC 9580 does not know.
    case unknownVersion(tag: UInt8, version: UInt8)
  }

  /// What was found.
  public let reason: Reason

  init(_ reason: Reason) {
    self.reason = reason
  }

  /// One line, lower case, no full stop.
  public var message: String {
    switch reason {
    case .empty: "the file is empty"
    case .tooLarge(let size):
      "the file has \(size) bytes, more than the \(Message.sizeLimit) of a vault file"
    case .notOpenPGP: "not an OpenPGP message"
    case .tooManyRecipients:
      "the OpenPGP message names more than \(Message.recipientLimit) recipients"
    case .tooManyHidden:
      "the OpenPGP message has more than \(Message.hiddenLimit) hidden recipients"
    case .repeatedRecipient(let id):
      "the OpenPGP message names the key \(GPGError.text(keyID: id)) more than once"
    case .truncated: "the OpenPGP message is truncated"
    case .damagedArmor: "the armor of the OpenPGP message is damaged"
    case .password: "encrypted with a password, not only for keys"
    case .literal: "an OpenPGP file that is not encrypted"
    case .compressed: "an OpenPGP file that is compressed, not encrypted"
    case .signed: "an OpenPGP file that is signed, not encrypted"
    case .key: "an OpenPGP key, not a message"
    case .unprotected: "encrypted without protection against changes"
    case .noRecipient: "encrypted to no recipient"
    case .noContent: "names recipients but has no encrypted content"
    case .trailing: "bytes follow the OpenPGP message"
    case .unexpectedPacket(let tag):
      "an OpenPGP packet with tag \(tag) has no place in a vault file"
    case .unknownVersion(let tag, let version):
      "an OpenPGP packet with tag \(tag) has the unknown version \(version)"
    }
  }

  /// The next step.
  public var hint: String? {
    switch reason {
    case .empty, .truncated, .damagedArmor, .trailing, .noContent:
      "restore the file from git, or store the key again"
    case .literal, .compressed, .signed, .password, .unprotected, .noRecipient:
      "its content may be known to others: rotate the key and add it again"
    case .notOpenPGP, .key, .unexpectedPacket, .unknownVersion, .tooLarge, .tooManyRecipients,
      .tooManyHidden, .repeatedRecipient:
      "'gpg --list-packets FILE' shows what it is"
    }
  }
}
