import TestSupport
import Testing

@testable import KeyVault

/// Plaintext keys, in any file of a pull request.
@Suite(.fewAtATime)
struct PlaintextTests {
  /// Where plaintext keys are found: `file:line`.
  private func found(_ world: World) throws -> [String] {
    let findings = try world.findings(base: "main")
    for finding in findings { #expect(!finding.text.contains("NotARealKey")) }
    return findings.filter { $0.code == "plaintext-key" && $0.severity == .error }
      .map { "\($0.file):\($0.line)" }
  }

  private func world() throws -> World {
    let world = try World()
    try world.write("key: \(BaseCase.old)\n", to: "known.txt")
    try world.store("p/openai", BaseCase.old)
    try world.commit()
    return world
  }

  @Test(arguments: [
    "README.md", ".env", "deep/down/app.env", "keyvault.yaml",
    "providers.d/answers/acme/valid.json",
    "vault/notes.txt", "Schemas/x", ".github/workflows/x.yml",
  ])
  func `a key is found in any file that is new or changed`(path: String) throws {
    let world = try world()
    let text = path == "keyvault.yaml" ? try world.scratch.text(path) : "a\nb\n"
    let lines = text.split(separator: "\n").count
    try world.write(text + "# \(BaseCase.new)\n", to: path)
    try world.git("checkout", "-q", "-b", "change")
    try world.commit()
    #expect(try found(world) == ["\(path):\(lines + 1)"])
    try world.write(text, to: path)
    try world.commit()
    #expect(try found(world) == [])
  }

  @Test func `a sidecar that describes the key too well is found`() throws {
    let world = try world()
    try world.repository.vault.setFields(
      [("description", "it is \(BaseCase.new)")], of: EntryName("p/openai"))
    try world.git("checkout", "-q", "-b", "change")
    try world.commit()
    #expect(try found(world).map { $0.prefix { $0 != ":" } } == ["vault/p/openai.yaml"])
  }

  @Test func `one content is searched once, and told at each path that has it`() throws {
    let world = try world()
    try world.git("checkout", "-q", "-b", "change")
    for path in ["a.txt", "b.txt", "deep/c.txt"] {
      try world.write("x\n\(BaseCase.new)\n", to: path)
    }
    for path in ["d.gz", "e.gz"] {
      try world.scratch.write([0x1f, 0x8b, 8, 0] + [UInt8](repeating: 1, count: 99), to: path)
    }
    try world.commit()
    #expect(try found(world) == ["a.txt:2", "b.txt:2", "deep/c.txt:2"])
    let skipped = try world.findings(base: "main").filter { $0.code == "not-searched" }
    #expect(skipped.map(\.file) == ["d.gz"])
    #expect(skipped.first?.message.contains("(and 1 other file with its content)") == true)
  }

  @Test func `the largest files are the ones not searched, and are reported`() throws {
    let world = try world()
    try world.git("checkout", "-q", "-b", "change")
    try world.write("\(BaseCase.new)\n", to: "z.txt")
    try world.write(String(repeating: "a b\n", count: 500_000), to: "a.txt")
    try world.commit()
    let root = world.scratch.folder
    let index = Index(of: try WorkTree(around: root))
    let base = try Snapshot("main", of: root)
    let checks = PlaintextChecks(
      index: index, scan: KeyScan(others: []), repositories: [""], limit: 1 << 20)
    let findings = try checks.findings(try index.changes(since: base.commit))
    #expect(
      findings.map { "\($0.code) \($0.file)" }.sorted() == [
        "not-searched a.txt", "plaintext-key z.txt",
      ])
    #expect(findings.contains { $0.message.hasSuffix("no more than 1 MiB of a change are read") })
  }

  @Test func `a file that is as in the base is not searched`() throws {
    let world = try world()
    try world.git("checkout", "-q", "-b", "change")
    try world.write("no key\n", to: "other.txt")
    try world.commit()
    #expect(try found(world) == [])
    try world.write("key: \(BaseCase.old)\nmore\n", to: "known.txt")
    try world.commit()
    #expect(try found(world) == ["known.txt:1"])
    try world.git("rm", "-q", "known.txt")
    #expect(try found(world) == [])
  }

  @Test func `a repository below the top sees the whole work tree`() throws {
    let world = try World()
    for path in ["keyvault.yaml", "vault"] { try world.scratch.move(path, to: "x-\(path)") }
    try world.write("x\n", to: "README.md")
    try world.write("", to: "secrets/team/empty")
    for path in ["keyvault.yaml", "vault"] {
      try world.scratch.move("x-\(path)", to: "secrets/team/\(path)")
    }
    try world.commit()
    try world.git("checkout", "-q", "-b", "change")
    try world.write("\(BaseCase.new)\n", to: "README.md")
    try world.write("\(BaseCase.new)\n", to: "secrets/team/x.txt")
    try world.commit()
    let findings = try Validator(
      root: world.scratch.path("secrets/team"), now: World.now, program: Keyring.gpgProgram,
      base: "main"
    ).outcome().findings
    #expect(
      findings.map { "\($0.file) \($0.code)" } == [
        "../../README.md plaintext-key", "x.txt plaintext-key",
      ])
  }
}
