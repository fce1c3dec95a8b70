import GPG
import TestSupport
import Testing

@testable import KeyVault

/// Under which names an environment is rendered, with what permits the others.
@Suite(.fewAtATime)
struct NameGateTests {
  private static let key = "sk-proj-NotARealKeyNotARealKeyNotARealKey"

  /// An entry whose sidecar says `variable`, beside one of the provider's own name.
  private func world(_ variable: String) throws -> World {
    let world = try World()
    try world.store("p/openai", Self.key)
    try world.store("p/other", Self.key, provider: "openai")
    try world.edit("p/other", "provider: openai", "provider: openai\nenv: \(variable)")
    return world
  }

  private func render(
    _ repository: Repository, prefix: String = "", only: [String] = [], except: [String] = [],
    policy: OriginPolicy = OriginPolicy(allowed: [])
  ) async throws -> [String] {
    try await Rendering(repository: repository, policy: policy).variables(
      of: ["p"],
      choosing: VariableChoice(only: only, except: except, prefix: prefix),
      gpg: Keyring.alice.gpg
    ).map(\.name)
  }

  private func refusal(_ body: () async throws -> [String]) async throws -> Failure {
    do {
      Issue.record("rendered: \(try await body())")
      throw Failure(.usage, "rendered")
    } catch let failure as Failure {
      return failure
    }
  }

  @Test(arguments: ["OPENAI_API_BASE", "SPARE", "HELICONE_HOST"])
  func `an unknown name is refused with the lines that permit it`(name: String)
    async throws
  {
    let world = try world(name)
    let failure = try await refusal { try await render(world.repository) }
    #expect(failure.kind == .malformed)
    #expect(
      failure.message
        == "'p/other' cannot be rendered: '\(name)' is not a known name for a key")
    #expect(failure.hints[0].hasSuffix("keyvault set p/other env=\(name)_KEY"))
    #expect(failure.hints[1].contains("export KEYVAULT_ALLOW_NAMES=\(name)"))
    #expect(failure.hints[1].contains("allow_names: [\(name)]"))
    // Each of these lines does it.
    #expect(failure.hints[2] == "leave it out: --except p/other")
    #expect(try await render(world.repository, except: ["p/other"]) == ["OPENAI_API_KEY"])
    var repository = try world.repository
    repository.names = try NamePolicy(parsing: name)
    #expect(try await render(repository) == [name, "OPENAI_API_KEY"].sorted())
  }

  @Test func `an answer on this machine is remembered for this repository alone`() async throws {
    let world = try world("SPARE")
    let outside = Scratch()
    let home = outside.path("state")
    func repository(_ world: World, _ home: String) throws -> Repository {
      var repository = try world.repository
      repository.memory = Memory(of: repository, stateHome: home)
      return repository
    }
    let first = try repository(world, home)
    _ = try await refusal { try await render(first) }
    try first.memory?.permit("SPARE")
    #expect(try await render(first) == ["OPENAI_API_KEY", "SPARE"])
    #expect(try await render(repository(world, home)) == ["OPENAI_API_KEY", "SPARE"])
    // What another machine wrote, or this one about another name, is worth nothing.
    _ = try await refusal { try await render(repository(world, home + "2")) }
    try world.edit("p/other", "SPARE", "SPARES")
    _ = try await refusal { try await render(repository(world, home)) }
  }

  @Test func `a trusted writer's signature permits the name that it covers`() async throws {
    for least in [SignaturePolicy.required, .optional] {
      let world = try World()
      try world.sign(least: least)
      try world.signRecipients()
      try world.store("p/openai", Self.key, about: .init(variable: "SPARE"))
      #expect(try await render(world.repository) == ["SPARE"])
      // Not one that was changed since, and not where the signer is not trusted.
      try world.edit("p/openai", "SPARE", "SPARES")
      _ = try await refusal { try await render(world.repository) }
      try world.edit("p/openai", "SPARES", "SPARE")
      try world.sign(trusting: [Keyring.bob.fingerprint], least: least)
      _ = try await refusal { try await render(world.repository) }
      world.signing.change { $0 = nil }
      _ = try await refusal { try await render(world.repository) }
    }
  }

  @Test func `a signed entry beside another ciphertext permits nothing`() async throws {
    let world = try World()
    try world.sign(least: .optional)
    try world.signRecipients()
    try world.store("p/openai", Self.key, about: .init(variable: "SPARE"))
    let sidecar = try world.sidecar("p/openai")
    try world.store("p/openai", "sk-proj-AnotherKeyAnotherKeyAnotherKey", serial: 2)
    try world.write(sidecar, to: "vault/p/openai.yaml")
    _ = try await refusal { try await render(world.repository) }
  }

  @Test func `neither signature nor permission lets a steering name pass`() async throws {
    for name in ["MAVEN_ARGS", "R_PROFILE_USER", "OPENAI_BASE_URL", "AZURE_RESOURCE_NAME"] {
      let world = try World()
      try world.sign()
      try world.signRecipients()
      try world.store("p/openai", Self.key)
      let text = try world.sidecar("p/openai")
      try world.write("env: \(name)\n" + text, to: "vault/p/openai.yaml")
      try world.forge("p/openai") { try Keyring.alice.gpg(["--detach-sign"], input: $0) }
      let failure = try await refusal { try await render(world.repository) }
      #expect(failure.message.hasPrefix("'p/openai' cannot be rendered: '\(name)' "), "\(failure)")
      #expect(failure.hints.isEmpty)
    }
  }

  @Test func `a provider of the repository names nothing that no person permits`() async throws {
    for (key, name) in [
      (#", fields: [{name: place, env: ACME_PLACE}]"#, "ACME_PLACE"),
      (
        #", formats: [{name: x, prefix: acme-, chars: "a-zA-Z-", length: 8..99, env: [ACME_LOG]}]"#,
        "ACME_LOG"
      ),
    ] {
      let world = try World()
      var acme = Acme(at: "https://api.acme.example/v1")
      acme.key = key
      try world.write(acme.text, to: "providers.d/acme.yaml")
      // A signature covers the entry, and no file of a provider.
      try world.sign(least: .optional)
      try world.signRecipients()
      try world.store("p/acme", Acme.credential, fields: [("place", "here")])
      let failure = try await refusal { try await render(world.repository) }
      #expect(failure.message.contains("'\(name)' is not a known name"), "\(failure)")
      var repository = try world.repository
      repository.names = try NamePolicy(parsing: name)
      #expect(try await render(repository).contains(name))
    }
  }

  @Test(arguments: [
    ("env: [OPENAI_API_KEY]", "env: [GROQ_API_KEY]"),
    ("env: [OPENAI_API_KEY]", "env: [OPENAI_LOG]"),
    ("env: [OPENAI_ADMIN_KEY]", "env: [SENTRY_DSN]"),
    ("env: OPENAI_ORG_ID", "env: AUDIT_TOKEN"),
    ("base_url_env: OPENAI_BASE_URL", "base_url_env: GROQ_BASE_URL"),
  ])
  func `a file for a built-in provider does not rename its variables`(
    old: String, new: String
  ) async throws {
    let world = try World()
    let text = try #require(Embedded.providers.first { $0.name == "openai.yaml" }).text
    precondition(text.contains(old))
    try world.write(text.replacing(old, with: new), to: "providers.d/openai.yaml")
    try world.configure("environments: {p: {gateway: \"https://gate.example/{provider}\"}}\n")
    try world.store(
      "p/openai", "sk-admin-NotARealKeyNotARealKey", hosts: ["gate.example"],
      fields: [("organization", "org-x")])
    let names = try await render(world.repository)
    #expect(names == ["OPENAI_ADMIN_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID"])
  }

  @Test func `with a prefix a name counts with it and without it`() async throws {
    let world = try world("SPARE")
    var repository = try world.repository
    for names in ["SPARE", "APP_SPARE"] {
      repository.names = try NamePolicy(parsing: names)
      #expect(
        try await render(repository, prefix: "APP_") == ["APP_OPENAI_API_KEY", "APP_SPARE"])
    }
    for prefix in ["NPM_CONFIG_", "AWS_SHARED_", "LC_"] {
      let failure = try await refusal {
        try await render(repository, prefix: prefix, only: ["p/openai"])
      }
      #expect(failure.message.contains("'\(prefix)OPENAI_API_KEY' steers programs"))
    }
    // A prefix of the person's own and a name of the repository's make an address together.
    let address = try self.world("BASE_URL")
    var other = try address.repository
    other.names = try NamePolicy(parsing: "BASE_URL")
    let failure = try await refusal { try await render(other, prefix: "GROQ_") }
    #expect(
      failure.message.contains("'GROQ_BASE_URL' is a base-URL variable, so it cannot hold a key"))
  }

  @Test func `a variable's file has a name that is judged too`() async throws {
    for (name, isFine) in [("SPARE_TOKEN", true), ("AWS_CONFIG", false)] {
      let world = try world(name)
      var repository = try world.repository
      repository.names = try NamePolicy(parsing: name)
      let variables = try await Rendering(repository: repository, policy: OriginPolicy(allowed: []))
        .variables(of: ["p"], gpg: Keyring.alice.gpg)
      let variable = try #require(variables.first { $0.name == name })
      #expect((failure { _ = try variable.fileName() } == nil) == isFine)
      withExtendedLifetime(world) {}
    }
  }

  @Test func `an address of the repository's own needs a name for addresses and a person's word`()
    async throws
  {
    func rendered(_ name: String, _ hosts: String) async throws -> [String] {
      let world = try World(
        "environments: {p: {gateway: \"https://gate.example/{provider}\"}}\n")
      var acme = Acme(at: "https://api.acme.example/v1")
      acme.key = ", base_url_env: \(name)"
      // What the payload says of hosts is said inside the repository.
      try world.add(acme, hosts: ["gate.example"])
      return try await render(world.repository, policy: OriginPolicy(parsing: hosts))
    }
    #expect(try await rendered("ACME_BASE_URL", "") == ["ACME_API_KEY"])
    #expect(
      try await rendered("ACME_BASE_URL", "gate.example") == ["ACME_API_KEY", "ACME_BASE_URL"])
    #expect(
      try await rendered("GROQ_BASE_URL", "gate.example") == ["ACME_API_KEY", "GROQ_BASE_URL"])
    let failure = try await refusal { try await rendered("ACME_EDITOR", "gate.example") }
    #expect(failure.message.contains("'ACME_EDITOR' is not a base-URL variable"), "\(failure)")
  }

  @Test func `what a repository calls an address takes no variable from a program`() async throws {
    let world = try World("environments: {p: {gateway: \"https://gate.example/{provider}\"}}\n")
    var acme = Acme(at: "https://api.acme.example/v1")
    acme.key = ", base_url_env: SANDBOX_RULES"
    try world.add(acme, hosts: ["gate.example"])
    let repository = try world.repository
    let opened = try repository.vault.open(
      world.entry("p/acme"), requiring: .signed, with: Keyring.alice.gpg)
    let rendering = Rendering(repository: repository, policy: OriginPolicy(allowed: []))
    #expect(rendering.addresses(of: [opened], in: "p").isEmpty)
  }

  @Test func `pick passes over a key with an unknown name`() async throws {
    let world = try world("SPARE")
    try world.repositoryVault.remove(EntryName("p/openai"))
    func pick(_ repository: Repository) async throws -> Pick {
      try await Picker(
        repository: repository, gpg: Keyring.alice.gpg, policy: OriginPolicy(allowed: [])
      ).pick(.textGeneration, in: "p", past: History.Past(records: [], foreign: 0), now: World.now)
    }
    let refused = try await pick(world.repository)
    #expect(refused.choice == nil)
    #expect(refused.skipped.first?.reason.contains("'SPARE' is not a known name") == true)
    var repository = try world.repository
    repository.names = try NamePolicy(parsing: "SPARE")
    #expect(try await pick(repository).choice?.variable == "SPARE")
  }
}
