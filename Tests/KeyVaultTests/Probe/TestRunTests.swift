import HTTP
import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

@Suite(.oneAtATime)
struct TestRunTests {
  private static let valid = #"{"status": 200, "body": {"object": "list", "data": []}}"#
  private static let invalid = #"{"status": 401, "body": {"error": {"code": "invalid_api_key"}}}"#

  private static func key(_ number: Int) -> String {
    "sk-proj-NotARealKeyNotARealKey\(1000 + number)"
  }

  @Test func `forty keys are asked about at once, and each gets its own answer`() async throws {
    let world = try World()
    var answers: [String: String] = [:]
    for number in 0..<40 {
      try world.store("p/key\(100 + number)", Self.key(number), provider: "openai")
      if number % 2 == 0 { answers[Self.key(number)] = "valid" }
    }
    let stub = try Stub(
      ["openai/valid": Self.valid, "openai/invalid": Self.invalid], keys: ["openai": answers],
      delay: .milliseconds(500))
    let repository = try world.repository
    let prober = Prober(
      client: try .forTests(), catalogue: repository.catalogue,
      policy: try .standIns(of: repository, gateway: stub.gateway))
    let run = TestRun(
      repository: repository, gpg: Keyring.alice.gpg, prober: prober, gateway: stub.gateway)
    let entries = try repository.vault.entries()
    let told = Locked<[String]>([])
    var results: [TestResult] = []
    let time = await time {
      results = await run.results(of: entries, now: World.now) { result in
        told.change { $0.append(result.entry) }
      }
    }
    #expect(results.map(\.entry) == entries.map(\.name.path))
    #expect(results.map(\.verdict) == (0..<40).map { $0 % 2 == 0 ? .valid : .invalid })
    #expect(told.value.sorted() == entries.map(\.name.path))
    #expect(results.allSatisfy { ($0.latency?.total ?? 0) >= 500 })
    #expect(time < .seconds(15), "one after the other they take 20 s")
  }

  @Test func `what is wrong with one entry stays with that entry`() async throws {
    let world = try World()
    let stub = try Stub(["openai/invalid": Self.valid])
    try world.store("p/openai", Self.key(0))
    try world.write("\(Keyring.bob.fingerprint)\n", to: "vault/q/.gpg-id")
    try world.store("q/openai", Self.key(1))
    try world.store("p/disabled", Self.key(2), provider: "openai")
    try world.repositoryVault.setFields([("disabled", "true")], of: EntryName("p/disabled"))
    try world.store("p/acme", "fake-key", provider: "acme")
    try world.write("id: acme\nnome: x\n", to: "providers.d/acme.yaml")
    try world.store("p/nobody", "fake-key", provider: "nobody")
    try world.encrypt("fake-key", to: "p/unbound")
    try world.write("plain", to: "vault/p/broken.gpg")
    try world.scratch.copy("vault/p/openai.gpg", to: "vault/p/copied.gpg")
    let results = try await world.test(gateway: stub.gateway)
    let byEntry = Dictionary(uniqueKeysWithValues: results.map { ($0.entry, $0) })
    #expect(
      byEntry.mapValues(\.verdict) == [
        "p/openai": .valid, "q/openai": .locked, "p/disabled": .untested, "p/acme": .misconfigured,
        "p/nobody": .misconfigured, "p/unbound": .misconfigured, "p/broken": .misconfigured,
        "p/copied": .misconfigured,
      ])
    #expect(byEntry["p/acme"]?.note?.hasPrefix("providers.d/acme.yaml:") == true)
    #expect(byEntry["p/nobody"]?.note == "unknown provider 'nobody'")
    #expect(byEntry["p/unbound"]?.error?.contains("is not bound to this entry") == true)
    #expect(byEntry["p/broken"]?.error?.hasPrefix("vault/p/broken.gpg: ") == true)
    #expect(byEntry["p/copied"]?.error?.contains("was moved or copied") == true)
    #expect(byEntry["q/openai"]?.error == nil)
    #expect(stub.requests.count == 1)
    #expect(TestReport(checked: World.now, results: results).conclusion() == .findings)
  }

  @Test func `keys of which none opens are locked`() async throws {
    let world = try World()
    try world.store("p/openai", Self.key(0))
    let results = try await world.test(as: .bob)
    #expect(TestReport(checked: World.now, results: results).conclusion() == .locked)
    #expect(results.first?.next?.isEmpty == false)
  }

  @Test func `the command line's gateway comes before the environment's`() async throws {
    let stub = try Stub(["openai/invalid": Self.valid])
    let world = try World("environments: {p: {gateway: \"\(stub.base)/environment/{provider}\"}}\n")
    try world.store("p/openai", Self.key(0))
    _ = try await world.test()
    _ = try await world.test(gateway: "\(stub.base)/{provider}")
    #expect(stub.requests.map(\.path) == ["/environment/openai/v1/models", "/openai/v1/models"])
  }

  @Test func `a request carries the provider's headers, the fields and the key, each once`()
    async throws
  {
    let stub = try Stub(["openai/invalid": Self.valid, "runway/invalid": "{}"])
    let world = try World()
    try world.store("p/openai", Self.key(0), fields: [("organization", "org-fake")])
    try world.store("p/runway", "key_" + String(repeating: "c0ffee00", count: 16))
    _ = try await world.test(gateway: stub.gateway)
    let openai = try #require(stub.requests.first { $0.path == "/openai/v1/models" })
    #expect(openai.method == "GET")
    #expect(openai.header("authorization") == "Bearer \(Self.key(0))")
    #expect(openai.header("openai-organization") == "org-fake")
    #expect(openai.header("openai-project") == nil)
    #expect(openai.header("user-agent") == "keyvault-tests/1")
    #expect(openai.headers.count { $0.value.contains("NotARealKey") } == 1)
    let runway = try #require(stub.requests.first { $0.path == "/runway/v1/organization" })
    #expect(runway.header("x-runway-version") == "2024-11-06")
  }

  @Test func `a field that a provider needs is asked for before anything is sent`() async throws {
    let stub = try Stub(["acme/invalid": Self.valid])
    let world = try World()
    try FindingCase.acme(base: stub.base + "/acme")(world)
    let text = try world.scratch.text("providers.d/acme.yaml")
    try world.write(
      text.replacing(
        "[ACME_KEY]",
        with: "[ACME_KEY], fields: [{name: endpoint, required: true, header: X-End-Id}]"
      )
      .replacing(
        "probe: none",
        with:
          "probe: {request: GET /x, rules: [{status: 200, body: {/object: list}, verdict: valid}]}"),
      to: "providers.d/acme.yaml")
    try world.store("p/acme", "fake-key")
    let lacking = try await world.test()
    #expect(
      lacking.first?.note
        == "the credential lacks 'endpoint': keyvault set ENTRY --field endpoint=VALUE")
    #expect(stub.requests.isEmpty)
    try world.store("p/acme", "fake-key", fields: [("endpoint", "here")])
    #expect(try await world.test().first?.verdict == .valid)
    #expect(stub.requests.first?.header("x-end-id") == "here")
  }

  @Test func `a provider without a free request is unverifiable, and its format is reported`()
    async throws
  {
    let world = try World()
    try FindingCase.acme()(world)
    let text = try world.scratch.text("providers.d/acme.yaml")
    try world.write(
      text.replacing(
        "[ACME_KEY]",
        with: "[ACME_KEY], formats: [{name: x, prefix: acme-, chars: a-z, length: 8..20}]"),
      to: "providers.d/acme.yaml")
    try world.store("p/acme", "acme-fake")
    #expect(
      try await world.test().first?.note
        == "no free request proves a key of Acme; this one looks like one")
    try world.store("p/acme", "other-fake")
    let other = try await world.test()
    #expect(other.first?.verdict == .unverifiable)
    #expect(other.first?.note?.hasSuffix("this one does not look like one") == true)
  }
}
