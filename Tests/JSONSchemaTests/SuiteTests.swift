import Testing
import YAML

@Suite(.enabled(if: Suite.folder != nil, "skipped: KEYVAULT_SUITES does not name the suites"))
struct SuiteTests {
  @Test(arguments: Refusals.knownFiles)
  func `decides as the official suite for every keyword that is known`(file: String) throws {
    let outcome = try Suite.outcome(of: file)
    #expect(outcome.wrong.isEmpty)
    #expect(outcome.refused == Refusals.byFile[file] ?? [:])
    #expect(outcome.passed + outcome.refused.count > 0)
  }

  @Test(arguments: Refusals.unknownFiles)
  func `refuses what it does not know, rather than decide wrongly`(file: String) throws {
    let outcome = try Suite.outcome(of: file)
    #expect(outcome.wrong.isEmpty)
  }

  @Test func `leaves out no file of the suite`() throws {
    #expect(try Set(Suite.files()) == Set(Refusals.knownFiles + Refusals.unknownFiles))
  }

  @Test func `counts what passes and what is refused`() throws {
    let known = try Refusals.knownFiles.map(Suite.outcome(of:)).reduce(Suite.Outcome(), +)
    let other = try Refusals.unknownFiles.map(Suite.outcome(of:)).reduce(Suite.Outcome(), +)
    print("JSON Schema suite, known keywords: \(known)")
    print("JSON Schema suite, other files: \(other)")
    #expect(known.passed >= 275)
    #expect(known.checked >= 1021)
  }
}

/// What the tests above rely on; needs no suite.
struct OutcomeTests {
  @Test func `a wrong verdict and a refused schema are distinguished from what passes`() throws {
    let schema = try Node(json: #"{"type": "string"}"#)
    let unknown = try Node(json: #"{"unevaluatedItems": false}"#)
    let one = try Node(json: "1")
    let outcome = Suite.outcome(of: [
      Suite.Group(name: "right", schema: schema, tests: [("a", one, false)]),
      Suite.Group(name: "wrong", schema: schema, tests: [("b", one, true)]),
      Suite.Group(name: "refused", schema: unknown, tests: [("c", one, true)]),
    ])
    #expect(outcome.passed == 1)
    #expect(outcome.checked == 2)
    #expect(outcome.wrong == ["wrong: b"])
    #expect(Array(outcome.refused.keys) == ["refused"])
  }
}

extension Suite.Outcome: CustomStringConvertible {
  var description: String {
    "\(passed) groups pass, \(refused.count) are refused, \(checked) tests, \(wrong.count) wrong"
  }

  static func + (a: Suite.Outcome, b: Suite.Outcome) -> Suite.Outcome {
    Suite.Outcome(
      passed: a.passed + b.passed, checked: a.checked + b.checked,
      refused: a.refused.merging(b.refused) { first, _ in first }, wrong: a.wrong + b.wrong)
  }
}
