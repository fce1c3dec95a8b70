import Testing
import YAML

@Suite(.enabled(if: SuiteCase.folder != nil, "KEYVAULT_SUITES is not set"))
struct SuiteTests {
  @Test func `finds the suite`() {
    #expect(SuiteCase.all.count > 400)
  }

  @Test(arguments: SuiteCase.all) func `reads it as the suite does, or differs as listed`(
    _ item: SuiteCase
  ) throws {
    let outcome = try item.outcome()
    let isKnown = (
      KnownDifference.readsInvalid.holds(item.name), KnownDifference.refusesValid.holds(item.name)
    )
    switch outcome {
    case .readsInvalid: #expect(isKnown == (true, false), "reads what is invalid")
    case .refusesValid: #expect(isKnown == (false, true), "refuses what is valid")
    case .asExpected: #expect(isKnown == (false, false), "is listed and differs no more")
    case .readsOtherwise, .refusesWithoutCause: #expect(outcome == .asExpected)
    }
  }

  @Test func `lists each difference once, of a case that exists`() {
    let listed = (KnownDifference.readsInvalid + KnownDifference.refusesValid).flatMap(\.cases)
    #expect(Set(listed).count == listed.count)
    #expect(Set(listed).subtracting(SuiteCase.all.map(\.name)).isEmpty)
  }
}
