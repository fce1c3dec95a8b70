import Secrets

extension Console {
  /// A secret and a line break, in one write.
  static func output(line bytes: RawSpan) throws {
    var line = SecretBuilder()
    line.append(bytes)
    line.append("\n")
    try output(line.finish())
  }
}
