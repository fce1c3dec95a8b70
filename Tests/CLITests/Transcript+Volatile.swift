import Foundation

extension Transcript.Step {
  /// For a recording: `<*>` in place of what another run would print differently.
  func volatileHidden(keeping expected: Transcript.Step) -> Transcript.Step {
    func hidden(_ real: [String], _ expected: [String]) -> [String] {
      real.enumerated().map { index, line in
        let old = index < expected.count ? expected[index] : ""
        if old.contains("<*>"), Transcript.matches(line, old) { return old }
        return Self.volatile.reduce(line) { $0.replacing($1.0, with: $1.1) }
      }
    }
    var step = self
    step.output = hidden(output, expected.output)
    step.errors = hidden(errors, expected.errors)
    return step
  }

  /// Times, digests, random ids.
  private static var volatile: [(Regex<Substring>, String)] {
    [
      (/\b[0-9]+ ms$/, "<*> ms"),
      (/sha256:[0-9a-f]{64}/, "sha256:<*>"),
      (/\b[0-9A-HJKMNP-TV-Z]{26}\b/, "<*>"),
      (/\b[0-9a-f]{32}\b/, "<*>"),
    ]
  }
}
