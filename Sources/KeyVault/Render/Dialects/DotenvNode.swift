internal import Secrets

extension Dialect {
  /// node has three quotes and no escape; in double quotes alone it reads `\n` as a line break. It
  /// drops every carriage return.
  static let dotenvNode = Dialect(
    name: "dotenv-node",
    consumer: "node --env-file, process.loadEnvFile(), util.parseEnv()",
    obstacles: [
      .bytes, .nul, .text("\r", "a carriage return"),
      Obstacle("all three quotes, or two and '\\n'") { quote(around: $0) == nil },
    ]
  ) { name, value, text in
    text.append(name + "=")
    if !text.appendPlain(value), let quote = quote(around: value) {
      text.append(quote, value, quote)
    }
    text.append("\n")
  }

  private static func quote(around value: RawSpan) -> String? {
    ["'", "`", "\""].first { quote in
      !value.contains(quote) && !(quote == "\"" && value.contains("\\n"))
    }
  }
}
