import GPG
import HTTP
import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

/// Loopback that the repository's text names gets no key: on a shared machine others listen there.
@Suite(.oneAtATime)
struct LoopbackTests {
  private static let key = "sk-proj-NotARealKeyNotARealKeyNotARealKey"
  private static let good = #"{"body": {"object": "list", "data": []}}"#

  /// Spellings of this machine, each with a port for `PORT`; not all of them are reached by one listener.
  static let spellings = [
    "http://127.0.0.1:PORT", "http://127.0.0.2:PORT", "http://127.255.255.254:PORT",
    "http://[::1]:PORT", "http://[0:0:0:0:0:0:0:1]:PORT", "http://localhost:PORT",
    "http://0.0.0.0:PORT", "http://[::]:PORT", "http://[::ffff:127.0.0.1]:PORT",
    "http://[::ffff:7f00:1]:PORT", "http://2130706433:PORT", "http://127.1:PORT",
    "http://0x7f.0.0.1:PORT", "http://ip6-localhost:PORT", "https://127.0.0.1:PORT",
    "https://localhost:PORT", "HTTP://127.0.0.1:PORT",
  ]

  private func stub() throws -> Stub { try Stub(["openai/x": Self.good, "acme/x": Acme.valid]) }

  /// The hosts that a payload could name to let its key travel to `origin`.
  private func hosts(_ origin: String) -> [String] {
    [origin, origin.split(separator: "/").last.map(String.init) ?? ""]
  }

  private func expectNothingSent(_ result: TestResult, _ stub: Stub) {
    #expect(result.verdict == .misconfigured, "\(result)")
    #expect(result.attempts == nil)
    #expect(result.http == nil)
    #expect(stub.requests.isEmpty)
  }

  @Test(arguments: spellings)
  func `a gateway of keyvault.yaml gets no key, whatever the payload says`(
    spelling: String
  ) async throws {
    let stub = try stub()
    let origin = spelling.replacing("PORT", with: "\(stub.port)")
    let text = "environments: {p: {gateway: \"\(origin)/{provider}@x\"}}\n"
    // What no schema takes cannot be asked at all.
    guard let world = try? World(text), (try? world.repository) != nil else { return }
    for hosts in [[], hosts(origin)] {
      try world.store("p/openai", Self.key, hosts: hosts)
      for control in [false, true] {
        let results = try await world.test(policy: .nothingAllowed) {
          $0.asksControls = control
          $0.asksQuota = true
        }
        expectNothingSent(try #require(results.first), stub)
      }
    }
  }

  @Test(arguments: spellings)
  func `an own provider's base URL gets no key, whatever the payload says`(
    spelling: String
  ) async throws {
    let stub = try stub()
    let origin = spelling.replacing("PORT", with: "\(stub.port)")
    let world = try World()
    try world.add(Acme(at: origin + "/acme@x"), hosts: hosts(origin))
    guard (try? world.repository.catalogue.provider("acme")) != nil else { return }
    expectNothingSent(try #require(try await world.test(policy: .nothingAllowed).first), stub)
  }

  @Test func `a probe or quota request on loopback is judged by its own host`() async throws {
    let stub = try stub()
    let world = try World()
    var acme = Acme(at: "https://api.example.com")
    acme.request = "GET \(stub.base)/acme@x/models"
    try world.add(acme, hosts: ["api.example.com"])
    expectNothingSent(try #require(try await world.test(policy: .nothingAllowed).first), stub)

    let asked = try Stub(["acme/x": Acme.valid])
    acme = Acme(at: asked.base + "/acme@x")
    acme.more = "quota: {request: GET \(stub.base)/acme@x/credit, rules: [\(Acme.rules)]}"
    try world.add(acme)
    let result = try #require(
      try await world.test(policy: OriginPolicy(parsing: asked.base)) { $0.asksQuota = true }.first)
    #expect(result.verdict == .valid)
    #expect(result.quota?.verdict == .misconfigured)
    #expect(asked.requests.count == 1 && stub.requests.isEmpty)
  }

  @Test func `an override's hosts on loopback get no key`() async throws {
    let stub = try stub()
    let world = try World()
    let builtIn = try #require(Embedded.providers.first { $0.name == "openai.yaml" }).text
    try world.write(
      builtIn.replacing("https://api.openai.com/v1", with: stub.base + "/openai@x"),
      to: "providers.d/openai.yaml")
    try world.store("p/openai", Self.key, hosts: ["127.0.0.1:\(stub.port)"])
    expectNothingSent(try #require(try await world.test(policy: .nothingAllowed).first), stub)
  }

  @Test func `neither pick nor a program nor a rendering uses a gateway on loopback`() async throws
  {
    let stub = try stub()
    let world = try World(
      "environments: {p: {gateway: \"\(stub.base)/{provider}@x\"}, q: {}}\n")
    try world.store("p/openai", Self.key)
    try world.store("q/openai", Self.key)
    let repository = try world.repository
    var options = Prober.Options()
    options.patience = Patience(retries: 0)
    let prober = Prober(
      client: try .forTests(), catalogue: repository.catalogue, policy: .nothingAllowed,
      options: options)
    for prober in [nil, prober] {
      let pick = try await Picker(
        repository: repository, gpg: Keyring.alice.gpg, policy: .nothingAllowed, prober: prober
      ).pick(.textGeneration, in: "p", past: world.past([]), now: World.now)
      #expect(pick.choice == nil)
      #expect(pick.skipped.map(\.verdict) == [.misconfigured])
      #expect(pick.skipped[0].reason.contains("KEYVAULT_ALLOW_HOSTS=\(stub.base)"))
    }
    let credentials = try Credentials(of: repository, gpg: Keyring.alice.gpg)
    await #expect(throws: NoCredential.self) {
      try await credentials.withCredential(for: .textGeneration, in: "p") {
        _ = try await $0.send("GET", "/models")
      }
    }
    #expect(try await credentials.refresh("p").map(\.verdict) == [.misconfigured])
    #expect(stub.requests.isEmpty)

    let warnings = Locked<[Failure]>([])
    let variables = try await Rendering(repository: repository, policy: .nothingAllowed).variables(
      of: ["p"], gpg: Keyring.alice.gpg, warn: { warning in warnings.change { $0.append(warning) } }
    )
    #expect(variables.map(\.name) == ["OPENAI_API_KEY"])
    #expect(
      warnings.value.map(\.message) == [
        "left out OPENAI_BASE_URL: keys may not be sent to \(stub.base)"
      ])
    #expect(warnings.value.first?.hints == ["allow it: KEYVAULT_ALLOW_HOSTS=\(stub.base)"])
  }

  @Test func `the library uses it where the program allows it`() async throws {
    let stub = try stub()
    let world = try World("environments: {p: {gateway: \"\(stub.base)/{provider}@x\"}}\n")
    try world.store("p/openai", Self.key)
    let credentials = try Credentials(
      of: world.repository, gpg: Keyring.alice.gpg, policy: OriginPolicy(parsing: stub.base))
    #expect(try await credentials.refresh("p").map(\.verdict) == [.valid])
    #expect(stub.requests.count == 1)
  }

  @Test func `an old key is not sent to a gateway on loopback`() async throws {
    let stub = try stub()
    let world = try World("environments: {p: {gateway: \"\(stub.base)/{provider}@x\"}}\n")
    try world.store("p/openai", Self.key)
    try world.commit()
    try world.store("p/openai", Self.key + "2", serial: 2)
    let repository = try world.repository
    let prober = Prober(
      client: try .forTests(), catalogue: repository.catalogue, policy: .nothingAllowed)
    let retirement = try await Retirement(
      of: world.entry("p/openai"), opened: world.open("p/openai"), in: repository,
      gpg: Keyring.alice.gpg, prober: prober, now: World.now)
    #expect(retirement.keys.map(\.outcome) == [.unproven])
    #expect(stub.requests.isEmpty)
  }

  @Test func `a gateway of the command line is allowed, and nothing else on loopback`() async throws
  {
    let stub = try stub()
    let other = try self.stub()
    let world = try World("environments: {p: {gateway: \"\(other.base)/{provider}@x\"}}\n")
    try world.store("p/openai", Self.key)
    let policy = OriginPolicy.nothingAllowed.naming(gateway: try WebURL(stub.base).origin)
    let results = try await world.test(gateway: stub.base + "/{provider}@x", policy: policy)
    #expect(results.map(\.verdict) == [.valid])
    expectNothingSent(try #require(try await world.test(policy: policy).first), other)
  }

  @Test func `a definition is checked only where the repository is not alone to name the host`()
    async throws
  {
    let stub = try stub()
    let world = try World()
    try world.write(Acme(at: stub.base + "/acme@x").text, to: "providers.d/acme.yaml")
    let provider = try #require(try world.repository.catalogue.provider("acme"))
    func check(_ policy: OriginPolicy) async throws -> Int {
      try await Prober(client: .forTests(), catalogue: world.repository.catalogue, policy: policy)
        .check(provider, fields: [], gateway: nil).count
    }
    await #expect(throws: Failure.self) { try await check(.nothingAllowed) }
    #expect(stub.requests.isEmpty)
    #expect(try await check(OriginPolicy(parsing: stub.base)) == 2)
    #expect(stub.requests.count == 2)
  }
}
