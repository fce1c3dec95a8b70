import TestSupport
import Testing

@testable import KeyVault

/// What `log` and `status` make of the verdicts that this machine remembers.
@Suite(.oneAtATime)
struct TimelineTests {
  private func record(
    _ verdict: Verdict, http: Int? = 200, ms: Double? = nil, of entry: String = "p/openai",
    digest: String = "sha256:a", key: String? = nil, minutes: Int = 0
  ) -> History.Record {
    History.Record(
      at: Timestamp(seconds: World.now.seconds + minutes * 60), entry: entry,
      provider: "openai", verdict: verdict, http: http, totalMilliseconds: ms, digest: digest,
      key: key)
  }

  private func figures(_ records: [History.Record]) throws -> TestFigures {
    try #require(TestFigures(records))
  }

  private func runs(
    _ records: [History.Record], of selection: [String] = [], foreign: Int = 0
  ) throws -> [VerdictRun] {
    let timeline = try Timeline(
      of: selection, verdicts: History.Past(records: records, foreign: foreign), changes: false,
      in: World().repository, program: nil)
    #expect(timeline.ignored == foreign && timeline.isComplete == nil)
    return timeline.records.compactMap { if case .verdict(let run) = $0 { run } else { nil } }
  }

  @Test(
    arguments: [
      ([5], 5, 5), ([1, 2], 1, 2), ([3, 1, 2], 2, 3), ((1...100).map(Double.init), 50, 95),
      ((1...20).map(Double.init), 10, 19), ((1...19).map(Double.init), 10, 19),
    ] as [([Double], Double, Double)])
  func `percentiles are values that occurred`(times: [Double], p50: Double, p95: Double) throws {
    let figures = try figures(times.map { record(.valid, ms: $0) })
    #expect(figures.p50 == p50 && figures.p95 == p95)
  }

  @Test func `availability counts requests that were sent`() throws {
    let figures = try figures([
      record(.valid), record(.invalid, http: 401), record(.providerError, http: 503),
      record(.unreachable, http: nil), record(.locked, http: nil), record(.untested, http: nil),
      record(.misconfigured, http: nil),
    ])
    #expect(figures.availability == 0.5)
    #expect(figures.count == 7)
    #expect(try self.figures([record(.locked, http: nil)]).availability == nil)
    #expect(TestFigures([]) == nil)
  }

  @Test func `tests with one verdict and one ciphertext are one record, latest first`() throws {
    let runs = try runs(
      [
        record(.valid), record(.valid, minutes: 1), record(.invalid, http: 401, minutes: 2),
        record(.valid, digest: "sha256:b", minutes: 3),
        record(.valid, digest: "sha256:c", minutes: 4),
        record(.valid, http: 204, digest: "sha256:c", minutes: 6),
      ], foreign: 2)
    #expect(runs.map(\.verdict) == [.valid, .valid, .invalid, .valid])
    #expect(runs.map(\.isOtherCiphertext) == [true, true, false, false])
    #expect(runs.map(\.tests) == [2, 1, 1, 2])
    #expect(runs.map(\.http) == [204, 200, 401, 200])
    #expect(runs[0].last.seconds - runs[0].at.seconds == 120)
  }

  @Test func `an entry is found by its name, by its environment, and by its key`() throws {
    let records = [
      record(.valid, of: "q/openai", key: "k1"), record(.invalid, key: "k1", minutes: 1),
      record(.noCredit, of: "q/other", key: "k2", minutes: 2),
    ]
    for selection in [["p"], ["p/"], ["p/openai"], ["p", "p/openai"]] {
      #expect(try runs(records, of: selection).map(\.entry) == ["p/openai", "q/openai"])
    }
    #expect(try runs(records).map(\.entry) == ["q/other", "p/openai", "q/openai"])
    let unknown = failure { _ = try runs(records, of: ["r"]) }
    #expect(unknown?.kind == .nothingToDo)
    #expect(failure { _ = try runs([]) }?.kind == .nothingToDo)
  }

  @Test func `a repository without git still has its verdicts, unless changes alone are wanted`()
    throws
  {
    let world = try World()
    let past = History.Past(records: [record(.valid)], foreign: 0)
    let timeline = try Timeline(
      of: [], verdicts: past, changes: true, in: world.repository, program: nil)
    #expect(timeline.records.count == 1 && timeline.obstacle?.kind == .notFound)
    let none = failure {
      _ = try Timeline(of: [], verdicts: nil, changes: true, in: world.repository, program: nil)
    }
    #expect(none?.kind == .notFound)
  }
}
