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

  static func text(_ text: String, _ what: String) -> Obstacle {
    Obstacle(what) { $0.contains(text) }
  }
}

extension RawSpan {
  func contains(_ isWanted: (UInt8) -> Bool) -> Bool {
    for index in 0..<byteCount where isWanted(byte(index)) { return true }
    return false
  }

  func contains(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard byteCount >= wanted.count else { return false }
    for start in 0...(byteCount - wanted.count)
    where wanted.indices.allSatisfy({ byte(start + $0) == wanted[$0] }) { return true }
    return false
  }
}
