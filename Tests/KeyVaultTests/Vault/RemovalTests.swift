import Foundation
import TestSupport
import Testing

@testable import KeyVault

/// Removing a recipient marks what that person could read, with real gpg and git.
@Suite(.fewAtATime)
struct RemovalTests {
  private static let alice = Keyring.alice.fingerprint
  private static let bob = Keyring.bob.fingerprint
  private static let second = "sk-proj-AnotherFakeKeyAnotherFake"

  /// A repository of Alice and Bob in git: `p/openai`, which both can read.
  private func world() throws -> World {
    let world = try World(recipients: [.alice, .bob])
    try world.git("init", "-q")
    try world.store("p/openai", FindingCase.key)
    try world.commit()
    return world
  }

  private func remove(
    from folder: String = "", program: GPGProgram? = Keyring.gpgProgram, _ world: World
  ) throws -> Vault.Removal {
    try world.removeRecipient(Self.bob, from: [folder], program: program)
  }

  private func exposed(_ world: World) throws -> [String] {
    try world.repository.vault.entries().filter { $0.sidecar?.exposed != nil }.map(\.name.path)
  }

  @Test func `a key that the person could read is marked, and every other byte stays`() throws {
    let world = try world()
    let text = try world.scratch.text("vault/p/openai.yaml") + "# to the end\n"
    try world.write(text, to: "vault/p/openai.yaml")
    let removal = try remove(world)
    #expect(removal.exposed.map(\.path) == ["p/openai"] && removal.isComplete)
    #expect(removal.written == ["vault/p/openai.yaml", "vault/.gpg-id"])
    let mark = "exposed: {to: \(Self.bob), since: 2026-11-23, reason: recipient removed}"
    let lines = try world.scratch.text("vault/p/openai.yaml").split(separator: "\n")
      .map(String.init)
    let unquoted = lines.map { $0.replacing("\"", with: "") }
    #expect(unquoted.contains(mark), "\(lines)")
    #expect(
      lines.filter { !$0.hasPrefix("exposed") }
        == text.split(separator: "\n").map(String.init))
    #expect(try world.scratch.text("vault/.gpg-id") == Self.alice + "\n")
  }

  @Test
  func
    `a key that was made anew for the others is not marked, an old one that was encrypted anew is`()
    throws
  {
    let world = try world()
    try world.store("p/mistral", FindingCase.key, provider: "openai")
    try world.commit()
    try world.want([Self.alice], in: "p")
    try world.store("p/openai", Self.second, serial: 2)
    let opened = try world.open("p/mistral")
    try world.repositoryVault.store(
      opened.changed(fields: []), about: .init(), program: Keyring.gpgProgram, now: World.now)
    try world.commit()
    // The mark was made when it was encrypted for fewer people.
    #expect(try exposed(world) == ["p/mistral"])
    // Only the root's list names Bob, and p has its own by now.
    let removal = try remove(world)
    #expect(removal.wasExposed.map(\.path) == ["p/mistral"] && removal.exposed.isEmpty)
    #expect(try exposed(world) == ["p/mistral"])
  }

  @Test func `what the person can still read by another list is not marked`() throws {
    let world = try world()
    try world.want([Self.alice, Self.bob], in: "q")
    try world.store("q/openai", Self.second)
    try world.commit()
    #expect(try remove(world).exposed.map(\.path) == ["p/openai"])
    #expect(try exposed(world) == ["p/openai"])
    #expect(try remove(from: "q", world).exposed.map(\.path) == ["q/openai"])
  }

  @Test func `lists are left together, and each key is marked once`() throws {
    let world = try world()
    for folder in ["q", "q/deep", "r"] {
      try world.want([Self.alice, Self.bob], in: folder)
      try world.store("\(folder)/openai", Self.second)
    }
    // One that is Alice's alone already, and one that had no list of its own.
    try world.want([Self.alice], in: "r/own")
    try world.store("r/own/openai", Self.second)
    try world.store("p/deep/mistral", Self.second, provider: "openai")
    try world.commit()
    let removal = try world.removeRecipient(Self.bob, from: ["q", "q/deep", "p"])
    #expect(
      removal.exposed.map(\.path)
        == ["p/deep/mistral", "p/openai", "q/deep/openai", "q/openai"])
    #expect(removal.changes.map(\.folder) == ["q", "q/deep", "p"])
    #expect(removal.changes.map(\.startedFrom) == [nil, nil, "vault/.gpg-id"])
    #expect(removal.wasExposed.isEmpty && removal.isComplete)
    #expect(Set(removal.written).count == removal.written.count && removal.written.count == 7)
    let left = try world.repository.vault.lists(naming: Self.bob)
    #expect(left == ["vault/.gpg-id", "vault/r/.gpg-id"])
    #expect(try exposed(world) == removal.exposed.map(\.path))
  }

  @Test func `where one list cannot be left, none is`() throws {
    let world = try world()
    try world.want([Self.alice, Self.bob], in: "q")
    try world.want([Self.bob], in: "s")
    try world.commit()
    let refused = failure { _ = try world.removeRecipient(Self.bob, from: ["", "q", "s"]) }
    #expect(refused?.kind == .usage)
    #expect(try world.repository.vault.lists(naming: Self.bob).count == 3)
    #expect(try exposed(world) == [])
  }

  @Test func `an older mark stays, and an entry without a valid sidecar is named`() throws {
    let world = try world()
    for name in ["p/mistral", "p/deepgram"] {
      try world.store(name, FindingCase.key, provider: "openai")
    }
    try world.commit()
    let old = "exposed: {to: \"\(Self.alice)\", since: 2026-01-01}\n"
    let text = try world.scratch.text("vault/p/openai.yaml") + old
    try world.write(text, to: "vault/p/openai.yaml")
    try world.scratch.remove("vault/p/mistral.yaml")
    try world.write("id: [\n", to: "vault/p/deepgram.yaml")
    let removal = try remove(world)
    #expect(removal.wasExposed.map(\.path) == ["p/openai"])
    #expect(removal.unmarked.map(\.path) == ["p/deepgram", "p/mistral"])
    #expect(removal.exposed.isEmpty)
    #expect(try world.scratch.text("vault/p/openai.yaml") == text)
    #expect(try world.scratch.text("vault/p/deepgram.yaml") == "id: [\n")
  }

  @Test(arguments: [nil, Keyring.gpgProgram])
  func `without git or gpg, what the list let them read counts`(program: GPGProgram?) throws {
    let world = try World(recipients: [.alice, .bob])
    try world.store("p/openai", FindingCase.key)
    // Encrypted to Alice alone, though the list names both.
    try world.want([Self.alice])
    try world.store("p/mistral", Self.second, provider: "openai")
    try world.want([Self.alice, Self.bob])
    try world.want([Self.alice], in: "q")
    try world.store("q/openai", Self.second)
    let removal = try remove(program: program, world)
    #expect(!removal.isComplete)
    #expect(try exposed(world) == ["p/mistral", "p/openai"])
  }

  @Test func `in a shallow clone too`() throws {
    let world = try world()
    try world.want([Self.alice])
    try world.store("p/mistral", Self.second, provider: "openai")
    try world.want([Self.alice, Self.bob])
    try world.commit()
    let clone = try World()
    try FileManager.default.removeItem(atPath: clone.scratch.folder)
    _ = try run([
      "/usr/bin/git", "clone", "-q", "--depth", "1", "file://" + world.scratch.folder,
      clone.scratch.folder,
    ])
    #expect(try remove(clone).isComplete == false)
    #expect(try exposed(clone) == ["p/mistral", "p/openai"])
    // The complete history knows better.
    #expect(try remove(world).exposed.map(\.path) == ["p/openai"])
  }

  @Test func `an uncommitted entry counts if they can read it`() throws {
    let world = try world()
    try world.store("p/mistral", Self.second, provider: "openai")
    #expect(try remove(world).exposed.map(\.path) == ["p/mistral", "p/openai"])
  }

  @Test func `validate reports a removed mark, with --history`() throws {
    let world = try world()
    #expect(try world.findings(readsHistory: true) == [])
    _ = try remove(world)
    let opened = try world.open("p/openai")
    try world.repositoryVault.store(
      opened.changed(fields: []), about: .init(), program: Keyring.gpgProgram, now: World.now)
    #expect(try world.findings(readsHistory: true).map(\.severity) == [.warning])
    let text = try world.scratch.text("vault/p/openai.yaml")
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("exposed") }
    try world.write(lines.joined(separator: "\n") + "\n", to: "vault/p/openai.yaml")
    #expect(try world.findings() == [])
    let found = try world.findings(readsHistory: true)
    #expect(found.map(\.code) == ["exposed"])
    let message = try #require(found.first).message
    #expect(
      message.contains("\(Self.bob) (Bob <bob@example.com>), a former reader, could read this key"))
    #expect(message.hasSuffix("it is not marked as exposed"))
    try world.store("p/openai", Self.second, serial: 2)
    #expect(try world.findings(readsHistory: true) == [])
  }

  @Test func `where there is no history, validate says so`() throws {
    let world = try World()
    try world.store("p/openai", FindingCase.key)
    #expect(try world.findings(readsHistory: true).map(\.code) == ["no-history"])
  }
}
