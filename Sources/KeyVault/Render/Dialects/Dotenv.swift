internal import Secrets

extension Dialect {
  /// Plain where every parser takes it literally, else in single quotes, in which only the quote, the
  /// backslash, a line break and `${` are read differently by some.
  public static let dotenv = Dialect(
    name: "dotenv",
    consumer:
      "what all of python-dotenv, node, ruby-dotenv, godotenv, Compose and shells read alike",
    obstacles: [
      .bytes, .singleQuote, .backslash, .lineBreak, .control, .text("${", "'${'"),
    ],
    keptNames: .shell
  ) { name, value, text in
    text.append(name + "=")
    if !text.appendPlain(value) { text.append("'", value, "'") }
    text.append("\n")
  }
}

extension SecretBuilder {
  /// Adds a value that needs no quotes in any dotenv file; false, with nothing added, if it needs them.
  mutating func appendPlain(_ value: RawSpan) -> Bool {
    guard value.byteCount > 0, !value.contains({ !Self.isPlain($0) }) else { return false }
    append(value)
    return true
  }

  /// Adds a value plain or in single quotes if it can be, else in double quotes, in which a backslash, the
  /// quote and line breaks are escaped, and a dollar as `dollar` has it.
  mutating func append(dotenv value: RawSpan, dollar: String = "$") {
    if appendPlain(value) { return }
    guard value.contains({ "'\\\n\r".utf8.contains($0) }) else { return append("'", value, "'") }
    append("\"")
    append(value) { byte in
      switch byte {
      case UInt8(ascii: "\""): "\\\""
      case UInt8(ascii: "\\"): "\\\\"
      case UInt8(ascii: "$"): dollar
      case 0x0a: "\\n"
      case 0x0d: "\\r"
      default: nil
      }
    }
    append("\"")
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "_-./:@%+,=".utf8.contains(byte)
    }
  }

  mutating func append(_ before: String, _ value: RawSpan, _ after: String) {
    append(before)
    append(value)
    append(after)
  }

  /// Adds a value with some of its bytes written otherwise.
  mutating func append(_ value: RawSpan, escaping escape: (UInt8) -> String?) {
    for index in 0..<value.byteCount {
      let byte = value.byte(index)
      if let escaped = escape(byte) { append(escaped) } else { append(byte: byte) }
    }
  }
}
