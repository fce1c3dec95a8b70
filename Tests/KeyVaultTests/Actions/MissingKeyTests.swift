import Testing

@testable import KeyVault

/// Keys that are required and are not there, where a repository requires very many.
@Suite struct MissingKeyTests {
  @Test(.timeLimit(.minutes(30)))
  func `so many rows are listed, required ones first, and the rest is counted`() throws {
    let ids = (0..<800).map { "p\($0)" }.joined(separator: ", ")
    let world = try World(
      "environments:\n" + (0..<100).map { "  e\($0): {require: [\(ids)]}\n" }.joined())
    try world.store("p/openai", FindingCase.key)
    let repository = try world.repository
    let selection = try Selection([], in: repository)
    let missing = try selection.notConfigured(in: repository, now: World.now)
    #expect(missing.results.count == Limits.missingKeys)
    #expect(missing.results.filter { !$0.isRequired }.isEmpty)
    #expect(missing.omitted == 79_000)
    let report = try StatusReport(
      of: selection, in: repository, verdicts: LastVerdicts(), now: World.now)
    #expect(report.omitted == 79_000)
    #expect(report.summary.hasSuffix("80000 required keys are missing"))
    let tested = TestReport(checked: World.now, results: missing.results, omitted: missing.omitted)
    #expect(tested.summary.hasSuffix("80000 required keys are missing"))
    #expect(tested.conclusion() == .findings)
  }

  @Test func `where all are listed nothing is said of others`() throws {
    let world = try World("environments: {e: {require: [openai]}}\n")
    let repository = try world.repository
    let report = try StatusReport(
      of: Selection([], in: repository), in: repository, verdicts: LastVerdicts(), now: World.now)
    #expect(report.omitted == nil && report.results.map(\.entry) == ["e/openai"])
    #expect(try !json(report).contains("omitted"))
  }
}
