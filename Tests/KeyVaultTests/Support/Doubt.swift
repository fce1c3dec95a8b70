import Testing

@testable import KeyVault

/// What must hold of every fault on the way: nothing is said of the key, and it is said why.
func expectDoubt(
  _ result: TestResult, _ verdict: Verdict, _ note: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(result.verdict == verdict, "\(result)", sourceLocation: sourceLocation)
  #expect(result.works == .unknown, sourceLocation: sourceLocation)
  #expect(result.word == .unclear, sourceLocation: sourceLocation)
  #expect(result.rule == nil && result.matched.isEmpty, sourceLocation: sourceLocation)
  let said = result.note ?? ""
  #expect(!said.isEmpty && said.contains(note), "\(said)", sourceLocation: sourceLocation)
}

/// How long `body` takes. Bounds on it catch what hangs, is done one after the other, or grows with the square of its
/// input, each of which takes many times longer; they hold on a machine that is busy with other tests.
func time(_ body: () async throws -> Void) async rethrows -> Duration {
  let clock = ContinuousClock()
  let start = clock.now
  try await body()
  return start.duration(to: clock.now)
}
