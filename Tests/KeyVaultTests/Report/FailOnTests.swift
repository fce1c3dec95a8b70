import Testing

@testable import KeyVault

struct FailOnTests {
  @Test(
    arguments: [
      ("unusable", [.noCredit, .accountDisabled, .invalid, .revoked]), ("none", []),
      ("missing", [.notConfigured]), ("locked", [.locked]), ("no_credit", [.noCredit]),
      ("no_credit,locked", [.noCredit, .locked]), ("untested", [.untested]),
      (
        "unclear",
        [
          .rateLimited, .blocked, .misconfigured, .providerError, .unreachable, .unverifiable,
          .unknown,
        ]
      ),
    ] as [(String, Set<Verdict>)])
  func `verdicts to fail on are read`(text: String, verdicts: Set<Verdict>) throws {
    #expect(try FailOn(parsing: text).verdicts == verdicts)
  }

  @Test(arguments: ["", "valid", "restricted", "Invalid", "no_credit,", "all", " unclear"])
  func `what is no such verdict is refused`(text: String) {
    #expect(failure { _ = try FailOn(parsing: text) }?.kind == .usage)
  }

  @Test func `a missing key counts only where it is required`() throws {
    let failOn = try FailOn(parsing: "missing")
    #expect(failOn.contains(.notConfigured, isRequired: true))
    #expect(!failOn.contains(.notConfigured, isRequired: false))
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
