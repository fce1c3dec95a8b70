public import Secrets

/// A form of text in which some consumer reads variables, with its own escaping. What it cannot
/// carry is an error, never a mangled file.
public enum Dialect: String, Sendable, CaseIterable {
  /// What every dotenv parser reads alike.
  case dotenv
  /// A flat object of strings.
  case json
  /// POSIX `export` lines, for `eval` or `.`.
  case shell

  /// The text. Throws, with nothing written, what it cannot carry.
  public func text(of variables: [Rendering.Variable]) throws(Failure) -> Secret {
    var text = SecretBuilder()
    if self == .json { text.append("{") }
    for (index, variable) in variables.enumerated() {
      switch self {
      case .dotenv:
        text.append(variable.name + "=")
        try variable.withValue { (value) throws(Failure) in
          try Self.refuseBytes(value, in: self, variable)
          try Self.appendDotenv(value, of: variable, to: &text)
        }
        text.append("\n")
      case .shell:
        text.append("export \(variable.name)=")
        try variable.withValue { (value) throws(Failure) in
          try Self.appendShell(value, of: variable, to: &text)
        }
        text.append("\n")
      case .json:
        text.append((index > 0 ? "," : "") + "\n  \"\(variable.name)\": \"")
        try variable.withValue { (value) throws(Failure) in
          try Self.refuseBytes(value, in: self, variable)
          for index in 0..<value.byteCount {
            SecretBuilder.appendJSONEscaped(&text, value.byte(index))
          }
        }
        text.append("\"")
      }
    }
    if self == .json { text.append("\n}\n") }
    return text.finish()
  }

  /// Plain where every parser takes it literally, else in single quotes, in which only the quote, the
  /// backslash, a line break and `${` are read differently by some.
  private static func appendDotenv(
    _ value: RawSpan, of variable: Rendering.Variable, to text: inout SecretBuilder
  ) throws(Failure) {
    var isPlain = value.byteCount > 0
    var previous: UInt8 = 0
    for index in 0..<value.byteCount {
      let byte = value.byte(index)
      let objection: String? =
        switch byte {
        case UInt8(ascii: "'"): "a single quote"
        case UInt8(ascii: "\\"): "a backslash"
        case 0x0a, 0x0d: "a line break"
        case 0..<0x20, 0x7f: "a control character"
        case UInt8(ascii: "{") where previous == UInt8(ascii: "$"): "'${'"
        default: nil
        }
      if let objection { throw Self.refusal(.dotenv, variable, objection) }
      isPlain = isPlain && isPlainByte(byte)
      previous = byte
    }
    if !isPlain { text.append("'") }
    text.append(value)
    if !isPlain { text.append("'") }
  }

  private static func isPlainByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "_-./:@%+,=".utf8.contains(byte)
    }
  }

  /// In single quotes; a quote inside ends them, stands escaped, and begins them again.
  private static func appendShell(
    _ value: RawSpan, of variable: Rendering.Variable, to text: inout SecretBuilder
  ) throws(Failure) {
    text.append("'")
    for index in 0..<value.byteCount {
      switch value.byte(index) {
      case 0: throw refusal(.shell, variable, "a NUL", hint: "no variable can hold it")
      case UInt8(ascii: "'"): text.append("'\\''")
      case let byte: text.append(byte: byte)
      }
    }
    text.append("'")
  }

  /// `add` takes text only, but other programs encrypt what they like.
  private static func refuseBytes(
    _ value: RawSpan, in dialect: Dialect, _ variable: Rendering.Variable
  ) throws(Failure) {
    guard KeyText.isUTF8(value) else {
      throw refusal(
        dialect, variable, "bytes that are not UTF-8 text", hint: "'--format shell' carries it")
    }
  }

  private static func refusal(
    _ dialect: Dialect, _ variable: Rendering.Variable, _ what: String,
    hint: String = "'--format json' and '--format shell' carry it"
  ) -> Failure {
    Failure(
      .malformed,
      "\(dialect.rawValue) cannot carry \(variable.name) of '\(variable.origin)': it holds \(what)",
      hints: [hint])
  }
}
