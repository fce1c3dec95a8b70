import TestSupport
import Testing

@testable import KeyVault

/// Which entry gives which variable. Nothing is decrypted, so the keys are not real ciphertexts.
@Suite(.fewAtATime)
struct AssemblyTests {
  private static func sidecar(_ more: String) -> String {
    """
    id: 01JD00000000
    digest: sha256:\(String(repeating: "0", count: 64))
    serial: 1
    created: 2026-11-01T00:00:00Z
    \(more)

    """
  }

  /// A world of entries, each with additional lines of its sidecar.
  private func world(_ configuration: String, _ entries: [String: String]) throws -> World {
    let world = try World(configuration)
    for (name, more) in entries {
      try world.write("", to: "vault/\(name).gpg")
      try world.write(Self.sidecar(more), to: "vault/\(name).yaml")
    }
    return world
  }

  private func assembly(_ environment: String, _ world: World) throws -> Assembly {
    let repository = try world.repository
    return try Assembly(environment, of: repository.vault.entriesByEnvironment(), in: repository)
  }

  private func slots(_ environment: String, _ world: World) throws -> [String: String] {
    let slots = try assembly(environment, world).slots
    return Dictionary(uniqueKeysWithValues: slots.map { ($0.variable, $0.entry.name.path) })
  }

  @Test func `own entries come first, then inherited ones in the listed order, transitively`()
    throws
  {
    let world = try world(
      "environments: {a: {inherit: [b, c]}, b: {inherit: [d]}, c: {}, d: {inherit: [c]}}\n",
      [
        "a/openai": "", "b/openai": "", "b/mistral": "", "c/mistral": "", "c/runway": "",
        "d/runway": "", "d/together": "", "e/anthropic": "",
      ])
    #expect(
      try slots("a", world) == [
        "OPENAI_API_KEY": "a/openai", "MISTRAL_API_KEY": "b/mistral",
        "RUNWAYML_API_SECRET": "d/runway", "TOGETHER_API_KEY": "d/together",
      ])
    #expect(try slots("c", world).count == 2)
    #expect(try slots("e", world) == ["ANTHROPIC_API_KEY": "e/anthropic"])
  }

  @Test func `an environment fills by variable, not by provider`() throws {
    let world = try world(
      "environments: {a: {inherit: [b]}}\n",
      [
        "a/openai": "env: BATCH_KEY", "b/openai": "",
        "b/other": "provider: mistral\nenv: BATCH_KEY",
      ]
    )
    #expect(
      try slots("a", world) == ["BATCH_KEY": "a/openai", "OPENAI_API_KEY": "b/openai"])
  }

  @Test func `an entry below an environment is not in it`() throws {
    let world = try world("", ["a/b/openai": "", "a/mistral": "", "openai": ""])
    #expect(try slots("a", world) == ["MISTRAL_API_KEY": "a/mistral"])
    #expect(try slots("a/b", world) == ["OPENAI_API_KEY": "a/b/openai"])
  }

  @Test func `a disabled entry gives nothing and hides what would be inherited`() throws {
    let world = try world(
      "environments: {a: {inherit: [b], require: [openai]}}\n",
      ["a/openai": "disabled: true", "b/openai": "", "b/mistral": ""])
    #expect(try slots("a", world) == ["MISTRAL_API_KEY": "b/mistral"])
    #expect(try assembly("a", world).missing(in: world.repository) == ["openai"])
  }

  @Test func `a key's kind, as its preview shows it, chooses the variable`() throws {
    let world = try world(
      "",
      [
        "a/openai": "preview: sk-admin-…Fake",
        "a/second": "provider: openai\npreview: sk-proj-…Fake",
      ])
    #expect(
      try slots("a", world) == ["OPENAI_ADMIN_KEY": "a/openai", "OPENAI_API_KEY": "a/second"])
  }

  @Test(arguments: [
    ("a: {inherit: [a]}", "a → a"), ("a: {inherit: [b]}, b: {inherit: [a]}", "a → b → a"),
    ("a: {inherit: [b]}, b: {inherit: [c]}, c: {inherit: [b]}", "a → b → c → b"),
  ])
  func `a circle is an error that names it`(environments: String, circle: String) throws {
    let world = try world("environments: {\(environments)}\n", [:])
    let refusal = try #require(failure { _ = try assembly("a", world) })
    #expect(refusal.kind == .malformed)
    #expect(refusal.message == "environments inherit from each other in a circle: \(circle)")
  }

  @Test func `the same variable twice is a conflict that names both and the cure`() throws {
    let world = try world(
      "environments: {b: {inherit: [a]}}\n", ["a/openai": "", "a/second": "provider: openai"])
    let conflicts = try assembly("a", world).conflicts.map(\.failure)
    #expect(
      conflicts == [
        Failure(
          .malformed, "'a/openai' and 'a/second' both give OPENAI_API_KEY",
          hints: ["give one of them its own variable: keyvault set a/second env=OTHER_NAME"])
      ])
    #expect(try assembly("b", world).conflicts.count == 1)
  }

  @Test func `an entry of no known provider is unusable, with the reason`() throws {
    let world = try world("", ["a/nobody": "", "a/broken": "", "a/openai": ""])
    try world.write("id: broken\nnome: x\n", to: "providers.d/broken.yaml")
    let assembly = try assembly("a", world)
    #expect(assembly.unusable.map(\.entry.name.path) == ["a/broken", "a/nobody"])
    #expect(assembly.unusable[0].failure.message.hasPrefix("providers.d/broken.yaml:"))
    #expect(assembly.unusable[1].failure.message == "unknown provider 'nobody'")
    #expect(assembly.slots.map(\.provider.id) == ["openai"])
  }

  // What is not configured.

  private func missing(
    _ arguments: [String], _ world: World, everything: Bool = false
  ) throws -> [String: Bool] {
    let repository = try world.repository
    let results = try Selection(arguments, in: repository)
      .notConfigured(in: repository, everything: everything, now: World.now).results
    #expect(
      results.allSatisfy {
        $0.verdict == .notConfigured && $0.next == "run 'keyvault add \($0.entry)'"
      })
    return Dictionary(uniqueKeysWithValues: results.map { ($0.entry, $0.isRequired) })
  }

  @Test func `not configured is what is required and what another environment has`() throws {
    let world = try world(
      "environments: {a: {require: [openai, runway]}, b: {inherit: [a]}, c: {}}\n",
      ["a/openai": "", "a/mistral": "disabled: true", "undeclared/together": ""])
    #expect(try missing(["a"], world) == ["a/runway": true, "a/together": false])
    #expect(try missing(["b"], world) == ["b/mistral": false, "b/together": false])
    #expect(try missing(["undeclared"], world) == [:])
    #expect(
      try missing([], world) == [
        "a/runway": true, "a/together": false, "b/mistral": false, "b/together": false,
        "c/openai": false, "c/mistral": false, "c/together": false,
      ])
    #expect(try missing(["a/openai"], world) == [:])
    #expect(try missing(["c"], world, everything: true).count == BuiltIn.ids.count)
  }

  // What a command is about.

  @Test func `arguments are entries and environments with all below them`() throws {
    let world = try world(
      "environments: {empty: {}}\n",
      ["a/x": "", "a/b/y": "", "a/b.gpg-not": "", "z": "", "a/x/w": ""])
    func entries(_ arguments: String...) throws -> [String] {
      try Selection(arguments, in: world.repository).entries.map(\.name.path)
    }
    #expect(try entries() == ["a/b.gpg-not", "a/b/y", "a/x", "a/x/w", "z"])
    #expect(try entries("a/x") == ["a/x"])
    #expect(try entries("a/x/") == ["a/x/w"])
    #expect(try entries("a/b", "a/x", "a/b") == ["a/b/y", "a/x"])
    #expect(try entries("empty").isEmpty)
    #expect(try Selection(["a"], in: world.repository).environments == ["a", "a/b", "a/x"])
    let refusal = try #require(failure { _ = try entries("emty") })
    #expect(refusal.kind == .nothingToDo)
    #expect(refusal.hints == ["did you mean 'empty'?"])
    #expect(
      failure { _ = try Selection.environment("a/none", in: world.repository) }?.kind
        == .nothingToDo)
    #expect(try Selection.environment("a/b/", in: world.repository) == "a/b")
  }
}
