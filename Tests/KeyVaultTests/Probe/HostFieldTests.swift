import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

/// Hosts whose names a part of the credential completes, of which Azure's is the built-in one.
@Suite(.oneAtATime)
struct HostFieldTests {
  private static let key = String(repeating: "c0ffee00", count: 4)
  private static let good = #"{"body": {"object": "list", "data": []}}"#

  private func result(
    _ world: World, gateway: String? = nil, _ policy: OriginPolicy? = nil
  ) async throws -> TestResult {
    try #require(try await world.test(gateway: gateway, policy: policy).first)
  }

  /// Stores a key whose `resource` is `value`; nil for none.
  private func world(_ value: String?) throws -> World {
    let world = try World()
    try world.store(
      "p/azure_openai", Self.key, fields: value.map { [(name: "resource", value: $0)] } ?? [])
    return world
  }

  @Test(arguments: ["host-field-one", "7", "Host-Field-TWO", String(repeating: "x", count: 63)])
  func `the field completes the host to which the key goes`(value: String) async throws {
    let world = try world(value)
    let host = value.lowercased() + ".openai.azure.com"
    let before = Trap.shared.connections(to: host)
    #expect(try await result(world).verdict == .unreachable)
    #expect(Trap.shared.connections(to: host) == before + 1)

    let stub = try Stub(["azure_openai/invalid": Self.good])
    #expect(try await result(world, gateway: stub.gateway).verdict == .valid)
    #expect(
      stub.requests.map(\.path) == ["/azure_openai/openai/models?api-version=2024-10-21"])
    #expect(stub.requests.first?.header("api-key") == Self.key)
  }

  @Test(arguments: [
    "a.evil.com", "a/b", "a@b", "-a", "a-", "", String(repeating: "x", count: 64), "a#", "a?b",
    "a:443", "a b", " a", "a\\b", "é", "xn--é", "a%2eevil", "{resource}", "evil.com/", "a_b",
    "a\rb", "a\0b", "\u{1b}a", "ａ",
  ])
  func `a value that is more than a label sends nothing`(value: String) async throws {
    let world = try world(value)
    let before = Trap.shared.connections
    let stub = try Stub(["azure_openai/invalid": Self.good])
    for gateway in [nil, stub.gateway] {
      let result = try await result(world, gateway: gateway)
      expectDoubt(result, .misconfigured, "'resource' must be letters, digits and hyphens")
      #expect(result.attempts == nil)
    }
    #expect(stub.requests.isEmpty)
    #expect(Trap.shared.connections == before)
  }

  @Test func `a credential without the field sends nothing`() async throws {
    let before = Trap.shared.connections
    expectDoubt(try await result(world(nil)), .misconfigured, "the credential lacks 'resource'")
    #expect(Trap.shared.connections == before)
  }

  @Test func `a field that is not text sends nothing`() async throws {
    let world = try World()
    let lines =
      "\(Self.key)\nvault: \(World.vaultID)\nentry: p/azure_openai\nprovider: azure_openai\n"
      + "serial: 1\nresource: a"
    try world.encrypt(Array(lines.utf8) + [0xff], to: "p/azure_openai")
    let before = Trap.shared.connections
    expectDoubt(try await result(world), .misconfigured, "'resource' must be letters")
    #expect(Trap.shared.connections == before)
  }

  @Test func `a provider of a repository's own has no such host`() async throws {
    let host = "own-field.example.com"
    let world = try World()
    var acme = Acme(at: "https://{part}.example.com")
    acme.key = ", fields: [{name: part, required: true}]"
    try world.write(acme.text, to: "providers.d/acme.yaml")
    try world.store("p/acme", Acme.credential, hosts: [host], fields: [("part", "own-field")])
    let findings = try world.findings()
    let finding = try #require(findings.first { $0.file == "providers.d/acme.yaml" })
    #expect(finding.severity == .error && finding.code == "bad-url" && finding.line == 5)
    #expect(
      finding.message == "only a built-in provider may complete a host's name with a field")
    for policy in [OriginPolicy(allowed: []), try OriginPolicy(parsing: host)] {
      expectDoubt(try await result(world, policy), .misconfigured, "'part' must be letters")
    }
    #expect(Trap.shared.connections(to: host) == 0)
  }

  @Test(arguments: [
    "https://{resource}.evil.example", "https://{resource}.openai.azure.com.evil.example",
  ])
  func `a file that changes the rest of the host gets no key, whatever is allowed`(
    base: String
  ) async throws {
    let world = try world("mine")
    let builtIn = try #require(Embedded.providers.first { $0.name == "azure_openai.yaml" }).text
    let changed = builtIn.replacing("https://{resource}.openai.azure.com", with: base)
    #expect(changed != builtIn)
    try world.write(changed, to: "providers.d/azure_openai.yaml")
    let host = base.replacing("https://{resource}", with: "mine")
    let before = Trap.shared.connections
    for allowed in ["", host, "evil.example \(host) mine.openai.azure.com"] {
      let result = try await result(world, OriginPolicy(parsing: allowed))
      expectDoubt(result, .misconfigured, "providers.d/azure_openai.yaml changes base_url of")
      #expect(result.attempts == nil)
    }
    #expect(Trap.shared.connections == before)
    #expect(try world.findings().contains { $0.code == "bad-url" && $0.severity == .error })
  }

  @Test func `a file that changes only words gets its key`() async throws {
    let world = try world("host-field-words")
    let builtIn = try #require(Embedded.providers.first { $0.name == "azure_openai.yaml" }).text
    try world.write(
      builtIn.replacing("name: Azure OpenAI", with: "name: Ours"),
      to: "providers.d/azure_openai.yaml")
    #expect(try await result(world).verdict == .unreachable)
    #expect(Trap.shared.connections(to: "host-field-words.openai.azure.com") == 1)
  }

  @Test func `the endpoint is rendered with the field`() async throws {
    let world = try world("my-resource")
    let rendering = Rendering(
      repository: try world.repository, policy: OriginPolicy(allowed: []))
    let text = try await rendering.text(of: "p", as: .dotenv, gpg: Keyring.alice.gpg).text
    #expect(
      text == """
        AZURE_OPENAI_API_KEY=\(Self.key)
        AZURE_OPENAI_ENDPOINT=https://my-resource.openai.azure.com
        AZURE_RESOURCE_NAME=my-resource

        """)
  }
}
