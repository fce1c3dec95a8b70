import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

/// Runs that end before every answer is there.
@Suite(.oneAtATime)
struct DeadlineTests {
  private let stub: Stub
  private let silent: RawServer
  private let world: World

  /// Long enough for what answers at once, on a machine that is busy with other tests.
  private static let soon = Duration.seconds(4)
  private static let digits = String(repeating: "0", count: 90)

  /// One key each whose provider answers, refuses, drips, hangs, and asks for patience.
  init() throws {
    let stub = try Stub([
      "openai/valid": #"{"body": {"object": "list", "data": []}}"#,
      "openai/invalid": #"{"status": 401, "body": {"error": {"code": "invalid_api_key"}}}"#,
      "openai/drip": "{\"text\": \"\(Self.digits)\", \"drip_ms\": 1000}",
      "openai/hang": #"{"delay_ms": 60000}"#, "openai/reset": #"{"reset": true}"#,
    ])
    let silent = try RawServer()
    var environments = "environments:\n"
    for name in ["valid", "invalid", "drip", "hang", "reset"] {
      environments += "  \(name): {gateway: \"\(stub.gateway)@\(name)\"}\n"
    }
    environments += "  silent: {gateway: \"http://127.0.0.1:\(silent.port)\"}\n"
    environments += "  tls: {gateway: \"https://127.0.0.1:\(silent.port)\"}\n"
    world = try World(environments)
    (self.stub, self.silent) = (stub, silent)
  }

  private func store(_ names: String...) throws {
    for name in names { try world.store("\(name)/openai", FaultTests.key) }
  }

  private func check(_ results: [TestResult], _ verdicts: [String: Verdict]) {
    #expect(
      Dictionary(uniqueKeysWithValues: results.map { ($0.entry, $0.verdict) })
        == Dictionary(uniqueKeysWithValues: verdicts.map { ($0.key + "/openai", $0.value) }))
    for result in results {
      #expect(result.isCutShort == (result.verdict == .untested))
      guard result.isCutShort else { continue }
      #expect(result.word == .notTested && result.works == .unknown)
      #expect(result.note == "the run ended before there was an answer")
    }
  }

  @Test func `what answers before the deadline keeps its verdict, the rest is not tested`()
    async throws
  {
    try store("valid", "drip", "hang", "silent", "tls")
    var results: [TestResult] = []
    let time = try await time {
      results = try await world.test(deadline: Self.soon) { $0.patience = Patience() }
    }
    #expect(time >= Self.soon && time < .seconds(30), "\(time)")
    check(
      results,
      [
        "valid": .valid, "drip": .untested, "hang": .untested, "silent": .untested,
        "tls": .untested,
      ])
    let report = TestReport(checked: World.now, results: results)
    #expect(!report.isComplete)
    #expect(report.conclusion() == .inconclusive)
  }

  @Test func `a bad key is a finding, whatever the rest would have been`() async throws {
    try store("invalid", "hang")
    let results = try await world.test(deadline: Self.soon)
    check(results, ["invalid": .invalid, "hang": .untested])
    let report = TestReport(checked: World.now, results: results)
    #expect(!report.isComplete)
    #expect(report.conclusion() == .findings)
  }

  @Test func `a deadline that is not reached changes nothing`() async throws {
    try store("valid")
    var results: [TestResult] = []
    let time = try await time { results = try await world.test(deadline: .seconds(60)) }
    check(results, ["valid": .valid])
    #expect(time < .seconds(40))
    let report = TestReport(checked: World.now, results: results)
    #expect(report.isComplete)
    #expect(report.conclusion() == .good)
  }

  @Test func `a deadline ends waits and whatever else is asked`() async throws {
    try store("reset", "hang")
    var results: [TestResult] = []
    let time = try await time {
      results = try await world.test(deadline: .seconds(1)) {
        $0.patience = Patience(retries: 10)
        $0.asksControls = true
        $0.asksQuota = true
      }
    }
    #expect(time < .seconds(15), "\(time)")
    #expect(results.map(\.works) == [.unknown, .unknown])
  }

  @Test func `a cancelled run ends at once and reports what it knows`() async throws {
    try store("valid", "drip", "hang", "silent")
    let repository = try world.repository
    let prober = Prober(
      client: try .forTests(), catalogue: repository.catalogue,
      policy: try .standIns(of: repository))
    let run = TestRun(
      repository: repository, gpg: Keyring.alice.gpg, prober: prober, gateway: nil)
    let entries = try repository.vault.entries()
    let told = Locked<[TestResult]>([])
    let task = Task {
      await run.results(of: entries, now: World.now, until: .now + .seconds(60)) { result in
        told.change { $0.append(result) }
      }
    }
    // The stand-in has seen all but the silent one's.
    while told.value.isEmpty || stub.requests.count < 3 {
      try await Task.sleep(for: .milliseconds(5))
    }
    var results: [TestResult] = []
    let time = await time {
      task.cancel()
      results = await task.value
    }
    #expect(time < .seconds(30), "\(time)")
    check(
      results, ["valid": .valid, "drip": .untested, "hang": .untested, "silent": .untested])
    #expect(!TestReport(checked: World.now, results: results).isComplete)
    #expect(told.value.count == 4)
  }

  @Test func `nothing is written down of what was cut short`() async throws {
    try store("valid", "hang")
    let home = Scratch()
    let history = History(try LocalState(of: world.repository, stateHome: home.path("state")))
    try history.append(try await world.test(deadline: Self.soon))
    #expect(history.past(now: World.now).records.map(\.entry) == ["valid/openai"])
  }
}
