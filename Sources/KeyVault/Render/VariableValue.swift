internal import Naming

/// Values that steer programs under names that do not: libraries make a host's name of an identifier, and
/// look into the file that a credential names.
enum VariableValue {
  /// Why a variable cannot have a value; nil if it can. No flag, permission or signature overrides
  /// this.
  static func objection(to value: RawSpan, under name: String) -> String? {
    let word = base(of: name)
    // What the catalogue calls an organization or a project goes into a header.
    guard !VariableName.isEmbedded(name) || word.hasSuffix("_REGION") else { return nil }
    if word.hasSuffix("_REGION") {
      return (1...63).contains(value.byteCount) && value.allSatisfy(isInLabel)
        ? nil : "the value of \(name) is not a region: expected letters, digits and '-'"
    }
    if word.hasSuffix("_ID") {
      return value.allSatisfy { isInLabel($0) || identifier.contains($0) }
        ? nil : "the value of \(name) is not an identifier: expected letters, digits and '_.:=+-'"
    }
    if word.hasSuffix("_USER") {
      var ats = 0
      let isUser = value.allSatisfy { byte in
        if byte == UInt8(ascii: "@") { ats += 1 }
        return isInLabel(byte) || identifier.contains(byte) || byte == UInt8(ascii: "@")
      }
      return isUser && ats <= 1
        ? nil : "the value of \(name) is not a user name: expected letters, digits and '_.:=+-@'"
    }
    return nil
  }

  /// Whether a value under a listed name may say which files to read and where to send them, so that it
  /// needs what a name that is not listed needs: a document or a path, plain or in base64.
  static func isDoubtful(_ value: RawSpan, under name: String) -> Bool {
    guard base(of: name).hasSuffix("_CREDENTIALS") else { return false }
    guard value.allSatisfy({ isInLabel($0) || opaque.contains($0) }) else { return true }
    return value.holdsEncodedDocument
  }

  /// Why a doubtful value needs a permission.
  static func doubt(under name: String) -> String {
    "the value of \(name) is a document or a path, which can decide what programs read and where "
      + "they send it"
  }

  /// Without what names a file with the value.
  private static func base(of name: String) -> Substring {
    name.hasSuffix(VariableName.fileSuffix)
      ? name.dropLast(VariableName.fileSuffix.utf8.count) : name[...]
  }

  private static func isInLabel(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"): true
    default: false
    }
  }

  private static let identifier = Array("_.:=+".utf8)
  private static let opaque = Array("_:=+".utf8)
}

extension RawSpan {
  /// Whether it is base64 of what begins as a document in JSON does, after white space or a byte order mark.
  fileprivate var holdsEncodedDocument: Bool {
    var bits: UInt32 = 0
    var count = 0
    var opening: UInt8?
    for index in 0..<byteCount {
      guard let digit = Self.digit(byte(index)) else { return false }
      bits = bits << 6 | UInt32(digit)
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      let decoded = UInt8(truncatingIfNeeded: bits >> UInt32(count))
      if let opening { return Self.continues(opening, decoded) }
      switch decoded {
      case 0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf: continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): opening = decoded
      default: return false
      }
    }
    return opening != nil
  }

  private static func continues(_ opening: UInt8, _ next: UInt8) -> Bool {
    switch next {
    case 0x20, 0x09, 0x0a, 0x0d, UInt8(ascii: "\""): true
    case UInt8(ascii: "}"): opening == UInt8(ascii: "{")
    case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "]"): opening == UInt8(ascii: "[")
    default: false
    }
  }

  /// Of both alphabets of RFC 4648.
  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x41...0x5a: byte - 0x41
    case 0x61...0x7a: byte - 0x61 + 26
    case 0x30...0x39: byte - 0x30 + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }

  fileprivate func allSatisfy(_ isWanted: (UInt8) -> Bool) -> Bool {
    (0..<byteCount).allSatisfy { isWanted(byte($0)) }
  }
}
