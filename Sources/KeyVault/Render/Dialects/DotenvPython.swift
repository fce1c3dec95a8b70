internal import Secrets

extension Dialect {
  /// python-dotenv fills `${…}` in quotes of either kind, and took `\"` at the end of a value for a
  /// quote that is a part of it before its version 1.2, however many backslashes precede it.
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
    text.append(dotenv: value)
    text.append("\n")
  }
}
