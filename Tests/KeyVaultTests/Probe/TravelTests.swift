import GPG
import HTTP
import ProviderStub
import Secrets
import TestSupport
import Testing

@testable import KeyVault

/// Where a key may travel. Each refusal is proved by who received nothing.
@Suite(.oneAtATime)
struct TravelTests {
  private static let openAIKey = "sk-proj-NotARealKeyNotARealKeyNotARealKey"
  private static let acmeKey = "NotARealKeyNotARealKey"

  /// A whole definition, as a pull request could add it.
  private func provider(
    _ id: String, base: String, request: String = "GET /models", more: String = ""
  ) -> String {
    """
    id: \(id)
    name: Changed
    description: As a pull request changed it
    capabilities: [search]
    base_url: \(base)
    auth: {header: Authorization, value: "Bearer {key}"}
    key: {env: [ACME_API_KEY], base_url_env: ACME_BASE_URL}
    probe:
      request: \(request)
      rules: [{status: 200, body: {/ok: true}, verdict: valid}]
    \(more)

    """
  }

  private static let yes = #"{"status": 200, "body": {"ok": true, "object": "list", "data": []}}"#

  private func result(
    _ world: World, _ policy: OriginPolicy? = nil
  ) async throws -> TestResult {
    try #require(try await world.test(policy: policy).first)
  }

  /// Each as the text of providers.d/openai.yaml, made of the built-in one.
  private static let overrides: [(name: String, change: @Sendable (String, String) -> String)] = [
    ("base_url", { text, base in text.replacing("https://api.openai.com/v1", with: base) }),
    (
      "probe",
      { text, base in
        let url = "https://probe-host.example.com/models"
        return text.replacing("request: GET /models", with: "request: GET \(url)")
      }
    ),
    ("auth", { text, base in text.replacing("Bearer {key}", with: "Basic {key}") }),
    ("headers", { text, base in text.replacing("headers: {}", with: "headers: {x-to: them}") }),
    ("hosts", { text, base in text + "hosts: [hosts-host.example.com]\n" }),
    (
      "probe",
      { text, base in text.replacing("/data, count: true", with: "/data") }
    ),
    (
      "key.formats",
      { text, base in
        text.replacing(
          "prefix: sk-proj-,", with: "prefix: sk-proj-, auth: {header: X, value: \"{key}\"},")
      }
    ),
    (
      "key.formats", { text, base in text.replacing("prefix: sk-proj-,", with: "prefix: sk-,") }
    ),
    ("quota", { text, base in text + "quota: {request: GET /credit}\n" }),
  ]

  @Test(arguments: overrides.indices)
  func `a file that changes a built-in provider gets no key`(index: Int) async throws {
    let (part, change) = Self.overrides[index]
    let stub = try Stub(["openai/x": Self.yes])
    let world = try World("environments: {production: {gateway: \"\(stub.base)/{provider}@x\"}}\n")
    let builtIn = try #require(Embedded.providers.first { $0.name == "openai.yaml" }).text
    let changed = change(builtIn, stub.base + "/openai@x")
    #expect(changed != builtIn)
    try world.write(changed, to: "providers.d/openai.yaml")
    try world.store("production/openai", Self.openAIKey)
    // Naming a gateway on the command line does not make the file's changes trusted.
    let refused = try await result(
      world, OriginPolicy.nothingAllowed.naming(gateway: WebURL(stub.base).origin))
    #expect(refused.verdict == .misconfigured)
    #expect(
      refused.note?.contains("providers.d/openai.yaml changes \(part) of") == true, "\(refused)")
    #expect(refused.http == nil)
    #expect(stub.requests.isEmpty)
    #expect(Trap.shared.connections(to: "probe-host.example.com") == 0)
  }

  @Test func `a file that changes only words of a built-in provider gets its key`() async throws {
    let stub = try Stub(["openai/x": Self.yes])
    let world = try World("environments: {production: {gateway: \"\(stub.base)/{provider}@x\"}}\n")
    let builtIn = try #require(Embedded.providers.first { $0.name == "openai.yaml" }).text
    try world.write(
      builtIn.replacing("name: OpenAI", with: "name: Ours"), to: "providers.d/openai.yaml")
    try world.store("production/openai", Self.openAIKey)
    #expect(try await result(world).verdict == .valid)
    #expect(stub.requests.map(\.path) == ["/openai@x/v1/models"])
  }

  @Test func `all hosts of a changed provider must be allowed from outside`() async throws {
    let world = try World()
    let host = "override-host.example.com"
    try world.write(
      provider("openai", base: "https://\(host)/v1", more: "hosts: [override-too.example.com]"),
      to: "providers.d/openai.yaml")
    try world.store("production/openai", Self.openAIKey)
    #expect(try await result(world, OriginPolicy(parsing: host)).verdict == .misconfigured)
    #expect(Trap.shared.connections(to: host) == 0)
    let policy = try OriginPolicy(parsing: "\(host), override-too.example.com")
    #expect(try await result(world, policy).verdict == .unreachable)
    #expect(Trap.shared.connections(to: host) > 0)
  }

  @Test func `a new provider's host must stand inside the encryption or be allowed`() async throws {
    let host = "new-provider.example.com"
    let world = try World()
    try world.write(provider("acme", base: "https://\(host)"), to: "providers.d/acme.yaml")
    try world.store("production/acme", Self.acmeKey, hosts: ["other-provider.example.com"])
    let refused = try await result(world)
    #expect(refused.verdict == .misconfigured)
    #expect(
      refused.note?.contains(
        "https://\(host) is not a host that this key may be sent "
          + "to") == true)
    #expect(Trap.shared.connections(to: host) == 0)

    #expect(try await result(world, OriginPolicy(parsing: host)).verdict == .unreachable)
    #expect(Trap.shared.connections(to: host) == 1)

    try world.store("production/acme", Self.acmeKey, hosts: [host])
    #expect(try await result(world).verdict == .unreachable)
    #expect(Trap.shared.connections(to: host) == 2)
  }

  @Test func `a request to another host than the base's is judged by its own host`() async throws {
    let world = try World()
    try world.write(
      provider(
        "acme", base: "https://base-host.example.com",
        request: "GET https://request-host.example.com/models"), to: "providers.d/acme.yaml")
    try world.store("production/acme", Self.acmeKey, hosts: ["base-host.example.com"])
    #expect(try await result(world).verdict == .misconfigured)
    #expect(Trap.shared.connections(to: "request-host.example.com") == 0)
    try world.store("production/acme", Self.acmeKey, hosts: ["request-host.example.com"])
    #expect(try await result(world).verdict == .unreachable)
    #expect(Trap.shared.connections(to: "request-host.example.com") == 1)
    #expect(Trap.shared.connections(to: "base-host.example.com") == 0)
  }

  @Test func `a gateway elsewhere gets no key unless it is allowed`() async throws {
    let host = "gateway.example.com"
    let world = try World("environments: {production: {gateway: \"https://\(host)/{provider}\"}}\n")
    try world.store("production/openai", Self.openAIKey, hosts: ["api.openai.com"])
    let refused = try await result(world)
    #expect(refused.verdict == .misconfigured)
    #expect(
      refused.note?.contains("https://\(host) is not a host that this key may be sent to") == true)
    #expect(Trap.shared.connections(to: host) == 0)
    #expect(try await result(world, OriginPolicy(parsing: host)).verdict == .unreachable)
    #expect(Trap.shared.connections(to: host) == 1)
  }

  @Test func `a key of another provider is not sent`() async throws {
    let stub = try Stub(["mistral/x": Self.yes, "openai/x": Self.yes])
    let world = try World("environments: {production: {gateway: \"\(stub.base)/{provider}@x\"}}\n")
    try world.store("production/openai", Self.openAIKey, provider: "openai")
    let sidecar = try world.scratch.text("vault/production/openai.yaml")
    try world.write(sidecar + "provider: mistral\n", to: "vault/production/openai.yaml")
    let result = try await result(world)
    #expect(result.verdict == .misconfigured)
    #expect(
      result.error?.contains("is a key of 'openai', but its sidecar or name says 'mistral'") == true
    )
    #expect(stub.requests.isEmpty)
  }

  @Test func `a file may not call itself another provider to use its hosts`() async throws {
    let stub = try Stub(["openai/x": Self.yes, "acme/x": Self.yes])
    let world = try World("environments: {production: {gateway: \"\(stub.base)/{provider}@x\"}}\n")
    try world.write(provider("openai", base: "https://api.openai.com"), to: "providers.d/acme.yaml")
    try world.store("production/acme", Self.acmeKey)
    let result = try await result(world)
    #expect(result.verdict == .misconfigured)
    #expect(stub.requests.isEmpty)
  }

  @Test func `a kind of key that no free request proves is not sent`() async throws {
    let stub = try Stub(["deepinfra/x": Self.yes])
    let world = try World("environments: {production: {gateway: \"\(stub.base)/{provider}@x\"}}\n")
    try world.store("production/deepinfra", "jwt:" + String(repeating: "NotAReal.", count: 6))
    let result = try await result(world)
    #expect(result.verdict == .unverifiable)
    #expect(result.note == "no free request proves a key of DeepInfra; this one looks like one")
    #expect(stub.requests.isEmpty)
  }

  @Test func `a request that is paid for needs leave`() async throws {
    let stub = try Stub(["acme/x": Self.yes])
    let world = try World()
    let text = provider("acme", base: stub.base + "/acme@x", request: "POST /ask")
    try world.write(
      text.replacing("POST /ask", with: "POST /ask\n  cost: tokens\n  json: {key: \"{key}\"}"),
      to: "providers.d/acme.yaml")
    try world.store("production/acme", Self.acmeKey)
    #expect(try await result(world).verdict == .unverifiable)
    #expect(stub.requests.isEmpty)
    let paid = try await world.test { $0.allowsCost = true }
    #expect(paid.map(\.verdict) == [.valid])
    #expect(stub.requests.map(\.body) == [Array("{\"key\":\"\(Self.acmeKey)\"}".utf8)])
  }

  @Test(arguments: [
    "https://user@api.openai.com/models", "https://api.openai.com:pw@evil.example.com/",
    "https://api.openai.com\\@evil.example.com/", "https://evil.example.com#api.openai.com",
    "https://api.openai.com/../x", "https://api.openai.com /x",
    "ftp://api.openai.com/", "//api.openai.com/models", "https://", "https://127.1/",
  ])
  func `a URL that can be read in two ways is refused`(url: String) throws {
    #expect(throws: WebURLError.self) { try WebURL(url) }
    #expect(OriginPolicy.origin(of: url) == nil)
    let world = try World()
    let quoted = url.replacing("\\", with: "\\\\")
    try world.write(
      provider("acme", base: "https://a.example.com", request: "\"GET \(quoted)\""),
      to: "providers.d/acme.yaml")
    try world.write(provider("beta", base: "\"\(quoted)\""), to: "providers.d/beta.yaml")
    let findings = try world.findings()
    let files = Set(findings.filter { $0.severity == .error }.map(\.file))
    #expect(files.contains("providers.d/beta.yaml"))
    #expect(files.contains("providers.d/acme.yaml"), "\(findings)")
  }

  @Test(arguments: [
    ("", []), ("api.example.com", ["https://api.example.com"]),
    (
      "API.Example.com:8443 b.example.com",
      ["https://api.example.com:8443", "https://b.example.com"]
    ),
    (
      "https://a.example.com,https://b.example.com/path",
      ["https://a.example.com", "https://b.example.com"]
    ),
    ("a.example.com:443", ["https://a.example.com"]), (" , ,", []),
  ])
  func `allowed hosts are read from one variable`(text: String, origins: [String]) throws {
    let policy = try OriginPolicy(parsing: text)
    for origin in origins {
      #expect(policy.allows(try WebURL(origin).origin, provider: "acme", payloadHosts: []))
    }
    let other = try WebURL("https://other.example.com").origin
    #expect(!policy.allows(other, provider: "acme", payloadHosts: []))
  }

  @Test(arguments: [
    "*", "*.example.com", "a b@c", "ftp://a.example.com", "a.example.com#x", "ü.example",
    "127.0.0.1", "127.0.0.1:8080", "http://127.0.0.1", "https://127.9.9.9", "[::1]", "[::1]:8080",
    "http://[::1]", "localhost", "localhost:8080", "https://localhost", "0.0.0.0:80", "[::]:80",
    "[::ffff:127.0.0.1]:80", "api.localhost:80", "http://127.1:8080", "http://2130706433:80",
  ])
  func `what is not a host is not a permission`(text: String) {
    #expect(failure { _ = try OriginPolicy(parsing: text) }?.kind == .usage)
  }

  @Test(arguments: [
    ("https://api.openai.com", "openai", true), ("https://api.openai.com", "mistral", false),
    ("https://api.openai.com:8443", "openai", false),
    ("https://api.openai.com.evil.example", "openai", false),
    ("https://xapi.openai.com", "openai", false), ("http://127.0.0.1:9", "acme", false),
    ("http://[::1]:9", "acme", false), ("https://localhost", "acme", false),
    ("https://payload.example.com", "acme", true),
    ("https://payload.example.com:444", "acme", false),
    ("https://port.example.com:8443", "acme", true), ("https://port.example.com", "acme", false),
  ])
  func `an origin is allowed exactly`(origin: String, provider: String, isAllowed: Bool) throws {
    let hosts = ["payload.example.com", "port.example.com:8443"]
    let origin = try WebURL(origin).origin
    let policy = OriginPolicy(allowed: [])
    #expect(policy.allows(origin, provider: provider, payloadHosts: hosts) == isAllowed)
  }
}
