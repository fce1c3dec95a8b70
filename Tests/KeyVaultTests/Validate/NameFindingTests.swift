import TestSupport
import Testing

@testable import KeyVault

/// What `validate` says of names under which keys are not rendered.
@Suite(.fewAtATime)
struct NameFindingTests {
  private func findings(_ world: World, names: String = "") throws -> [String] {
    try Validator(
      root: world.scratch.folder, now: World.now, program: Keyring.gpgProgram,
      trust: world.signing.value?.trust ?? .none, base: world.base.value,
      names: NamePolicy(parsing: names)
    ).outcome().findings.filter { $0.code == "not-allowed" }
      .map { "\($0.file): \($0.severity) \($0.message.split(separator: " ")[0])" }
  }

  private func forged(_ name: String) throws -> World {
    let world = try World()
    try world.store("p/openai", FindingCase.key)
    try world.commit()
    world.base.change { $0 = "HEAD" }
    try world.edit("p/openai", "digest:", "env: \(name)\ndigest:")
    return world
  }

  @Test(arguments: ["MAVEN_OPTS", "NCCL_COMM_ID", "GROQ_BASE_URL", "TZ"])
  func `an entry that would steer programs is an error, even if allowed`(name: String) throws {
    #expect(try findings(forged(name)) == ["vault/p/openai.yaml: error '\(name)'"])
  }

  @Test(arguments: ["OPENAI_API_BASE", "AUDIT_SINK"])
  func `an entry that needs a permission is a warning without it`(name: String) throws {
    let world = try forged(name)
    #expect(try findings(world) == ["vault/p/openai.yaml: warning '\(name)'"])
    #expect(try findings(world, names: name).isEmpty)
    // A signature means nothing to a user who trusts no signer.
    try world.edit("p/openai", "digest:", "signature: AAAABBBBCCCCDDDD\ndigest:")
    #expect(try findings(world) == ["vault/p/openai.yaml: warning '\(name)'"])
    try world.sign(least: .optional)
    #expect(try findings(world).isEmpty)
    #expect(try world.codes().contains("vault/p/openai.yaml: error bad-signature"))
  }

  @Test func `provider files are reported too`() throws {
    let world = try World()
    var acme = Acme(at: "https://api.acme.example/v1")
    acme.key =
      ", base_url_env: ACME_BROWSER, fields: [{name: a, env: ACME_PLACE}, {name: b, env: PAGER}, "
      + "{name: c, env: AZURE_RESOURCE_NAME}, {name: d, env: ACME_ORG_ID}], "
      + "formats: [{name: x, prefix: acme-, chars: \"a-zA-Z-\", length: 8..99, env: [GOFLAGS]}]"
    try world.write(acme.text, to: "providers.d/acme.yaml")
    #expect(
      try findings(world) == [
        "providers.d/acme.yaml: error 'ACME_BROWSER'",
        "providers.d/acme.yaml: warning 'ACME_PLACE'",
        "providers.d/acme.yaml: error 'PAGER'",
        "providers.d/acme.yaml: error 'AZURE_RESOURCE_NAME'",
        "providers.d/acme.yaml: error 'GOFLAGS'",
      ])
  }
}

/// What `validate` says of names of files and folders.
@Suite(.fewAtATime)
struct FileNameFindingTests {
  @Test func `names that differ only in case are a warning, once for each`() throws {
    let world = try World()
    for name in ["a/openai", "A/openai", "b/groq", "b/Groq", "b/mistral", "c/Xai"] {
      try world.store(name, FindingCase.key, provider: "openai")
    }
    let found = try world.findings().filter { $0.code == "differs-in-case" }
    #expect(
      found.map(\.file) == ["vault/a", "vault/b/groq.gpg", "vault/b/groq.yaml"])
    #expect(found.allSatisfy { $0.severity == .warning })
    #expect(found.first?.message.contains("'A' differ only in case") == true)
  }

  @Test(arguments: [
    ("My Key", "git mv -- 'vault/a/My Key.gpg' vault/a/my-key.gpg"),
    ("it's", #"git mv -- 'vault/a/it'\''s.gpg' vault/a/it-s.gpg"#),
    ("-x", "git mv -- vault/a/-x.gpg vault/a/x.gpg"),
    ("ключ", "git mv -- 'vault/a/ключ.gpg' vault/a/gpg"),
  ])
  func `a name that no command takes gets the command that renames it`(name: String, hint: String)
    throws
  {
    let world = try World()
    try world.store("a/openai", FindingCase.key)
    try world.write("x", to: "vault/a/\(name).gpg")
    let finding = try #require(try world.findings().first { $0.code == "bad-entry-name" })
    #expect(finding.hint == "rename it: \(hint); or remove it")
  }
}
