import GPG
import Naming
import TestSupport
import Testing

@testable import KeyVault

@Suite(.oneAtATime)
struct RenderingTests {
  private static let openAI = "sk-proj-NotARealKeyNotARealKeyNotARealKey"

  private func render(
    _ world: World, _ environment: String = "production", as dialect: Dialect = .dotenv,
    policy: OriginPolicy? = nil, with keyring: Keyring = .alice
  ) async throws -> String {
    let repository = try world.repository
    let policy = try policy ?? .standIns(of: repository)
    return try await Rendering(repository: repository, policy: policy)
      .text(of: environment, as: dialect, gpg: keyring.gpg).text
  }

  private func failure(
    _ world: World, _ environment: String = "production", with keyring: Keyring = .alice
  ) async throws -> Failure {
    do {
      let text = try await render(world, environment, with: keyring)
      Issue.record("it was rendered: \(text)")
      throw Failure(.usage, "rendered")
    } catch let failure as Failure {
      return failure
    }
  }

  @Test func `an environment is rendered with fields and inherited keys, sorted by variable`()
    async throws
  {
    let world = try World("environments: {production: {inherit: [shared]}}\n")
    try world.store(
      "production/openai", Self.openAI, fields: [("organization", "org fake"), ("unknown", "x")])
    try world.store("shared/openai", "sk-proj-NeverRenderedNeverRendered")
    try world.store("shared/mistral", "NotARealKeyNotARealKeyNotARealKe")
    #expect(
      try await render(world) == """
        MISTRAL_API_KEY=NotARealKeyNotARealKeyNotARealKe
        OPENAI_API_KEY=\(Self.openAI)
        OPENAI_ORG_ID='org fake'

        """)
  }

  @Test func `the key's own kind decides, whatever the preview says`() async throws {
    let world = try World()
    try world.store("production/openai", "sk-admin-NotARealKeyNotARealKey")
    let sidecar = try world.scratch.text("vault/production/openai.yaml")
    try world.write(
      sidecar.replacing("sk-admin-…", with: "sk-proj-…"), to: "vault/production/openai.yaml")
    #expect(try await render(world) == "OPENAI_ADMIN_KEY=sk-admin-NotARealKeyNotARealKey\n")
  }

  @Test func `a preview of another kind of key does not choose the variable`() async throws {
    let world = try World()
    try world.store("production/openai", Self.openAI)
    let sidecar = try world.scratch.text("vault/production/openai.yaml")
    try world.write(
      sidecar.replacing("sk-proj-…", with: "sk-admin-…"), to: "vault/production/openai.yaml")
    #expect(try await render(world) == "OPENAI_API_KEY=\(Self.openAI)\n")
  }

  @Test func `a base URL is rendered only where the key may travel`() async throws {
    let world = try World()
    try world.store("production/openai", Self.openAI, hosts: ["allowed-gateway.example.com"])
    func rendered(_ gateway: String, _ policy: OriginPolicy = OriginPolicy(allowed: []))
      async throws -> String?
    {
      try world.configure("environments: {production: {gateway: \"\(gateway)\"}}\n")
      return try await render(world, policy: policy).split(separator: "\n")
        .first { $0.hasPrefix("OPENAI_BASE_URL=") }.map { String($0.dropFirst(16)) }
    }
    let local = "http://127.0.0.1:9/{provider}"
    #expect(try await rendered(local) == nil)
    #expect(
      try await rendered(local, OriginPolicy(parsing: "http://127.0.0.1:9"))
        == "http://127.0.0.1:9/openai/v1")
    #expect(
      try await rendered("https://allowed-gateway.example.com")
        == "https://allowed-gateway.example.com/v1")
    #expect(try await rendered("https://evil-gateway.example.com/{provider}") == nil)
    let policy = try OriginPolicy(parsing: "evil-gateway.example.com")
    #expect(
      try await rendered("https://evil-gateway.example.com/{provider}", policy)
        == "https://evil-gateway.example.com/openai/v1")
    try world.configure("")
    #expect(try await !render(world).contains("BASE_URL"))
  }

  @Test func `two entries of one provider behind a gateway are no conflict of base URLs`()
    async throws
  {
    let world = try World(
      "environments: {production: {gateway: \"http://127.0.0.1:9/{provider}\"}}\n")
    try world.store("production/openai", Self.openAI)
    try world.store(
      "production/batch", Self.openAI, provider: "openai", about: .init(variable: "BATCH_KEY"))
    #expect(
      try await render(world) == """
        BATCH_KEY=\(Self.openAI)
        OPENAI_API_KEY=\(Self.openAI)
        OPENAI_BASE_URL=http://127.0.0.1:9/openai/v1

        """)
  }

  @Test func `an address to which one key may not travel is set by no other entry`() async throws {
    let world = try World(
      "environments: {production: {gateway: \"https://gate.example.com/{provider}\"}}\n")
    try world.store("production/openai", Self.openAI)
    // Anyone who can push can write this one, and its hosts.
    try world.store(
      "production/other", Self.openAI, provider: "openai", hosts: ["gate.example.com"],
      about: .init(variable: "OTHER_API_KEY"))
    #expect(try await !render(world).contains("BASE_URL"))
    let policy = try OriginPolicy(parsing: "gate.example.com")
    #expect(
      try await render(world, policy: policy)
        .contains("OPENAI_BASE_URL=https://gate.example.com/openai/v1\n"))
  }

  @Test func `an address stands beside its own key, and beside no key that may not travel there`()
    async throws
  {
    // Anyone who can push can write the gateway and the entries of `dev`, with their hosts.
    let world = try World(
      "environments: {dev: {gateway: \"https://evil.example.com/{provider}\"}}\n")
    try world.store("production/openai", Self.openAI)
    try world.store(
      "dev/openai", Self.openAI, hosts: ["evil.example.com"],
      about: .init(variable: "OPENAI_DEV_API_KEY"))
    func render(
      _ environments: [String], _ hosts: String = ""
    ) async throws -> (names: [String], warnings: [String], strangers: [String]) {
      let rendering = try Rendering(
        repository: world.repository, policy: OriginPolicy(parsing: hosts))
      let warnings = Locked<[String]>([])
      let variables = try await rendering.variables(
        of: environments, gpg: Keyring.alice.gpg,
        warn: { failure in warnings.change { $0.append(failure.message) } })
      return (
        variables.map(\.name), warnings.value,
        rendering.strangers(beside: variables).sortedTexts
      )
    }
    let both = try await render(["production", "dev"])
    #expect(both.names == ["OPENAI_API_KEY", "OPENAI_DEV_API_KEY"])
    #expect(
      both.warnings == [
        "left out OPENAI_BASE_URL: the key of 'production/openai' may not travel to "
          + "https://evil.example.com"
      ])
    // The caller's own OPENAI_API_KEY would go there.
    let alone = try await render(["dev"])
    #expect(alone.names == ["OPENAI_DEV_API_KEY"])
    #expect(
      alone.warnings == [
        "left out OPENAI_BASE_URL: 'dev/openai' gives no key that programs would send to "
          + "https://evil.example.com"
      ])
    try world.edit("dev/openai", "env: OPENAI_DEV_API_KEY\n", "")
    let own = try await render(["dev"])
    #expect(own.names == ["OPENAI_API_KEY", "OPENAI_BASE_URL"])
    #expect(own.warnings == [] && own.strangers == ["OPENAI_ADMIN_KEY", "OPENAI_API_KEY"])
    let allowed = try await render(["dev"], "evil.example.com")
    #expect(allowed.names == own.names && allowed.strangers == [])
    // The key of another provider under a name of this one.
    try world.store(
      "dev/deepseek", "sk-0123456789abcdef0123456789abcdef",
      about: .init(variable: "OPENAI_ADMIN_KEY"))
    let mixed = try await render(["dev"])
    #expect(mixed.names == ["OPENAI_ADMIN_KEY", "OPENAI_API_KEY"])
  }

  @Test func `a field that completes a host stands beside its own key`() async throws {
    let world = try World()
    let key = String(repeating: "7", count: 64)
    try world.store(
      "dev/azure", key, provider: "azure_openai", fields: [("resource", "mallorys")],
      about: .init(variable: "AZURE_DEV_API_KEY"))
    #expect(try await render(world, "dev") == "AZURE_DEV_API_KEY=\(key)\n")
    try world.edit("dev/azure", "env: AZURE_DEV_API_KEY\n", "")
    let names = try await render(world, "dev").split(separator: "\n").map {
      $0.prefix { $0 != "=" }
    }
    #expect(names == ["AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT", "AZURE_RESOURCE_NAME"])
  }

  @Test func `nothing is rendered where something is wrong`() async throws {
    let world = try World("environments: {production: {require: [openai, mistral]}}\n")
    let empty = try await failure(world)
    #expect(empty.kind == .findings)
    #expect(empty.message == "'production' requires a key that it lacks: openai, mistral")
    #expect(
      empty.hints == [
        "run 'keyvault add production/openai'", "run 'keyvault add production/mistral'",
      ])
    try world.configure("")
    #expect(try await failure(world).kind == .nothingToDo)

    try world.store("production/openai", Self.openAI)
    try world.store("production/second", Self.openAI, provider: "openai")
    #expect(
      try await failure(world).message
        == "'production/openai' and 'production/second' both give OPENAI_API_KEY")
    try world.repositoryVault.remove(EntryName("production/second"))

    #expect(try await failure(world, with: .bob).kind == .locked)

    try world.store("staging/nobody", "fake-key", provider: "nobody")
    #expect(
      try await failure(world, "staging").message
        == "'staging/nobody' cannot be rendered: no provider 'nobody' is known")

    try world.write(
      world.scratch.text("vault/production/openai.yaml"), to: "vault/moved/openai.yaml")
    try world.scratch.copy("vault/production/openai.gpg", to: "vault/moved/openai.gpg")
    #expect(try await failure(world, "moved").message.hasSuffix("its file was moved or copied"))

    try world.encrypt("fake-key\n", to: "production/openai")
    #expect(
      try await failure(world).message.hasPrefix(
        "'production/openai' does not say where it belongs"))
  }

  @Test func `two kinds that the previews hide are a conflict all the same`() async throws {
    let world = try World()
    try world.store("production/openai", "sk-admin-NotARealKeyNotARealKey")
    try world.store(
      "production/second", "sk-admin-NotARealKeyNotARealKey", provider: "openai",
      about: .init(variable: "OPENAI_ADMIN_KEY"))
    for entry in ["openai", "second"] {
      let path = "vault/production/\(entry).yaml"
      try world.write(world.scratch.text(path).replacing("sk-admin-…", with: "…"), to: path)
    }
    #expect(
      try await failure(world).message
        == "'production/openai' and 'production/second' both give OPENAI_ADMIN_KEY")
  }

  private static let binding =
    "\nvault: \(World.vaultID)\nentry: production/openai\nprovider: openai\nserial: 1\n"

  @Test(arguments: [[0xff], [], [0x1b], [0x20]] as [[UInt8]])
  func `what add would refuse as a key is not rendered in any form`(end: [UInt8]) async throws {
    let world = try World()
    let key = end.isEmpty ? [] : Array("fake-".utf8) + end
    try world.encrypt(key + Array(Self.binding.utf8), to: "production/openai")
    for dialect in Dialect.allCases {
      do {
        Issue.record("rendered: \(try await render(world, as: dialect))")
      } catch let failure as Failure {
        #expect(failure.kind == .malformed)
        #expect(
          failure.message.hasPrefix("'production/openai' holds what cannot be a key: "),
          "\(failure)")
      }
    }
  }

  @Test func `bytes that are no text are refused where the reader expects text`() async throws {
    let world = try World()
    let payload = Array(("fake-key" + Self.binding + "organization: ").utf8) + [0xff, 0x0a]
    try world.encrypt(payload, to: "production/openai")
    for dialect in [Dialect.json, .dotenv] {
      await #expect(
        throws: Failure(
          .malformed,
          "\(dialect) cannot carry OPENAI_ORG_ID of 'production/openai': it holds bytes that are not UTF-8 text",
          hints: ["formats that carry it: shell, fish, k8s-secret"])
      ) {
        try await render(world, as: dialect)
      }
    }
    #expect(try await render(world, as: .shell).contains("\nexport OPENAI_ORG_ID='"))
  }

  @Test(arguments: ["disabled: tru\n", "nonsense: 1\n", "[\n"])
  func `an entry whose sidecar is broken may be disabled, so it is neither rendered nor sent`(
    line: String
  ) async throws {
    let world = try World()
    try world.store("production/openai", Self.openAI)
    let name = try EntryName("production/openai")
    try world.repositoryVault.setFields([("disabled", "true")], of: name)
    let disabled = try world.scratch.text("vault/production/openai.yaml")
    #expect(try await failure(world).kind == .nothingToDo)
    try world.write(
      line.hasPrefix("disabled")
        ? disabled.replacing("disabled: true\n", with: line) : disabled + line,
      to: "vault/production/openai.yaml")
    let refusal = try await failure(world)
    #expect(refusal.kind == .malformed)
    #expect(refusal.message.contains("vault/production/openai.yaml:"), "\(refusal)")
    let tested = try await world.test(gateway: "http://127.0.0.1:9/{provider}")
    #expect(tested.map(\.verdict) == [.misconfigured])
    #expect(tested.first?.error?.contains("vault/production/openai.yaml:") == true)
    #expect(tested.first?.http == nil)
  }

  @Test func `a file cannot make a steering variable of a key`() async throws {
    let world = try World()
    let mistral = try #require(Embedded.providers.first { $0.name == "mistral.yaml" }).text
    try world.write(
      mistral.replacing("MISTRAL_API_KEY", with: "BASH_ENV"), to: "providers.d/mistral.yaml")
    try world.store("production/mistral", "NotARealKeyNotARealKeyNotARealKe")
    #expect(try await failure(world).kind == .malformed)
  }
}
