public import Secrets

extension Dialect {
  /// Between two lines of an unpredictable delimiter.
  public static let github = Dialect(
    name: "github", consumer: "GitHub Actions: appended to $GITHUB_ENV, for the following steps",
    obstacles: [.bytes, .nul]
  ) { name, value, text in
    var delimiter = RandomID.hex()
    while value.contains(delimiter) { delimiter = RandomID.hex() }
    text.append("\(name)<<\(delimiter)\n", value, "\n\(delimiter)\n")
  }

  /// Whether it is given to a job and not printed.
  public var isGitHub: Bool { name == Self.github.name }
}

/// The workflow commands by which a runner of GitHub Actions masks values in the log from here on.
public enum GitHubMask {
  /// The masks of all that is secret.
  public static func text(of variables: [Rendering.Variable]) -> Secret {
    var text = SecretBuilder()
    for variable in variables where variable.isSecret {
      variable.withValue { appendMasks(of: $0, to: &text) }
    }
    return text.finish()
  }

  /// A command for each line of a value: the runner looks at the log line by line.
  static func appendMasks(of value: RawSpan, to text: inout SecretBuilder) {
    var start = 0
    for end in 0...value.byteCount {
      let isEnd = end == value.byteCount || value.byte(end) == 0x0a || value.byte(end) == 0x0d
      guard isEnd else { continue }
      appendMask(of: value.extracting(start..<end), to: &text)
      start = end + 1
    }
  }

  /// The runner reads `%25` as a percent sign, and hides no blanks.
  private static func appendMask(of line: RawSpan, to text: inout SecretBuilder) {
    guard line.contains({ $0 > 0x20 }) else { return }
    text.append("::add-mask::")
    text.append(line) { $0 == UInt8(ascii: "%") ? "%25" : nil }
    text.append("\n")
  }
}
