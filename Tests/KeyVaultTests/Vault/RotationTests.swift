import Secrets
import TestSupport
import Testing

@testable import KeyVault

/// A new key in an old place, and an old key in a new one.
@Suite(.fewAtATime)
struct RotationTests {
  private static let old = "sk-proj-NotARealKeyNotARealKey0001"
  private static let new = "sk-proj-NotARealKeyNotARealKey0002"

  private func world() throws -> World {
    let world = try World()
    try world.store("p/openai", Self.old, serial: 3, fields: [("organization", "org-fake")])
    return world
  }

  private func store(
    _ new: consuming NewKey, from source: EntryName? = nil, in world: World
  ) throws {
    try world.repositoryVault.store(
      new, about: .init(), from: source, program: Keyring.gpgProgram, now: World.now)
  }

  @Test func `a key is known again, and nothing else is`() throws {
    let opened = try world().open("p/openai")
    for key in [Self.old, Self.new, String(Self.old.dropLast()), Self.old + "1", "x"] {
      let isHeld = opened.holds(Secret(utf8: key))
      #expect(isHeld == (key == Self.old), "\(key)")
    }
  }

  @Test func `a new key has a higher serial, a lineage of its own, and the same additional fields`()
    throws
  {
    let world = try world()
    let before = try #require(try world.entry("p/openai").sidecar)
    try store(
      world.open("p/openai").successor(
        Secret(utf8: Self.new), hosts: ["api.openai.com"], after: 0),
      in: world)
    let after = try #require(try world.entry("p/openai").sidecar)
    let opened = try world.open("p/openai")
    #expect(opened.payload.keyText == Self.new)
    #expect(opened.payload.serial == 4 && after.serial == 4)
    #expect(opened.payload.withField("organization") { $0.text } == "org-fake")
    #expect(before.id != nil && after.id != nil && before.id != after.id)
    #expect(after.created == before.created && after.rotated == World.now)
  }

  @Test func `a key that moves keeps its lineage, its serial and its days`() throws {
    let world = try world()
    let name = try EntryName("p/openai")
    let before = try #require(try world.entry("p/openai").sidecar)
    try store(
      world.open("p/openai").moved(to: EntryName("q/main"), after: 0), from: name, in: world)
    let after = try #require(try world.entry("q/main").sidecar)
    let opened = try world.open("q/main")
    #expect(opened.payload.keyText == Self.old && opened.payload.entry == "q/main")
    #expect(after.id == before.id && after.serial == 3 && after.created == before.created)
    #expect(after.rotated == nil && after.provider == "openai")
    #expect(after.digest != before.digest)
    #expect(try world.findings().filter { $0.severity == .error } == [])
  }

  @Test func `a comment of the schema that a person changed stays`() throws {
    let world = try world()
    let name = try EntryName("p/openai")
    let text = try world.scratch.text("vault/p/openai.yaml")
    let lines = text.split(separator: "\n").dropFirst().joined(separator: "\n")
    try world.write("# ours\n" + lines + "\n", to: "vault/p/openai.yaml")
    try store(
      world.open("p/openai").moved(to: EntryName("q/r/openai"), after: 0), from: name, in: world)
    #expect(try world.scratch.text("vault/q/r/openai.yaml").hasPrefix("# ours\n"))
  }

  @Test(arguments: [(0, 3), (2, 3), (3, 4), (7, 8)])
  func `where a key is moved to the serial does not go back`(last: Int, serial: Int) throws {
    let world = try world()
    if last > 0 { try world.store("q/openai", Self.new, serial: last) }
    let target = try EntryName("q/openai")
    let vault = world.repositoryVault
    #expect(try vault.lastSerial(of: target) == last)
    let name = try EntryName("p/openai")
    try store(
      world.open("p/openai").moved(to: target, after: vault.lastSerial(of: target)), from: name,
      in: world)
    #expect(try world.open("q/openai").payload.serial == serial)
  }

  @Test func `what does not fit its sidecar is read, and not rewritten`() throws {
    let world = try world()
    let sound = try world.repositoryVault.open(
      world.entry("p/openai"), requiring: .fitting, with: Keyring.alice.gpg)
    #expect(sound.doubts.isEmpty)
    // The same key and serial, encrypted once more: only the digest differs.
    let old = try world.scratch.bytes("vault/p/openai.gpg")
    try store(sound.changed(fields: []), in: world)
    try world.scratch.write(old, to: "vault/p/openai.gpg")
    let entry = try world.entry("p/openai")
    let opened = try world.repositoryVault.open(entry, requiring: .signed, with: Keyring.alice.gpg)
    #expect(opened.doubts == [.otherDigest])
    let refusal = try #require(
      failure {
        _ = try world.repositoryVault.open(entry, requiring: .fitting, with: Keyring.alice.gpg)
      })
    #expect(refusal.kind == .malformed)
    #expect(refusal.hints.first?.contains("keyvault adopt p/openai") == true)
  }

  @Test func `an old ciphertext beside a new sidecar is known by its serial`() throws {
    let world = try world()
    let old = try world.scratch.bytes("vault/p/openai.gpg")
    try store(
      world.open("p/openai").successor(Secret(utf8: Self.new), hosts: [], after: 0), in: world)
    try world.scratch.write(old, to: "vault/p/openai.gpg")
    let refusal = try #require(failure { _ = try world.open("p/openai") })
    #expect(refusal.kind == .malformed)
    #expect(
      refusal.message.hasPrefix("'p/openai' has the serial 3, but its sidecar says 4"),
      "\(refusal)")
  }

  @Test func `a new ciphertext beside an old sidecar, as after a crash, is reported`() throws {
    let world = try world()
    let old = try world.scratch.text("vault/p/openai.yaml")
    try store(
      world.open("p/openai").successor(Secret(utf8: Self.new), hosts: [], after: 0), in: world)
    let digest = try #require(try world.entry("p/openai").sidecar?.digest)
    try world.write(old, to: "vault/p/openai.yaml")
    #expect(try world.open("p/openai").doubts == [.otherDigest])
    // Also where the digest was made to fit.
    let lines = old.split(separator: "\n").map {
      $0.hasPrefix("digest:") ? "digest: \(digest)" : String($0)
    }
    try world.write(lines.joined(separator: "\n") + "\n", to: "vault/p/openai.yaml")
    #expect(try world.open("p/openai").doubts == [.otherDigest])
  }
}
