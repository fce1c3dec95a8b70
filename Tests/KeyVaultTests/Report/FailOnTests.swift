import Testing

@testable import KeyVault

struct FailOnTests {
  private static let unusable: Set<Verdict> = [.noCredit, .accountDisabled, .invalid, .revoked]
  private static let unclear: Set<Verdict> = [
    .rateLimited, .blocked, .misconfigured, .providerError, .unreachable, .unverifiable, .unknown,
  ]

  @Test(
    arguments: [
      ("unusable", unusable), ("none", []), ("locked", [.locked]), ("no_credit", [.noCredit]),
      ("no_credit,locked", [.noCredit, .locked]), ("untested", [.untested]),
      ("unclear", unclear.union(unusable)),
    ] as [(String, Set<Verdict>)])
  func `verdicts to fail on are read`(text: String, verdicts: Set<Verdict>) throws {
    let failOn = try FailOn(parsing: text)
    #expect(failOn.verdicts == verdicts)
    #expect(failOn.states == [])
  }

  @Test func `states of a key stand beside verdicts, and the standard can be said in words`() throws
  {
    #expect(try FailOn(parsing: "unusable,missing") == .standard)
    let failOn = try FailOn(parsing: "overdue,no_credit,exposed")
    #expect(failOn.verdicts == [.noCredit] && failOn.states == [.exposed, .overdue])
  }

  @Test(arguments: [
    "", "valid", "restricted", "Invalid", "no_credit,", "all", " unclear", "none,invalid",
    "missing,none", "Missing", "not_configured", "expired",
  ])
  func `what is no such verdict is refused`(text: String) {
    #expect(failure { _ = try FailOn(parsing: text) }?.kind == .usage)
  }

  private func result(_ verdict: Verdict) -> TestResult {
    TestResult(entry: "p/x", provider: "x", verdict: verdict, checked: World.now)
  }

  private func conclusion(_ results: [TestResult], _ words: String) throws -> Conclusion {
    try TestReport(checked: World.now, results: results).conclusion(
      failOn: FailOn(parsing: words))
  }

  @Test func `a missing key counts only where it is required and missing is named`() throws {
    var missing = result(.notConfigured)
    for words in ["missing", "unusable,missing", "locked", "none"] {
      let failOn = try FailOn(parsing: words)
      missing.isRequired = false
      #expect(!failOn.contains(missing))
      missing.isRequired = true
      #expect(failOn.contains(missing) == words.hasSuffix("missing"), "\(words)")
    }
  }

  @Test func `what is not named passes, an unclear verdict too`() throws {
    for verdict in Verdict.allCases where verdict.word == .unclear {
      #expect(try conclusion([result(verdict)], "unusable,missing") == .good, "\(verdict)")
      #expect(try conclusion([result(verdict)], "none") == .good, "\(verdict)")
      #expect(try conclusion([result(verdict)], "unclear") == .findings, "\(verdict)")
    }
    #expect(try conclusion([result(.noCredit)], "invalid") == .good)
    #expect(try conclusion([result(.locked)], "locked") == .findings)
    #expect(try conclusion([result(.revoked), result(.valid)], "none") == .good)
  }

  @Test func `a run that asked nothing passes only where nothing is to fail`() throws {
    var cut = result(.valid)
    cut.cutShort()
    var broken = result(.misconfigured)
    broken.error = "it was moved"
    for (results, expected) in [
      ([result(.locked)], .locked), ([cut, result(.valid)], .inconclusive),
      ([result(.untested)], .nothing), ([broken, result(.valid)], .findings),
    ] as [([TestResult], Conclusion)] {
      #expect(try conclusion(results, "unusable,missing") == expected)
      #expect(try conclusion(results, "none") == .good)
    }
    #expect(try conclusion([], "none") == .nothing)
    #expect(try conclusion([result(.notConfigured)], "none") == .nothing)
  }

  @Test func `a key that works may be exposed or overdue`() throws {
    var exposed = result(.valid)
    exposed.isExposed = true
    var late = result(.valid)
    late.isOverdue = true
    #expect(try conclusion([exposed, late], "unusable,missing") == .good)
    #expect(try conclusion([exposed], "exposed") == .findings)
    #expect(try conclusion([exposed], "overdue") == .good)
    #expect(try conclusion([late], "unusable,overdue") == .findings)
  }

  @Test func `only what is accepted passes as unverifiable`() throws {
    var accepted = result(.unverifiable)
    accepted.acknowledgedUntil = "2027-02-21"
    let open = result(.unverifiable)
    func standard(_ results: [TestResult]) -> Conclusion {
      TestReport(checked: World.now, results: results).conclusion()
    }
    #expect(standard([accepted]) == .good)
    #expect(standard([accepted, accepted, result(.locked)]) == .good)
    #expect(standard([accepted, open]) == .inconclusive)
    #expect(standard([accepted, open, result(.valid)]) == .good)
    #expect(standard([accepted, result(.unknown)]) == .inconclusive)
    #expect(standard([accepted, result(.invalid)]) == .findings)
    #expect(try conclusion([accepted], "unclear") == .good)
    #expect(try conclusion([accepted], "unverifiable") == .good)
    #expect(try conclusion([accepted, open], "unverifiable") == .findings)
  }
}
