internal import Secrets

extension Dialect {
  /// Compose 2 reads a backslash in double quotes as Go does, and `\$` as a dollar that names nothing.
  static let dotenvCompose = Dialect(
    name: "dotenv-compose",
    consumer: "docker compose (version 2): .env, --env-file, env_file:",
    obstacles: [.bytes, .nul],
    keptNames: KeptNames(what: "Compose's own settings", prefixes: ["COMPOSE_", "DOCKER_"])
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
        case UInt8(ascii: "$"): "\\$"
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
