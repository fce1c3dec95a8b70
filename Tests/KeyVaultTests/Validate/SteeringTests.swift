import GPG
import TestSupport
import Testing

@testable import KeyVault

/// A pull request that changes where keys go, under which name, or for whom.
@Suite(.fewAtATime)
struct SteeringTests {
  private static let acme = "providers.d/acme.yaml"
  private static let entry = "vault/p/openai.yaml"

  /// An entry of OpenAI, one of a provider of the repository's own, and additional lines of
  /// keyvault.yaml.
  private func world(_ configuration: String = "") throws -> World {
    let world = try World(configuration)
    var acme = Acme(at: "https://api.acme.example/v1")
    acme.more = "hosts: [files.acme.example]"
    try world.write(acme.text, to: Self.acme)
    try world.store("p/openai", BaseCase.old)
    try world.store("p/acme", Acme.credential)
    try world.commit()
    return world
  }

  /// `severity file: message` of what is said of the change.
  private func said(_ world: World) throws -> [String] {
    try world.findings(base: "main").map { "\($0.severity) \($0.file): \($0.message)" }
      .filter { !$0.contains("this changes") }
  }

  private func replace(_ old: String, _ new: String, in file: String, of world: World) throws {
    let text = try world.scratch.text(file)
    try #require(text.contains(old), "\(text)")
    try world.write(text.replacing(old, with: new), to: file)
  }

  @Test(arguments: [
    (
      "base_url: https://api.acme.example/v1", "base_url: https://evil.example/v1",
      "error",
      "'base_url' is 'https://evil.example/v1', was 'https://api.acme.example/v1' in 'main'"
    ),
    (
      "https://api.acme.example/v1", "https://api.acme.example:8443/v1",
      "error",
      "'base_url' is 'https://api.acme.example:8443/v1', was 'https://api.acme.example/v1' in 'main'"
    ),
    (
      "https://api.acme.example/v1", "http://127.0.0.1:9/v1",
      "error", "'base_url' is 'http://127.0.0.1:9/v1', was 'https://api.acme.example/v1' in 'main'"
    ),
    (
      "https://api.acme.example/v1", "https://api.acme.example/v2",
      "error",
      "'base_url' is 'https://api.acme.example/v2', was 'https://api.acme.example/v1' in 'main'"
    ),
    (
      "[files.acme.example]", "[files.acme.example, evil.example]",
      "error",
      "'hosts' is '[\"files.acme.example\",\"evil.example\"]', was '[\"files.acme.example\"]' in 'main'"
    ),
    (
      "request: GET /models", "request: GET https://evil.example/models",
      "error", "'probe.request' is 'GET https://evil.example/models', was 'GET /models' in 'main'"
    ),
    (
      "verdict: invalid", "verdict: valid",
      "warning", "'probe.rules[1].verdict' is 'valid', was 'invalid' in 'main'"
    ),
    (
      "hosts: [files", "quota: {request: GET https://evil.example/q, rules: []}\nhosts: [files",
      "error",
      "'quota' is '{\"request\":\"GET https:\\/\\/evil"
    ),
    (
      "header: Authorization", "header: X-Log",
      "error",
      "'auth.header' is 'X-Log', was 'Authorization' in 'main'; the header 'X-Log' may tell the server "
        + "where to forward the key"
    ),
    (
      "header: Authorization", "header: X-Acme-Key",
      "warning", "'auth.header' is 'X-Acme-Key', was 'Authorization' in 'main'"
    ),
    (
      "request: GET /models", "request: GET /evil.example/models", "error",
      "'probe.request' is 'GET /evil.example/models', was 'GET /models' in 'main'; the path of"
    ),
    (
      "hosts: [files", "headers: {X-Else: a}\nhosts: [files", "error",
      "'headers' is '{\"X-Else\":\"a\"}', was not set in 'main'; the header 'X-Else' may tell"
    ),
    (
      "hosts: [files", "headers: {X-Version: a}\nhosts: [files",
      "warning", "'headers' is '{\"X-Version\":\"a\"}', was not set in 'main'"
    ),
    (
      "env: [ACME_API_KEY]", "env: [LC_ALL]",
      "warning", "'key.env[0]' is 'LC_ALL', was 'ACME_API_KEY' in 'main'"
    ),
    (
      "env: [ACME_API_KEY]", "env: [ACME_API_KEY], base_url_env: OTHER_BASE_URL",
      "warning", "'key.base_url_env' is 'OTHER_BASE_URL', was not set in 'main'"
    ),
    (
      "env: [ACME_API_KEY]",
      "env: [ACME_API_KEY], formats: [{name: a, prefix: acme-, env: [OTHER_KEY]}]",
      "warning", "'key.formats' is '[{\"env\":[\"OTHER_KEY\"]"
    ),
    (
      "env: [ACME_API_KEY]", "env: [ACME_API_KEY], fields: [{name: a, env: OTHER_ID}]",
      "warning", "'key.fields' is '[{\"env\":\"OTHER_ID\""
    ),
  ])
  func `a provider file that steers keys elsewhere is reported`(
    old: String, new: String, severity: String, message: String
  ) throws {
    let world = try world()
    try replace(old, new, in: Self.acme, of: world)
    let said = try said(world).filter { $0.contains(Self.acme) && $0.contains("' is '") }
    let message = message.replacing("\\/", with: "/")
    #expect(said.count == 1 && said[0].hasPrefix("\(severity) \(Self.acme): \(message)"), "\(said)")
  }

  @Test func `what is only shown of a provider is a note`() throws {
    let world = try world()
    try replace("name: Acme", "name: Acme Ltd.\nlogo: logos/acme.svg", in: Self.acme, of: world)
    let said = try said(world)
    #expect(said.count == 2 && said.allSatisfy { $0.hasPrefix("note \(Self.acme): ") }, "\(said)")
  }

  @Test func `a file that replaces a built-in provider is compared with it`() throws {
    let world = try world()
    try world.write(
      Acme(at: "https://evil.example").text.replacing("acme", with: "openai"),
      to: "providers.d/openai.yaml")
    let said = try said(world)
    let start = "error providers.d/openai.yaml: 'base_url' is 'https://evil.example', was "
    #expect(said.contains(start + "'https://api.openai.com/v1' in 'main'"), "\(said)")
    #expect(!said.contains { $0.contains("is not in 'main'") })
    // Where the base has it, its removal brings the built-in one back.
    try world.commit()
    try world.scratch.remove("providers.d/openai.yaml")
    #expect(
      try self.said(world).contains(
        "error providers.d/openai.yaml: 'base_url' is 'https://api.openai.com/v1', was "
          + "'https://evil.example' in 'main'"))
  }

  @Test func `a new provider file, and a removed one, are reported with where keys go`() throws {
    let world = try world()
    try world.write(
      Acme(at: "https://evil.example").text.replacing("acme", with: "zeta")
        .replacing("ACME", with: "ZETA"), to: "providers.d/zeta.yaml")
    #expect(
      try said(world) == [
        "warning providers.d/zeta.yaml: this provider is not in 'main': its keys go to "
          + "'https://evil.example', and are rendered as 'ZETA_API_KEY'"
      ])
    // A rename is both.
    try world.scratch.remove(Self.acme)
    #expect(
      try said(world).first == "warning \(Self.acme): this provider file of 'main' is gone")
  }

  @Test
  func `a sidecar that names another provider is reported, an error if that one is elsewhere`()
    throws
  {
    let world = try world()
    try replace("serial: 1", "provider: acme\nserial: 1", in: Self.entry, of: world)
    let message = "'provider' is 'acme', was not set in 'main'"
    #expect(try said(world).contains("error \(Self.entry): \(message)"))
    // A provider of the same hosts, which the base has.
    try world.git("checkout", "-q", "--", "vault")
    let text = try #require(Embedded.providers.first { $0.name == "openai.yaml" }?.text)
    try world.write(text.replacing("id: openai", with: "id: oai"), to: "providers.d/oai.yaml")
    try world.commit()
    try replace("serial: 1", "provider: oai\nserial: 1", in: Self.entry, of: world)
    #expect(
      try said(world).contains("warning \(Self.entry): 'provider' is 'oai', was not set in 'main'"))
    // The name of the entry already says it.
    try world.git("checkout", "-q", "--", "vault")
    try replace("serial: 1", "provider: openai\nserial: 1", in: Self.entry, of: world)
    #expect(try said(world).filter { $0.contains(Self.entry) } == [])
  }

  @Test(arguments: [
    ("env: OTHER_API_KEY", "'env' is 'OTHER_API_KEY', was not set in 'main'"),
    ("disabled: true", "'disabled' is 'true', was not set in 'main'"),
    ("rotation: {max_age: 31d}", "'rotation.max_age' is '31d', was not set in 'main'"),
  ])
  func `what a sidecar steers is reported, both ways`(line: String, message: String) throws {
    let world = try world("policy: {rotation: {max_age: 30d}}\n")
    try replace("serial: 1", "\(line)\nserial: 1", in: Self.entry, of: world)
    #expect(try said(world) == ["warning \(Self.entry): \(message)"])
    guard !line.hasPrefix("rotation") else { return }
    try world.commit()
    try replace("\(line)\n", "", in: Self.entry, of: world)
    let (name, value) = (line.prefix { $0 != ":" }, line.drop { $0 != ":" }.dropFirst(2))
    #expect(
      try said(world) == ["warning \(Self.entry): '\(name)' is not set, was '\(value)' in 'main'"])
  }

  @Test func `a shorter rotation is not reported, and an owner is a note`() throws {
    let world = try world("policy: {rotation: {max_age: 30d}}\n")
    try replace(
      "serial: 1", "rotation: {max_age: 9d}\nowner: x\nserial: 1", in: Self.entry, of: world)
    let said = try said(world).filter { !$0.contains("must be rotated") }
    #expect(said == ["note \(Self.entry): 'owner' is 'x', was not set in 'main'"], "\(said)")
  }

  @Test func `a new entry is reported with its provider and its variable`() throws {
    let world = try world()
    try world.store("q/x", BaseCase.new, provider: "openai", about: .init(variable: "X_API_KEY"))
    #expect(
      try said(world) == [
        "warning vault/q/x.yaml: this entry is not in 'main': a key of 'openai', rendered as "
          + "'X_API_KEY'"
      ])
    try world.commit()
    // A rename is reported at both places.
    for end in ["gpg", "yaml"] {
      try world.scratch.move("vault/q/x.\(end)", to: "vault/q/y.\(end)")
    }
    let codes = try world.findings(base: "main").map(\.code)
    #expect(Set(codes).isSuperset(of: ["entry-added", "entry-removed"]))
  }

  @Test(arguments: [
    (
      "gateway: \"https://evil.example\"", "error",
      "'gateway' is 'https://evil.example', was not set"
    ),
    ("gateway: \"http://127.0.0.1:9\"", "error", "'gateway' is 'http://127.0.0.1:9', was not set"),
    ("inherit: [q, r]", "warning", "'inherit' is 'q, r', was not set"),
  ])
  func `an environment's gateway and what it inherits are reported`(
    field: String, severity: String, message: String
  ) throws {
    let world = try world("environments: {p: {}, q: {}, r: {}}\n")
    try replace("p: {}", "p: {\(field)}", in: "keyvault.yaml", of: world)
    // That loopback needs a permission is a note of its own.
    #expect(
      try said(world).filter { !$0.hasPrefix("note ") }
        == ["\(severity) keyvault.yaml: environment 'p': \(message) in 'main'"])
    // Taken away again, keys go to their providers.
    try world.commit()
    try replace("p: {\(field)}", "p: {}", in: "keyvault.yaml", of: world)
    #expect(try said(world).map { $0.prefix(8) } == ["warning "])
  }

  @Test func `another path of a gateway may be another account, and is another place`() throws {
    let world = try world("environments: {p: {gateway: \"https://g.example/{provider}\"}}\n")
    try replace("{provider}", "x/{provider}", in: "keyvault.yaml", of: world)
    #expect(try said(world).map { $0.prefix(6) } == ["error "])
    try replace("g.example", "h.example", in: "keyvault.yaml", of: world)
    #expect(try said(world).map { $0.prefix(6) } == ["error "])
  }

  @Test func `where signatures are required, all that steers keys is an error`() throws {
    for isByBase in [true, false] {
      let world = try World(isByBase ? "policy: {signatures: required}\n" : "")
      try world.sign(least: isByBase ? .optional : .required)
      try world.write(Acme(at: "https://api.acme.example").text, to: Self.acme)
      try world.signRecipients()
      try world.store("p/openai", BaseCase.old)
      try world.commit()
      world.base.change { $0 = "main" }
      try replace("header: Authorization", "header: X-Acme-Key", in: Self.acme, of: world)
      try world.signRecipients()
      try world.repository.vault.setFields([("disabled", "true")], of: EntryName("p/openai"))
      try world.store("q/openai", BaseCase.new)
      #expect(
        try world.codes() == [
          "\(Self.acme): error provider-changed", "\(Self.entry): error entry-changed",
          "vault/q/openai.yaml: warning entry-added",
        ])
    }
  }

  @Test func `a value that looks like a key is not quoted`() throws {
    let world = try world()
    try replace(
      "hosts: [files", "headers: {X-Else: \(BaseCase.new)}\nhosts: [files", in: Self.acme, of: world
    )
    let texts = try world.findings(base: "main").map(\.text)
    #expect(texts.contains { $0.contains("'headers' is something like a key") })
    #expect(!texts.contains { $0.contains("NotARealKey") })
  }

  @Test func `a base whose provider file is not YAML has the built-in one compared`() throws {
    let world = try world()
    try world.write("id: [", to: "providers.d/openai.yaml")
    try world.commit()
    try world.scratch.remove("providers.d/openai.yaml")
    #expect(try said(world).allSatisfy { !$0.hasPrefix("error") })
  }
}
