public import Secrets

/// What a person may hand over as a key: bytes that every consumer can carry.
///
/// A key is one line of UTF-8 without white space at its ends and without control characters, and holds no
/// ``JobCommand``.
public enum KeyText {
  /// The key as it is stored: one trailing line break is dropped, as `echo` and editors add one.
  /// Throws a usage failure that never quotes the key.
  public static func checked(_ input: consuming Secret) throws(Failure) -> Secret {
    let length = input.withBytes { bytes in
      var length = bytes.byteCount
      guard length > 0, bytes.byte(length - 1) == UInt8(ascii: "\n") else { return length }
      length -= 1
      if length > 0, bytes.byte(length - 1) == UInt8(ascii: "\r") { length -= 1 }
      return length
    }
    let failure = input.withBytes { bytes -> Failure? in
      let key = bytes.extracting(0..<length)
      return objection(to: key).map {
        Failure(.malformed, "this cannot be a key: \($0)", hints: hints(for: key))
      }
    }
    if let failure { throw failure }
    return input.withBytes { Secret(copying: $0.extracting(0..<length)) }
  }

  /// What is wrong with bytes as a key, in words that do not quote it; nil if nothing is.
  public static func objection(to key: RawSpan) -> String? {
    if key.byteCount == 0 { return "it is empty" }
    if key.byteCount > Limits.key / 2 {
      return "it is \(key.byteCount) bytes long, and \(Limits.key / 2) is the limit"
    }
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
    if isSpace(key.byte(0)) { return "it starts with white space" }
    if isSpace(key.byte(key.byteCount - 1)) { return "it ends with white space" }
    for index in 0..<key.byteCount {
      switch key.byte(index) {
      case 0x0a, 0x0d: return "it has a line break inside"
      case 0x00..<0x20, 0x7f: return "it has a control character inside"
      default: continue
      }
    }
    guard isUTF8(key) else { return "it is not UTF-8 text" }
    if JobCommand.isIn(key) { return JobCommand.objection }
    return invisibleCharacter(in: key).map { "it has an invisible character, \($0)" }
  }

  /// What to do about an objection.
  public static func hints(for key: RawSpan) -> [String] {
    let isSeveral = (0..<key.byteCount).contains { [0x0a, 0x0d].contains(key.byte($0)) }
    guard isSeveral else { return [] }
    return [
      "a key is one line: 'jq -c . FILE' makes one of JSON, and 'base64 -w0 FILE' of other text",
      "for several keys: keyvault import",
    ]
  }

  /// Validated in place: a `String` would be a copy that is never wiped.
  static func isUTF8(_ bytes: RawSpan) -> Bool {
    var index = 0
    while index < bytes.byteCount {
      let first = bytes.byte(index)
      let length: Int
      switch first {
      case 0x00...0x7f: length = 1
      case 0xc2...0xdf: length = 2
      case 0xe0...0xef: length = 3
      case 0xf0...0xf4: length = 4
      default: return false
      }
      guard index + length <= bytes.byteCount else { return false }
      for offset in 1..<max(length, 1) where bytes.byte(index + offset) & 0xc0 != 0x80 {
        return false
      }
      if length > 1, !isShortest(first, bytes.byte(index + 1)) { return false }
      index += length
    }
    return true
  }

  /// Rules out overlong forms, surrogates and what is beyond U+10FFFF (RFC 3629 §4).
  private static func isShortest(_ first: UInt8, _ second: UInt8) -> Bool {
    switch first {
    case 0xe0: second >= 0xa0
    case 0xed: second < 0xa0
    case 0xf0: second >= 0x90
    case 0xf4: second < 0x90
    default: true
    }
  }
}
