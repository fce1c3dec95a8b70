internal import Secrets

extension Dialect {
  /// Each line is read verbatim, quotes and spaces too, and no line may have 64 KiB.
  static let docker = Dialect(
    name: "docker",
    consumer: "docker run --env-file, and env_file: of Compose with 'format: raw'",
    obstacles: [
      .bytes, .nul, .lineBreak, Obstacle("more than 65000 bytes") { $0.byteCount > 65_000 },
    ]
  ) { name, value, text in
    text.append(name + "=", value, "\n")
  }
}
