import GPG
import Secrets
import TestSupport
import Testing

@testable import KeyVault

/// An entry that anybody can forge with the public keys, and a machine that opens it once.
@Suite(.fewAtATime)
struct ForgedSerialTests {
  private static let name = "p/openai"
  private let machine = MemoryCase()

  /// Overwrites the right entry with a forgery, as a person who can push could. Returns the right pair.
  private func forge(_ world: World, serial: Int) throws -> [(String, [UInt8])] {
    let right = try ["gpg", "yaml"].map { end in
      ("vault/p/openai.\(end)", try world.scratch.bytes("vault/p/openai.\(end)"))
    }
    try world.encrypt(
      """
      \(BaseCase.old)
      vault: \(World.vaultID)
      entry: \(Self.name)
      provider: openai
      hosts: api.openai.com
      serial: \(serial)

      """, to: Self.name)
    let digest = Vault.digest(try world.scratch.bytes("vault/p/openai.gpg"))
    try world.write(
      "id: 01JD00000000\ndigest: \(digest)\nserial: \(serial)\ncreated: 2026-01-02T03:04:05Z\n",
      to: "vault/p/openai.yaml")
    return right
  }

  private func restore(_ files: [(String, [UInt8])], in world: World) throws {
    for (path, bytes) in files { try world.scratch.write(bytes, to: path) }
  }

  @Test(arguments: [1_000_000_000, 999_999_999, 5000, 1003])
  func `a leap is opened and not remembered, and the right key goes on`(serial: Int) throws {
    let world = try MemoryCase.world()
    let right = try forge(world, serial: serial)
    #expect(try machine.open(world).payload.serial == serial)
    #expect(try machine.remembered(world) == nil)
    try restore(right, in: world)
    #expect(try machine.open(world).payload.serial == 2)
    #expect(try machine.remembered(world)?.serial == 2)
    // The same once the right one is known.
    _ = try forge(world, serial: serial)
    try machine.open(world)
    #expect(try machine.remembered(world)?.serial == 2)
    try restore(right, in: world)
    var repository = try world.repository
    repository.memory = try machine.memory(world)
    #expect(try repository.vault.lastSerial(of: try EntryName(Self.name)) == 2)
  }

  @Test func `a step that changes of the key can have led to is remembered`() throws {
    let world = try MemoryCase.world()
    _ = try forge(world, serial: 1002)
    try machine.open(world)
    #expect(try machine.remembered(world)?.serial == 1002)
  }

  @Test func `a serial that the present history leads to is not a leap`() throws {
    let world = try World()
    for serial in [900, 1800, 2700] {
      try world.store(Self.name, BaseCase.old, serial: serial)
      try world.commit()
    }
    try machine.open(world)
    #expect(try machine.remembered(world)?.serial == 2700)
  }

  @Test func `a sidecar alone cannot use up the serials of a place`() throws {
    let world = try MemoryCase.world()
    try world.edit(Self.name, "serial: 2", "serial: 999999999")
    var repository = try world.repository
    let memory = try machine.memory(world)
    repository.memory = memory
    let name = try EntryName(Self.name)
    let next = try repository.vault.lastSerial(of: name) + 1
    #expect(next == 3)
    try repository.vault.store(
      NewKey(
        entry: name, provider: "openai", key: Secret(utf8: BaseCase.new), hosts: [], serial: next),
      about: .init(), program: Keyring.gpgProgram, now: World.now)
    try memory.save()
    #expect(try machine.remembered(world)?.serial == 3)
  }

  @Test func `our own write over a forged entry is not remembered either`() throws {
    let world = try MemoryCase.world()
    let right = try forge(world, serial: 999_999_000)
    var repository = try world.repository
    let memory = try machine.memory(world)
    repository.memory = memory
    let opened = try repository.vault.open(
      repository.vault.entry(EntryName(Self.name)), requiring: .here, with: Keyring.alice.gpg)
    try repository.vault.store(
      opened.successor(
        Secret(utf8: BaseCase.new), hosts: [],
        after: repository.vault.lastSerial(of: EntryName(Self.name))),
      about: .init(), program: Keyring.gpgProgram, now: World.now)
    try memory.save()
    try restore(right, in: world)
    #expect(try machine.open(world).payload.serial == 2)
  }

  @Test func `where signatures are required, only what a writer signed is remembered`() throws {
    let world = try World.signed()
    let right = try forge(world, serial: 2)
    #expect(try machine.open(world).payload.serial == 2, "it can be looked at")
    #expect(try machine.remembered(world) == nil)
    try restore(right, in: world)
    var repository = try world.repository
    let memory = try machine.memory(world)
    repository.memory = memory
    _ = try repository.vault.open(
      repository.vault.entry(EntryName(Self.name)), requiring: .signed, with: Keyring.alice.gpg)
    try memory.save()
    #expect(try machine.remembered(world)?.serial == 1)
  }
}
