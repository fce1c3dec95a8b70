import Naming
import Testing

@testable import KeyVault

struct TestReportTests {
  private func result(
    _ verdict: Verdict, isRequired: Bool = false, error: String? = nil, entry: String = "p/openai"
  ) -> TestResult {
    var result = TestResult(
      entry: entry, provider: String(entry.split(separator: "/").last ?? ""), verdict: verdict,
      checked: World.now)
    result.isRequired = isRequired
    result.error = error
    return result
  }

  @Test(
    arguments: [
      ([], Conclusion.nothing), ([.valid], .good), ([.valid, .restricted], .good),
      ([.invalid], .findings), ([.revoked], .findings), ([.noCredit, .valid], .findings),
      ([.accountDisabled, .unknown], .findings), ([.unknown], .inconclusive),
      ([.rateLimited, .valid], .inconclusive), ([.blocked], .inconclusive),
      ([.misconfigured], .inconclusive), ([.providerError], .inconclusive),
      ([.unreachable, .valid], .inconclusive), ([.unverifiable], .inconclusive),
      ([.unverifiable, .valid], .good), ([.unverifiable, .unverifiable], .inconclusive),
      ([.unverifiable, .untested], .inconclusive), ([.untested], .nothing),
      ([.untested, .valid], .good), ([.untested, .locked], .locked), ([.locked], .locked),
      ([.locked, .locked], .locked), ([.locked, .valid], .good), ([.locked, .invalid], .findings),
      ([.locked, .unknown], .inconclusive), ([.notConfigured], .nothing),
      ([.notConfigured, .valid], .good), ([.notConfigured, .locked], .locked),
    ] as [([Verdict], Conclusion)])
  func `a run concludes from its verdicts`(verdicts: [Verdict], conclusion: Conclusion) {
    let report = TestReport(checked: World.now, results: verdicts.map { result($0) })
    #expect(report.conclusion() == conclusion)
    let reversed = TestReport(checked: World.now, results: verdicts.reversed().map { result($0) })
    #expect(reversed.conclusion() == conclusion)
    // A required key that is missing, or a broken entry, decides whatever else there is.
    for added in [result(.notConfigured, isRequired: true), result(.misconfigured, error: "moved")]
    {
      let worse = TestReport(checked: World.now, results: report.results + [added])
      #expect(worse.conclusion() == .findings)
    }
  }

  @Test func `an entry that was named and is locked is not a success`() {
    let results = [result(.valid), result(.locked, entry: "p/mistral")]
    let report = TestReport(checked: World.now, results: results)
    #expect(report.conclusion(named: []) == .good)
    #expect(report.conclusion(named: ["p/openai"]) == .good)
    #expect(report.conclusion(named: ["p/mistral"]) == .locked)
    let worse = TestReport(checked: World.now, results: results + [result(.invalid)])
    #expect(worse.conclusion(named: ["p/mistral"]) == .findings)
  }

  @Test func `words and answers follow from the verdict`() {
    let table: [Verdict.Word: [Verdict]] = [
      .valid: [.valid, .restricted], .invalid: [.noCredit, .accountDisabled, .invalid, .revoked],
      .unclear: [
        .rateLimited, .blocked, .misconfigured, .providerError, .unreachable, .unverifiable,
        .unknown,
      ], .notTested: [.untested], .locked: [.locked], .notConfigured: [.notConfigured],
    ]
    #expect(table.values.joined().count == Verdict.allCases.count)
    for (word, verdicts) in table { for verdict in verdicts { #expect(verdict.word == word) } }
    let works = Verdict.allCases.filter { $0.works == .yes }
    #expect(works == [.valid, .restricted, .noCredit, .accountDisabled])
    #expect(Verdict.allCases.filter { $0.works == .no } == [.invalid, .revoked])
    #expect(result(.noCredit).credit == .exhausted)
    #expect(result(.valid).credit == .unknown)
  }

  private var report: TestReport {
    var valid = result(.valid, entry: "p/openai")
    valid.http = 200
    valid.matched = ["object=list", "data is array"]
    valid.latency = .init(nameLookup: 0, connect: 0, tls: 0, firstByte: 0, total: 41.6)
    valid.facts = ["request_id": "req_1", "models": "2", "remaining_requests": "4"]
    var invalid = result(.invalid, entry: "p/mistral")
    invalid.http = 401
    invalid.note = "the provider does not know it"
    invalid.next = "create a new key: https://example.com/keys"
    invalid.facts = ["request_id": "req_2"]
    var locked = result(.locked, entry: "p/anthropic")
    locked.note = "no secret key for \u{1b}[2J"
    return TestReport(
      checked: World.now,
      results: [
        locked, invalid, valid, result(.notConfigured, isRequired: true, entry: "p/runway"),
        result(.notConfigured, entry: "p/together"), result(.notConfigured, entry: "p/deepinfra"),
        result(.notConfigured, entry: "a/b/openai"),
      ])
  }

  @Test func `the table is fixed`() {
    #expect(
      report.text(Style()) == """
        p/anthropic  Locked          locked                    no secret key for \\u{1b}[2J
        p/mistral    Invalid         invalid                   HTTP 401
                     the provider does not know it
                     request id req_2
                     → create a new key: https://example.com/keys
        p/openai     Valid           valid              42 ms  HTTP 200 · object=list · data is array
                     models 2 · remaining requests 4
        p/runway     Not configured  not_configured            required
        not configured in a/b, and not required: openai
        not configured in p, and not required: together, deepinfra
        3 keys: 1 valid, 1 invalid, 1 locked; 1 required key is missing

        """)
  }

  @Test func `colour changes no letter, and width cuts the last column`() {
    let coloured = report.text(Style(isColoured: true))
    #expect(coloured.contains("\u{1b}[32mValid\u{1b}[0m"))
    #expect(coloured.contains("\u{1b}[31mInvalid\u{1b}[0m"))
    var plain = coloured
    for code in ["32", "31", "33", "2", "1", "0"] {
      plain = plain.replacing("\u{1b}[\(code)m", with: "")
    }
    #expect(plain == report.text(Style()))
    var table = TextTable()
    table.add([.init("name"), .init("a text that is long")])
    table.add([.init("n"), .init("short")])
    table.add(remark: .init("below", .dim))
    table.add([.init("x"), .init(""), .init("")])
    #expect(
      table.text(Style(width: 20)) == """
        name  a text that i…
        n     short
              below
        x

        """)
  }

  @Test(
    arguments: [
      ([], "0 keys"), ([.valid], "1 key: 1 valid"),
      (
        [.valid, .noCredit, .blocked, .locked, .untested],
        "5 keys: 1 valid, 1 invalid, 1 unclear, 1 locked, 1 not tested"
      ),
      ([.notConfigured], "0 keys; 1 required key is missing"),
      (
        [.notConfigured, .notConfigured, .unknown], "1 key: 1 unclear; 2 required keys are missing"
      ),
    ] as [([Verdict], String)])
  func `a run is summed up in a line`(verdicts: [Verdict], summary: String) {
    let results = verdicts.map { result($0, isRequired: true) }
    #expect(TestReport(checked: World.now, results: results).summary == summary)
  }
}
