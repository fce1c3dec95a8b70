/// What a form of text has no way to write, and how to find it in a value.
struct Obstacle: Sendable {
  /// After "it holds".
  let what: String
  let isIn: @Sendable (RawSpan) -> Bool

  init(_ what: String, _ isIn: @escaping @Sendable (RawSpan) -> Bool) {
    self.what = what
    self.isIn = isIn
  }

  /// `add` takes text only, but other programs encrypt what they like.
  static let bytes = Obstacle("bytes that are not UTF-8 text") { !KeyText.isUTF8($0) }
  static let nul = Obstacle("a NUL") { $0.contains { $0 == 0 } }
  static let lineBreak = Obstacle("a line break") { $0.contains { $0 == 0x0a || $0 == 0x0d } }
  static let control = Obstacle("a control character") { $0.contains { $0 < 0x20 || $0 == 0x7f } }
  static let singleQuote = text("'", "a single quote")
  static let backslash = text("\\", "a backslash")

  /// U+FFFE, U+FFFF and the like, which are UTF-8 and yet no characters.
  static let noncharacter = Obstacle("a noncharacter of Unicode") { value in
    var index = 0
    while index < value.byteCount {
      let (scalar, length) = value.scalar(at: index)
      if scalar & 0xfffe == 0xfffe || (0xfdd0...0xfdef).contains(scalar) { return true }
      index += length
    }
    return false
  }

  static func text(_ text: String, _ what: String) -> Obstacle {
    Obstacle(what) { $0.contains(text) }
  }
}
