/// Characters that come with a key when it is copied from a page or a file, and cannot be seen in it.
extension KeyText {
  /// The first character that no screen shows, such as `U+200B (zero width space)`; nil if there is none.
  static func invisibleCharacter(in key: RawSpan) -> String? {
    firstCharacter(in: key, where: \.isInvisible)
  }

  /// The first one that is not ASCII, as few keys have: it can look like a letter of one.
  static func foreignCharacter(in key: RawSpan) -> String? {
    firstCharacter(in: key) { !$0.isASCII }
  }

  private static func firstCharacter(
    in key: RawSpan, where isWanted: (Unicode.Scalar) -> Bool
  ) -> String? {
    var index = 0
    while index < key.byteCount {
      guard let (scalar, length) = key.scalar(at: index) else { return nil }
      if isWanted(scalar) { return scalar.named }
      index += length
    }
    return nil
  }
}

extension RawSpan {
  /// One character of UTF-8, and how many bytes it has; nil where the bytes are not UTF-8.
  fileprivate func scalar(at start: Int) -> (Unicode.Scalar, Int)? {
    let first = byte(start)
    let (length, bits): (Int, UInt8) =
      switch first {
      case 0..<0x80: (1, 0x7f)
      case 0xc0..<0xe0: (2, 0x1f)
      case 0xe0..<0xf0: (3, 0x0f)
      default: (4, 0x07)
      }
    guard start + length <= byteCount else { return nil }
    var value = UInt32(first & bits)
    for offset in 1..<max(length, 1) { value = value << 6 | UInt32(byte(start + offset) & 0x3f) }
    return Unicode.Scalar(value).map { ($0, length) }
  }
}

extension Unicode.Scalar {
  fileprivate var isInvisible: Bool {
    if isASCII { return false }
    switch properties.generalCategory {
    case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: return true
    default:
      // Fillers and variation selectors; the blank pattern of Braille.
      return properties.isDefaultIgnorableCodePoint || value == 0x2800
    }
  }

  /// `U+200B (zero width space)`.
  fileprivate var named: String {
    let digits = String(value, radix: 16, uppercase: true)
    let number = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    let name = value == 0xfeff ? "byte order mark" : properties.name?.lowercased()
    return name.map { "\(number) (\($0))" } ?? number
  }
}
