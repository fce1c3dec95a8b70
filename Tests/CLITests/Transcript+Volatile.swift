import Foundation

extension Transcript.Step {
  /// For a recording: `<*>` in place of what another run would print differently.
  func volatileHidden(keeping expected: Transcript.Step) -> Transcript.Step {
    func hidden(_ real: [String], _ expected: [String]) -> [String] {
      real.enumerated().map { index, line in
        let old = index < expected.count ? expected[index] : ""
        if old.contains("<*>"), Transcript.matches(line, old) { return old }
        return Self.volatile.reduce(line) { line, pattern in
          line.replacingOccurrences(
            of: pattern.0, with: pattern.1, options: .regularExpression)
        }
      }
    }
    var step = self
    step.output = hidden(output, expected.output)
    step.errors = hidden(errors, expected.errors)
    return step
  }

  /// Times, digests, random ids, keys that are made in a setup.
  private static let volatile = [
    (#"  +[0-9]+ ms\b"#, "  <*> ms"),
    (#"within [0-9]+ ms\b"#, "within <*> ms"),
    (#"time="[0-9.]+""#, "time=\"<*>\""),
    (#"_ms" : [0-9.]+"#, "_ms\" : <*>"),
    (#"sha256:[0-9a-f]{64}"#, "sha256:<*>"),
    (#"\b[0-9A-HJKMNP-TV-Z]{26}\b"#, "<*>"),
    (#"\b[0-9a-f]{32}\b"#, "<*>"),
    (#"\b(?!0123)([0-9A-F]{40}|[0-9A-F]{16})\b"#, "<*>"),
  ]
}
