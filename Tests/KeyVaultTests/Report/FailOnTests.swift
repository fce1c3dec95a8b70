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
    #expect(failOn.failsOnMissing == (text != "none"))
  }

  @Test(arguments: [
    "", "valid", "restricted", "Invalid", "no_credit,", "all", " unclear", "none,invalid",
  ])
  func `what is no such verdict is refused`(text: String) {
    #expect(failure { _ = try FailOn(parsing: text) }?.kind == .usage)
  }

  @Test func `a missing key counts only where it is required`() throws {
    for failOn in [.standard, try FailOn(parsing: "locked")] {
      #expect(failOn.contains(.notConfigured, isRequired: true))
      #expect(!failOn.contains(.notConfigured, isRequired: false))
    }
    #expect(!FailOn.nothing.contains(.notConfigured, isRequired: true))
  }

  @Test func `what is not failed on is not failed on`() throws {
    func report(_ verdict: Verdict) -> TestReport {
      let result = TestResult(entry: "p/x", provider: "x", verdict: verdict, checked: World.now)
      return TestReport(checked: World.now, results: [result])
    }
    #expect(try report(.noCredit).conclusion(failOn: FailOn(parsing: "invalid")) == .good)
    #expect(try report(.unknown).conclusion(failOn: FailOn(parsing: "unclear")) == .findings)
    #expect(try report(.unknown).conclusion(failOn: FailOn(parsing: "none")) == .inconclusive)
    #expect(try report(.locked).conclusion(failOn: FailOn(parsing: "locked")) == .findings)
  }
}
