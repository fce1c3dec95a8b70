import GPG
import TestSupport
import Testing

@testable import KeyVault

/// A file that replaces a built-in provider, and the name under which its keys are rendered.
@Suite(.fewAtATime)
struct OverrideTests {
  private static let key = "sk-proj-NotARealKeyNotARealKeyNotARealKey"

  private func world(_ old: String, _ new: String, of id: String = "openai") throws -> World {
    let world = try World()
    let text = try #require(Embedded.providers.first { $0.name == "\(id).yaml" }?.text)
    try #require(text.contains(old))
    try world.write(text.replacing(old, with: new), to: "providers.d/\(id).yaml")
    return world
  }

  private func names(
    _ world: World, allowing hosts: String = "", gateway: String? = nil
  ) async throws -> [String] {
    if let gateway { try world.configure("environments: {p: {gateway: \"\(gateway)\"}}\n") }
    let rendering = Rendering(
      repository: try world.repository, policy: try OriginPolicy(parsing: hosts))
    return try await rendering.variables(of: ["p"], gpg: Keyring.alice.gpg).map(\.name)
  }

  @Test(arguments: ["GROQ_API_KEY", "SENTRY_DSN", "LC_ALL"])
  func `another variable counts only where the file is allowed from outside`(
    variable: String
  ) async throws {
    let world = try world("env: [OPENAI_API_KEY]", "env: [\(variable)]")
    try world.store("p/openai", Self.key)
    #expect(try await names(world) == ["OPENAI_API_KEY"])
    #expect(try await names(world, allowing: "other.example") == ["OPENAI_API_KEY"])
    if variable == "GROQ_API_KEY" {
      #expect(try await names(world, allowing: "api.openai.com") == [variable])
    }
  }

  @Test(arguments: [
    "https://api.openai.com:99999/v1", "https://api.openai.com:0/v1", "https://-a.openai.com/v1",
    "https://a..b/v1",
  ])
  func `a file with a URL that cannot be read is not allowed by anything`(url: String) async throws
  {
    let world = try world("env: [OPENAI_API_KEY]", "env: [GROQ_API_KEY]")
    let text = try world.scratch.text("providers.d/openai.yaml")
    try world.write(
      text.replacing("base_url: https://api.openai.com/v1", with: "base_url: \(url)"),
      to: "providers.d/openai.yaml")
    try world.store("p/openai", Self.key)
    for hosts in ["", "api.openai.com"] {
      #expect(try await names(world, allowing: hosts) == ["OPENAI_API_KEY"])
    }
  }

  @Test func `the variables of a format and of a field are the built-in ones`() async throws {
    let world = try world("env: [OPENAI_ADMIN_KEY]", "env: [OTHER_API_KEY]")
    try world.store("p/openai", "sk-admin-NotARealKeyNotARealKey")
    #expect(try await names(world) == ["OPENAI_ADMIN_KEY"])
    #expect(try await names(world, allowing: "api.openai.com") == ["OTHER_API_KEY"])
    let other = try self.world("env: OPENAI_ORG_ID", "env: OTHER_USER")
    try other.store("p/openai", Self.key, fields: [("organization", "org-1")])
    #expect(try await names(other) == ["OPENAI_API_KEY", "OPENAI_ORG_ID"])
  }

  @Test func `the variable of the base URL is the built-in one`() async throws {
    let world = try world("base_url_env: OPENAI_BASE_URL", "base_url_env: OTHER_BASE_URL")
    try world.store("p/openai", Self.key, hosts: ["gateway.example"])
    #expect(
      try await names(world, gateway: "https://gateway.example")
        == ["OPENAI_API_KEY", "OPENAI_BASE_URL"])
  }

  @Test func `a warning names the file that does not count`() throws {
    let world = try world("env: [OPENAI_API_KEY]", "env: [GROQ_API_KEY]")
    try world.store("p/openai", Self.key)
    let opened = try world.open("p/openai")
    func told(_ hosts: String) throws -> [String] {
      try Rendering(repository: world.repository, policy: OriginPolicy(parsing: hosts))
        .distrusted([opened, opened]).map(\.message)
    }
    #expect(
      try told("") == [
        "providers.d/openai.yaml changes key.env of a built-in provider, so the built-in "
          + "definition is used"
      ])
    #expect(try told("api.openai.com") == [])
  }

  @Test func `what an override only shows otherwise counts`() throws {
    let world = try world("name: OpenAI", "name: Our OpenAI")
    let provider = try #require(try world.repository.catalogue.provider("openai"))
    #expect(OriginPolicy(allowed: []).definition(provider).name == "Our OpenAI")
  }

  @Test func `two entries conflict by the names that are rendered`() throws {
    let world = try world("env: [OPENAI_API_KEY]", "env: [GROQ_API_KEY]")
    try world.store("p/openai", Self.key)
    try world.store("p/groq", "gsk_NotARealKeyNotARealKeyNotARealKeyNotARealKeyNotARealKe")
    #expect(try world.repository.conflicts(in: "p").isEmpty)
  }
}
