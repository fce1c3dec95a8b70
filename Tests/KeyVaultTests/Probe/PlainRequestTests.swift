import HTTP
import TestSupport
import Testing

@testable import KeyVault

/// What a repository's own text sends with a key to a host that the user allows: a gateway there may take it for
/// an order to pass the key on.
@Suite(.oneAtATime)
struct PlainRequestTests {
  typealias Change = @Sendable (inout Acme) -> Void

  private static let formats =
    ", formats: [{name: api, prefix: acme-, chars: A-Za-z, length: 8..90, "

  private static let orders: [(name: String, change: Change)] = [
    ("the header 'X-Portkey-Custom-Host'", { $0.more = "headers: {X-Portkey-Custom-Host: evil}" }),
    (
      "the header 'helicone-target-url'",
      { $0.probe = ", headers: {helicone-target-url: 'https://evil.test'}" }
    ),
    ("the header 'X-Forwarded-Host'", { $0.more = "headers: {X-Forwarded-Host: evil.test}" }),
    // An account of the attacker's own, whose settings name the next server.
    ("the header 'x-portkey-api-key'", { $0.more = "headers: {x-portkey-api-key: abc}" }),
    ("the header 'x-version'", { $0.more = "headers: {x-version: 'https://evil.test'}" }),
    (
      "the header 'X-Target-URL'",
      { $0.key = formats + "auth: {header: X-Target-URL, value: '{key}'}}]" }
    ),
    (
      "the value of the header 'X-Key'",
      { $0.key = formats + "auth: {header: X-Key, value: 'evil.test/{key}'}}]" }
    ),
    (
      "the value of the header 'X-Key'",
      { $0.key = formats + "auth: {header: X-Key, value: '{key}@evil.test'}}]" }
    ),
    (
      "the header 'x-upstream'",
      {
        $0.key =
          formats + "probe: {request: GET /me, headers: {x-upstream: a}, rules: [\(Acme.rules)]}}]"
      }
    ),
    ("the header 'X-Upstream'", { $0.key = ", fields: [{name: team, header: X-Upstream}]" }),
    ("the path of 'GET /proxy/evil.test/v1'", { $0.request = "GET /proxy/evil.test/v1" }),
    ("the path of 'GET /https://evil.test/'", { $0.request = "GET /https://evil.test/" }),
    ("the path of 'GET /x//evil'", { $0.request = "GET /x//evil" }),
    ("the path of 'GET /10.0.0.1/v1'", { $0.request = "GET /10.0.0.1/v1" }),
    ("the path of 'GET /evil%2etest'", { $0.request = "GET /evil%2etest" }),
    ("the path of 'GET /host:443/v1'", { $0.request = "GET /host:443/v1" }),
    ("the path of 'GET /models?api_base=evil'", { $0.request = "GET /models?api_base=evil" }),
    ("the path of 'GET /models?limit=1.evil'", { $0.request = "GET /models?limit=1.evil" }),
    (
      "the path of 'GET /models?limit=1&url=evil'",
      { $0.request = "GET /models?limit=1&url=evil" }
    ),
    ("the path of 'base_url'", { $0.base += "/evil.test" }),
    (
      "the body of its request",
      { ($0.request, $0.probe) = ("POST /ask", ", json: {api_base: evil.test, key: '{key}'}") }
    ),
    (
      "the body of its request",
      { ($0.request, $0.probe) = ("POST /ask", ", json: {params: [{url: '{key}'}]}") }
    ),
    (
      "the body of its request",
      { ($0.request, $0.probe) = ("POST /ask", ", form: {key: '{key}', host: evil}") }
    ),
    (
      "the path of 'GET /x/evil.test'",
      { $0.more = "quota: {request: GET /x/evil.test, rules: [\(Acme.rules)]}" }
    ),
  ]

  private func world(_ change: Change = { _ in }) throws -> (World, Stub) {
    let stub = try Stub(["acme/x": Acme.valid])
    var acme = Acme(at: stub.base + "/acme@x")
    change(&acme)
    let world = try World()
    try world.add(acme)
    return (world, stub)
  }

  private func result(
    _ world: World, _ stub: Stub, definitions: String = "", gateway: String? = nil
  ) async throws -> TestResult {
    let policy = try OriginPolicy(parsing: stub.base, definitions: definitions)
    return try #require(try await world.test(gateway: gateway, policy: policy).first)
  }

  private func permission(_ world: World) throws -> String {
    try #require(try world.repository.catalogue.provider("acme")).permission
  }

  @Test(arguments: orders.indices)
  func `a part that could be an order is not sent until the user allows this version of the file`(
    index: Int
  ) async throws {
    let (name, change) = Self.orders[index]
    let (world, stub) = try world(change)
    let refused = try await result(world, stub)
    #expect(refused.verdict == .misconfigured && stub.requests.isEmpty)
    let start =
      "nothing was sent: \(name) in providers.d/acme.yaml may tell the server where to forward "
      + "the key; if the file is right, KEYVAULT_ALLOW_PROVIDERS=acme:"
    #expect(refused.note?.hasPrefix(start) == true, "\(refused.note ?? "")")
    let findings = try world.findings().filter { $0.message.contains(name) }
    #expect(findings.map(\.code) == ["needs-permission"] && findings[0].severity == .note)
    // No entry of the file is sent, however little the changed part has to do with this key.
    let permission = try permission(world)
    #expect(refused.note?.contains(permission) == true)
    _ = try await result(world, stub, definitions: permission)
    #expect(!stub.requests.isEmpty)
  }

  @Test func `what is allowed is the file as it was, and not what it becomes`() async throws {
    let (world, stub) = try world { $0.more = "headers: {X-Team: a}" }
    let permission = try permission(world)
    let text = try world.scratch.text("providers.d/acme.yaml")
    try world.write(
      text.replacing("name: Acme", with: "name: Ours"), to: "providers.d/acme.yaml")
    #expect(try await result(world, stub, definitions: permission).verdict == .valid)
    let count = stub.requests.count
    for (old, new) in [("X-Team: a", "X-Team: b"), ("/models", "/others"), ("ok: true", "ok: 1")] {
      #expect(text.contains(old))
      try world.write(text.replacing(old, with: new), to: "providers.d/acme.yaml")
      let refused = try await result(world, stub, definitions: permission)
      #expect(refused.verdict == .misconfigured, "\(new)")
    }
    #expect(stub.requests.count == count)
  }

  @Test(
    arguments: [
      { $0.more = "headers: {acme-version: '2024-11-06', Accept: application/json}" },
      { $0.more = "headers: {OpenAI-Beta: assistants=v2}" },
      { $0.request = "GET /v1.5/models?limit=1&api-version=2024-10-21" },
      { $0.request = "GET /@cf/meta/llama-3_1" },
      { $0.key = formats + "auth: {header: Ocp-Apim-Subscription-Key, value: '{key}'}}]" },
      { $0.key = formats + "auth: {header: Authorization, value: 'Token token={key}'}}]" },
      { $0.key = ", fields: [{name: team, header: X-Project}, {name: user, header: X-Org-Id}]" },
      { ($0.request, $0.probe) = ("POST /check", ", form: {credentials: '{key}'}") },
      { ($0.request, $0.probe) = ("POST /check", ", json: {auth: {apiKey: '{key}'}}") },
      { ($0.request, $0.probe) = ("POST /check", ", json: {}") },
      { $0.more = "quota: {request: 'GET /v1/{/projects/0/id}/balance', rules: [\(Acme.rules)]}" },
    ] as [Change])
  func `what providers ask for every day needs no permission beside the host`(
    change: Change
  ) async throws {
    let (world, stub) = try world(change)
    #expect(try await result(world, stub).verdict == .valid)
    #expect(try world.findings().allSatisfy { !$0.message.contains("pass it on") })
  }

  @Test func `a file that replaces a built-in is judged by what it changes`() async throws {
    let stub = try Stub(["openai/x": #"{"body": {"object": "list", "data": []}}"#])
    let world = try World()
    let text = try #require(Embedded.providers.first { $0.name == "openai.yaml" }?.text)
      .replacing("https://api.openai.com/v1", with: stub.base + "/openai@x")
    try world.write(text, to: "providers.d/openai.yaml")
    try world.store("p/openai", World.openAI)
    #expect(try await result(world, stub).verdict == .valid)
    let count = stub.requests.count
    try world.write(
      text.replacing("headers: {}", with: "headers: {x-to: them}"), to: "providers.d/openai.yaml")
    let refused = try await result(world, stub)
    #expect(refused.note?.contains("the header 'x-to'") == true, "\(refused)")
    #expect(stub.requests.count == count)
    // Where it does not count, the built-in definition does, and a warning says so.
    let policy = try OriginPolicy(parsing: stub.base)
    let told = try Rendering(repository: world.repository, policy: policy)
      .distrusted([world.open("p/openai")])
    #expect(told.map(\.message).first?.hasSuffix("the built-in definition is used") == true)
    // The form that a built-in has is its own.
    for provider in BuiltIn.all { #expect(provider.exception == nil) }
  }

  @Test func `a trusted signature stands for the permission, where signatures are required`()
    async throws
  {
    let (world, stub) = try world { $0.more = "headers: {X-Team: a}" }
    try world.sign()
    try world.signRecipients()
    try world.store("p/acme", Acme.credential)
    #expect(try await result(world, stub).verdict == .valid)
    let count = stub.requests.count
    let text = try world.scratch.text("providers.d/acme.yaml")
    try world.write(text.replacing("X-Team", with: "X-Host"), to: "providers.d/acme.yaml")
    #expect(try await result(world, stub).verdict == .misconfigured)
    #expect(stub.requests.count == count)
  }

  @Test func `a new key is stored and not sent, and no base URL is handed out`() async throws {
    let (world, stub) = try world { $0.more = "headers: {X-Team: a}" }
    let repository = try world.repository
    let provider = try #require(try repository.catalogue.provider("acme"))
    let policy = try OriginPolicy(parsing: stub.base)
    let destinations = policy.destinations(of: provider, gateway: nil)
    #expect(destinations.isBarred)
    #expect(destinations.objection?.message.hasSuffix("so none of its keys is sent") == true)
    let picker = Picker(repository: repository, gpg: Keyring.alice.gpg, policy: policy)
    let pick = try await picker.pick(.search, in: "p", past: world.past([]), now: World.now)
    #expect(pick.choice == nil && pick.skipped.map(\.cause) == [.broken])
  }

  @Test func `a gateway of the repository has a plain path, or one that the user allows`()
    async throws
  {
    let (world, stub) = try world()
    for (path, allowed, isSent) in [
      ("/{provider}@x", "", true), ("/acme@x/evil.test", "", false),
      ("/acme@x/https:/evil", "", false), ("/acme@x/evil.test", "/acme@x/evil.test", true),
      ("/acme@x/a:b/{provider}", "/acme@x/a:b", true), ("/acme@x/a:b/c:d", "/acme@x/a:b", false),
    ] {
      try world.configure("environments: {p: {gateway: \"\(stub.base + path)\"}}\n")
      let count = stub.requests.count
      let policy = try OriginPolicy(parsing: stub.base + allowed)
      let result = try #require(try await world.test(policy: policy).first)
      #expect((stub.requests.count > count) == isSent, "\(path) \(result.note ?? "")")
      #expect((result.note?.hasPrefix("nothing was sent: ") == true) != isSent)
    }
  }

  @Test func `a base URL with a path that could be an order is not rendered`() async throws {
    let gate = "https://gate.example.com"
    let world = try World("environments: {p: {gateway: \"\(gate)/evil.test/{provider}\"}}\n")
    try world.store("p/openai", World.openAI)
    let told = Locked<[String]>([])
    func names(_ allowed: String) async throws -> [String] {
      try await Rendering(
        repository: world.repository, policy: OriginPolicy(parsing: allowed)
      ).variables(
        of: ["p"], gpg: Keyring.alice.gpg,
        warn: { warning in
          told.change { $0.append(warning.message) }
        }
      ).map(\.name)
    }
    #expect(try await names(gate) == ["OPENAI_API_KEY"])
    #expect(told.value.count == 1 && told.value[0].contains("allow"), "\(told.value)")
    #expect(try await names(gate + "/evil.test") == ["OPENAI_API_KEY", "OPENAI_BASE_URL"])
    #expect(try await names(gate + "/team") == ["OPENAI_API_KEY"])
  }

  @Test func `a host that is allowed with a path is allowed below it alone`() async throws {
    let (world, stub) = try world()
    for (allowed, isSent) in [
      ("/acme@x", true), ("/acme@x/", true), ("/acme@x/models", true), ("/acme", false),
      ("/acme@x/mod", false), ("/other", false), ("/other \(stub.base)/acme@x", true),
      ("/other \(stub.base)", true), (" \(stub.base)/other", true),
    ] {
      let count = stub.requests.count
      let policy = try OriginPolicy(parsing: stub.base + allowed)
      let result = try #require(try await world.test(policy: policy).first)
      #expect((stub.requests.count > count) == isSent, "\(allowed) \(result.note ?? "")")
      #expect((result.verdict == .valid) == isSent)
    }
  }

  @Test(arguments: [
    "acme", "acme:", "acme:12", "Acme:\(zeros)", "acme:\(zeros)0", "acme:\(zeros):",
  ])
  func `what names no definition is not a permission`(word: String) {
    #expect(failure { _ = try OriginPolicy(parsing: "", definitions: word) }?.kind == .usage)
  }

  private static let zeros = String(repeating: "0", count: 40)
}
