import GPG
import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

@Suite(.oneAtATime)
struct PickTests {
  private static let base = "https://api.example.com"

  private func pick(
    _ world: World, _ capability: Capability = .textGeneration, in environment: String = "p",
    past: [(entry: String, verdict: Verdict)] = [], of digest: String? = nil,
    through asked: String? = nil, policy: OriginPolicy = OriginPolicy(allowed: []),
    prober: Prober? = nil, gateway: String? = nil, as keyring: Keyring = .alice
  ) async throws -> Pick {
    let picker = Picker(
      repository: try world.repository, gpg: keyring.gpg, policy: policy, prober: prober,
      gateway: gateway)
    return try await picker.pick(
      capability, in: environment, past: world.past(past, of: digest, through: asked),
      now: World.now)
  }

  /// Three providers of text, of which keyvault.yaml prefers one.
  private func three(_ configuration: String = "preferences: {text-generation: [cee]}\n")
    throws -> World
  {
    let world = try World(configuration)
    for id in ["abe", "bea", "cee"] { try world.addText(id, at: Self.base) }
    return world
  }

  @Test func `the capabilities are the schema's`() {
    #expect(Capability.allCases.map(\.rawValue) == Provider.everyCapability)
  }

  @Test func `providers are listed by what they can do, the repository's own too`() throws {
    let world = try World()
    try world.addText("abe", at: Self.base)
    let catalogue = try world.repository.catalogue
    let text = catalogue.providers(with: .textGeneration).map(\.id)
    #expect(text.contains("abe") && text.contains("openai") && !text.contains("elevenlabs"))
    let rerank = catalogue.providers(with: .rerank).map(\.id)
    #expect(rerank.contains("cohere") && !rerank.contains("abe"))
    for capability in Capability.allCases {
      let ids = catalogue.providers(with: capability).map(\.id)
      #expect(!ids.isEmpty && ids == ids.sorted(), "\(capability)")
    }
  }

  @Test func `preferences decide first, then the last verdict, then the order of the entries`()
    async throws
  {
    let world = try three()
    #expect(try await pick(world).choice?.entry.path == "p/cee")
    #expect(
      try await pick(world, past: [("p/abe", .valid)]).choice?.entry.path == "p/cee")
    try world.configure("")
    let unknown = try await pick(world)
    #expect(unknown.choice?.entry.path == "p/abe" && unknown.choice?.verdict == .untested)
    let known = try await pick(world, past: [("p/bea", .restricted), ("p/cee", .unreachable)])
    #expect(known.choice?.entry.path == "p/bea" && known.choice?.verdict == .restricted)
    #expect(known.choice?.variable == "BEA_API_KEY" && known.skipped.isEmpty)
  }

  @Test func `an unusable key is passed over, and stays so when a provider is not reached`()
    async throws
  {
    let world = try three()
    let past: [(String, Verdict)] = [("p/cee", .revoked), ("p/cee", .unreachable)]
    let pick = try await pick(world, past: past)
    #expect(pick.choice?.entry.path == "p/abe")
    #expect(pick.skipped.map(\.entry) == ["p/cee"])
    #expect(pick.skipped.first?.cause == .unusable && pick.skipped.first?.verdict == .revoked)
    // A verdict is about a key: of another ciphertext it says nothing.
    let other = try await self.pick(world, past: past, of: "sha256:00")
    #expect(other.choice?.entry.path == "p/cee")
    let none = try await self.pick(
      world, past: ["abe", "bea", "cee"].map { ("p/\($0)", .noCredit) })
    #expect(none.choice == nil && none.conclusion == .findings && none.skipped.count == 3)
  }

  @Test func `keys that are disabled, broken or locked are passed over, each with its reason`()
    async throws
  {
    let world = try three("")
    try world.repository.vault.setFields([("disabled", "true")], of: EntryName("p/abe"))
    try world.encrypt("bea-NotARealKeyNotARealKey\n", to: "p/bea")
    let pick = try await pick(world)
    #expect(pick.choice?.entry.path == "p/cee")
    #expect(pick.skipped.map(\.cause) == [.disabled, .broken])
    #expect(pick.skipped.last?.reason.contains("is not bound to this entry") == true)
    let locked = try await self.pick(world, as: .bob)
    #expect(locked.choice == nil)
    #expect(locked.skipped.map(\.cause).contains(.locked))
    try world.repository.vault.remove(EntryName("p/bea"))
    #expect(try await self.pick(world, as: .bob).conclusion == .locked)
    try world.repository.vault.remove(EntryName("p/cee"))
    #expect(try await self.pick(world).conclusion == .nothing)
  }

  @Test func `an environment inherits, and one without such a key has nothing to do`() async throws
  {
    let world = try World("environments: {q: {inherit: [p]}}\n")
    try world.addText("abe", at: Self.base)
    #expect(try await pick(world, in: "q").choice?.entry.path == "p/abe")
    await #expect(throws: Failure.self) { try await pick(world, .rerank) }
    do {
      _ = try await pick(world, .rerank)
    } catch let failure as Failure {
      #expect(failure.kind == .nothingToDo)
    }
  }

  @Test func `two entries of one variable are a conflict`() async throws {
    let world = try three("")
    try world.store("p/other", "abe-NotARealKeyNotARealKey", provider: "abe")
    await #expect(
      throws: Failure(
        .malformed, "'p/abe' and 'p/other' both give ABE_API_KEY",
        hints: ["give one of them its own variable: keyvault set p/other env=OTHER_NAME"])
    ) {
      try await pick(world)
    }
  }

  @Test func `asked again, the first key that a provider accepts is taken, and no other is asked`()
    async throws
  {
    let stub = try Stub(
      ["abe/no": Acme.invalid, "bea/yes": Acme.valid, "cee/yes": Acme.valid],
      keys: [
        "abe": ["abe-NotARealKeyNotARealKey": "no"], "bea": ["bea-NotARealKeyNotARealKey": "yes"],
        "cee": ["cee-NotARealKeyNotARealKey": "yes"],
      ])
    let world = try World()
    for id in ["abe", "bea", "cee"] { try world.addText(id, at: "\(stub.base)/\(id)") }
    var options = Prober.Options()
    options.patience = Patience(retries: 0)
    let policy = try OriginPolicy(parsing: stub.base)
    let prober = Prober(
      client: try .forTests(), catalogue: try world.repository.catalogue, policy: policy,
      options: options)
    let pick = try await pick(
      world, past: [("p/bea", .invalid)], policy: policy, prober: prober)
    // What was unusable is asked last.
    #expect(stub.requests.map(\.path) == ["/abe/models", "/cee/models"])
    #expect(pick.choice?.entry.path == "p/cee" && pick.choice?.verdict == .valid)
    #expect(pick.results.map(\.verdict) == [.invalid, .valid])
    #expect(pick.skipped.map(\.entry) == ["p/abe"])
    #expect(pick.skipped.first?.reason == "HTTP 401 · ok=false")
  }

  @Test func `the way to a new verdict asks where the program will`() async throws {
    let gateway = "https://gateway.example.com/{provider}"
    let world = try World(
      "environments: {p: {gateway: \"\(gateway)\"}, q: {gateway: \"\(gateway)\", inherit: [p]}, r: {inherit: [p]}}\n"
    )
    try world.addText("abe", at: Self.base, hosts: ["gateway.example.com"])
    let past: [(String, Verdict)] = [("p/abe", .invalid)]
    for (environment, asked, next) in [
      ("p", gateway, "keyvault test p/abe"), ("q", gateway, "keyvault test p/abe"),
      ("r", nil, "keyvault pick text-generation r --test"),
    ] {
      let pick = try await pick(world, in: environment, past: past, through: asked)
      #expect(pick.skipped.map(\.next) == ["run '\(next)' when it may work again"])
    }
  }

  @Test func `a verdict counts where it was given, of the definition that was asked`()
    async throws
  {
    let gateway = "https://gateway.example.com/{provider}"
    let world = try World("environments: {p: {gateway: \"\(gateway)\"}}\n")
    for id in ["abe", "bea"] {
      try world.addText(id, at: Self.base, hosts: ["gateway.example.com"])
    }
    let past: [(String, Verdict)] = [("p/bea", .valid)]
    #expect(try await pick(world, past: past, through: gateway).choice?.entry.path == "p/bea")
    // One URL may be written in several ways.
    let same = "HTTPS://Gateway.example.com:443/{provider}"
    #expect(try await pick(world, past: past, through: same).choice?.entry.path == "p/bea")
    // Another path may be another account.
    for elsewhere in ["https://gateway.example.com/other/{provider}", nil] {
      #expect(try await pick(world, past: past, through: elsewhere).choice?.entry.path == "p/abe")
    }
    let remembered = try world.past(past, through: gateway)
    // Another definition that knows the key by another answer.
    let text = Acme(at: Self.base).text.replacing("id: acme", with: "id: bea")
      .replacing("[search]", with: "[text-generation]").replacing("401", with: "403")
    try world.write(text, to: "providers.d/bea.yaml")
    let picker = Picker(
      repository: try world.repository, gpg: Keyring.alice.gpg,
      policy: OriginPolicy(allowed: []))
    let pick = try await picker.pick(
      .textGeneration, in: "p", past: remembered, now: World.now)
    #expect(pick.choice?.entry.path == "p/abe")
  }

  @Test func `a key that may not travel to where it would be sent is passed over`() async throws {
    let world = try World()
    // Nothing but the repository's own text says that the key may go there.
    try world.addText("abe", at: Self.base, hosts: [])
    try world.addText("bea", at: Self.base)
    let pick = try await pick(world)
    #expect(pick.choice?.entry.path == "p/bea")
    #expect(
      pick.skipped.map(\.reason) == [
        "nothing was sent: https://api.example.com is not a host that this key may be sent to; "
          + "KEYVAULT_ALLOW_HOSTS=api.example.com allows it"
      ])
    try world.configure("environments: {p: {gateway: \"https://evil.example.com/{provider}\"}}\n")
    #expect(try await self.pick(world).choice == nil)
  }

  @Test func `a key is given by names that suit any provider`() async throws {
    func variables(
      _ configuration: String, hosts: [String], policy: OriginPolicy = OriginPolicy(allowed: [])
    ) async throws -> [String: String] {
      let world = try World(configuration)
      try world.addText("abe", at: Self.base + "/v1", hosts: hosts)
      let choice = try #require(try await pick(world, policy: policy).choice)
      let variables = choice.genericVariables
      return Dictionary(
        variables.map { variable in
          var text = ""
          variable.withValue { text = $0.text }
          return (variable.name, text)
        }
      ) { $1 }
    }
    let key = "abe-NotARealKeyNotARealKey"
    #expect(
      try await variables("", hosts: ["api.example.com"]) == [
        "AI_PROVIDER": "abe", "AI_API_KEY": key, "AI_BASE_URL": Self.base + "/v1",
      ])
    let gateway = "environments: {p: {gateway: \"https://evil.example.com/{provider}\"}}\n"
    #expect(
      try await variables(
        gateway, hosts: [], policy: try OriginPolicy(parsing: "evil.example.com"))["AI_BASE_URL"]
        == "https://evil.example.com/abe/v1")
  }
}
