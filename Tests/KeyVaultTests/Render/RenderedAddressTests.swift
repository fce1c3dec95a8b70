import GPG
import Naming
import TestSupport
import Testing

@testable import KeyVault

/// Which addresses are rendered, and beside which keys.
@Suite(.fewAtATime)
struct RenderedAddressTests {
  private static let openAI = "sk-proj-NotARealKeyNotARealKeyNotARealKey"

  private func render(
    _ world: World, _ environment: String = "production", policy: OriginPolicy? = nil
  ) async throws -> String {
    let repository = try world.repository
    let policy = try policy ?? .standIns(of: repository)
    return try await Rendering(repository: repository, policy: policy)
      .text(of: environment, as: .dotenv, gpg: Keyring.alice.gpg).text
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

  @Test func `two entries of one provider behind a gateway are not a conflict of base URLs`()
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
    ) async throws -> (names: [String], warnings: [String], strangers: [Name: String?]) {
      let rendering = try Rendering(
        repository: world.repository, policy: OriginPolicy(parsing: hosts))
      let warnings = Locked<[String]>([])
      let variables = try await rendering.variables(
        of: environments, gpg: Keyring.alice.gpg,
        warn: { failure in warnings.change { $0.append(failure.message) } })
      return (
        variables.map(\.name), warnings.value,
        rendering.strangers(beside: variables)
      )
    }
    let both = try await render(["production", "dev"])
    #expect(both.names == ["OPENAI_API_KEY", "OPENAI_DEV_API_KEY"])
    #expect(
      both.warnings == [
        "left out OPENAI_BASE_URL: the key of 'production/openai' may not be sent to "
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
    let host = "evil.example.com"
    #expect(own.warnings == [])
    #expect(own.strangers == ["OPENAI_ADMIN_KEY": host, "OPENAI_API_KEY": host])
    let allowed = try await render(["dev"], "evil.example.com")
    #expect(allowed.names == own.names && allowed.strangers == [:])
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
}
