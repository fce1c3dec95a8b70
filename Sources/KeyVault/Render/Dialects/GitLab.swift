internal import Secrets

extension Dialect {
  /// Quotes are a part of the value, its ends are trimmed, `$NAME` is filled where the variable is used,
  /// and the encoding of the file is guessed.
  static let gitlab = Dialect(
    name: "gitlab", consumer: "GitLab: artifacts:reports:dotenv, for the following jobs",
    obstacles: [
      Obstacle("the empty text") { $0.byteCount == 0 }, .lineBreak, .control,
      Obstacle("characters beyond ASCII") { $0.contains { $0 >= 0x80 } },
      .text("$", "a dollar sign"),
      Obstacle("a space at an end") {
        $0.byteCount > 0 && ($0.byte(0) == 0x20 || $0.byte($0.byteCount - 1) == 0x20)
      },
    ],
    keptNames: KeptNames(what: "GitLab's own variables", prefixes: ["CI_", "GITLAB_"]),
    limit: 5 << 10
  ) { name, value, text in
    text.append(name + "=", value, "\n")
  }
}
