import GPG
import Naming
import TestSupport
import Testing

@testable import KeyVault

@Suite(.fewAtATime)
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

  @Test func `nothing is rendered where something is wrong`() async throws {
    let world = try World("environments: {production: {require: [openai, mistral]}}\n")
    let empty = try await failure(world)
    #expect(empty.kind == .findings)
    #expect(empty.message == "'production' lacks a required key: openai, mistral")
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
        == "'staging/nobody' cannot be rendered: unknown provider 'nobody'")

    try world.write(
      world.scratch.text("vault/production/openai.yaml"), to: "vault/moved/openai.yaml")
    try world.scratch.copy("vault/production/openai.gpg", to: "vault/moved/openai.gpg")
    #expect(try await failure(world, "moved").message.hasSuffix("its file was moved or copied"))

    try world.encrypt("fake-key\n", to: "production/openai")
    #expect(
      try await failure(world).message.hasPrefix(
        "'production/openai' is not bound to this entry"))
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
          failure.message.hasPrefix("'production/openai' has an invalid key: "),
          "\(failure)")
      }
    }
  }

  @Test func `bytes that are not text are refused where the reader expects text`() async throws {
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
