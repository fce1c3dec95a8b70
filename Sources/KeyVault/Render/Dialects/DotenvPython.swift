internal import Secrets

extension Dialect {
  /// python-dotenv fills `${…}` in quotes of either kind, and took `\"` at the end of a value for a
  /// quote that is a part of it before its version 1.2, however many backslashes stand before.
  static let dotenvPython = Dialect(
    name: "dotenv-python",
    consumer: "python-dotenv: load_dotenv(), dotenv_values(), the dotenv command",
    obstacles: [
      .bytes, .nul, .text("${", "'${'"),
      Obstacle("a backslash at its end") {
        $0.byteCount > 0 && $0.byte($0.byteCount - 1) == UInt8(ascii: "\\")
      },
    ]
  ) { name, value, text in
    text.append(name + "=")
    let isLiteral = !value.contains { "'\\\n\r".utf8.contains($0) }
    if text.appendPlain(value) {
    } else if isLiteral {
      text.append("'", value, "'")
    } else {
      text.append("\"")
      text.append(value) { byte in
        switch byte {
        case UInt8(ascii: "\""): "\\\""
        case UInt8(ascii: "\\"): "\\\\"
        case 0x0a: "\\n"
        case 0x0d: "\\r"
        default: nil
        }
      }
      text.append("\"")
    }
    text.append("\n")
  }
}
