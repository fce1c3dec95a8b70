import Testing

@testable import KeyVault

struct HistoryReportTests {
  private func record(
    _ verdict: Verdict, http: Int? = 200, ms: Double? = nil, digest: String = "sha256:a",
    minutes: Int = 0
  ) -> History.Record {
    History.Record(
      at: Timestamp(seconds: World.now.seconds + minutes * 60), entry: "p/openai",
      provider: "openai", verdict: verdict, http: http, totalMilliseconds: ms, digest: digest)
  }

  private func report(_ records: [History.Record]) throws -> HistoryReport.Entry {
    let world = try World()
    let past = History.Past(records: records, foreign: 0)
    let report = try HistoryReport(of: past, selection: [], in: world.repository)
    return try #require(report.entries.first)
  }

  @Test(
    arguments: [
      ([5], 5, 5), ([1, 2], 1, 2), ([3, 1, 2], 2, 3), ((1...100).map(Double.init), 50, 95),
      ((1...20).map(Double.init), 10, 19), ((1...19).map(Double.init), 10, 19),
    ] as [([Double], Double, Double)])
  func `percentiles are values that occurred`(times: [Double], p50: Double, p95: Double) throws {
    let entry = try report(times.map { record(.valid, ms: $0) })
    #expect(entry.p50 == p50 && entry.p95 == p95)
  }

  @Test func `availability counts requests that were sent`() throws {
    let entry = try report([
      record(.valid), record(.invalid, http: 401), record(.providerError, http: 503),
      record(.unreachable, http: nil), record(.locked, http: nil), record(.untested, http: nil),
      record(.misconfigured, http: nil),
    ])
    #expect(entry.availability == 0.5)
    #expect(entry.tests == 7)
    #expect(try report([record(.locked, http: nil)]).availability == nil)
  }

  @Test func `changes are shown with the first verdict, and another ciphertext is named`() throws {
    let entry = try report([
      record(.valid), record(.valid, minutes: 1), record(.invalid, http: 401, minutes: 2),
      record(.valid, digest: "sha256:b", minutes: 3),
      record(.valid, digest: "sha256:c", minutes: 4),
    ])
    #expect(entry.changes.map(\.verdict) == [.valid, .invalid, .valid])
    #expect(entry.changes.map(\.isOtherCiphertext) == [false, false, true])
    #expect(entry.changes.map(\.http) == [200, 401, 200])
    #expect(entry.verdict == .valid && entry.word == .valid)
  }

  @Test func `an entry is found by its name and by its environment`() throws {
    let world = try World()
    let past = History.Past(records: [record(.valid)], foreign: 0)
    for selection in [["p"], ["p/"], ["p/openai"], ["p", "p/openai"]] {
      let report = try HistoryReport(of: past, selection: selection, in: world.repository)
      #expect(report.entries.map(\.entry) == ["p/openai"])
    }
    let unknown = failure {
      _ = try HistoryReport(of: past, selection: ["q"], in: world.repository)
    }
    #expect(unknown?.kind == .nothingToDo)
  }
}
