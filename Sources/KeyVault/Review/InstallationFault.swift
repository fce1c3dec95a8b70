/// Why what `git install` once wrote does not work any more.
public struct InstallationFault: Sendable {
  public let message: String
  /// Whether git fails because of it.
  public let isFailure: Bool

  init(_ message: String, isFailure: Bool) {
    (self.message, self.isFailure) = (message, isFailure)
  }
}

extension String {
  /// The program of a command that begins with its quoted absolute path and goes on with `rest`; nil for any
  /// other command.
  func quotedProgram(before rest: String) -> String? {
    guard hasPrefix("'/"), hasSuffix("'" + rest) else { return nil }
    return dropFirst().dropLast(rest.count + 1).replacing(#"'\''"#, with: "'")
  }
}
