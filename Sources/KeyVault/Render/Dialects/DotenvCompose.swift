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
    text.append(dotenv: value, dollar: "\\$")
    text.append("\n")
  }
}
