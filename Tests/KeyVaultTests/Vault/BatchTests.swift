import GPG
import Secrets
import TestSupport
import Testing

@testable import KeyVault

/// Several keys that are stored together.
@Suite(.fewAtATime)
struct BatchTests {
  private func prepared(
    _ keys: [(entry: String, serial: Int)], in vault: Vault
  ) throws -> [Vault.Prepared] {
    try keys.map { entry, serial in
      let name = try EntryName(entry)
      return try vault.prepare(
        NewKey(
          entry: name, provider: name.name, key: Secret(utf8: World.openAI), hosts: [],
          serial: serial),
        about: .init(), over: vault.present(name), program: Keyring.gpgProgram, now: World.now)
    }
  }

  @Test func `where one cannot be stored, none is`() throws {
    let world = try World()
    try world.store("p/openai", World.openAI)
    let vault = try world.repository.vault
    let batch = try prepared([("p/cohere", 1), ("p/openai", 2)], in: vault)
    #expect(try world.scratch.names(in: "vault/p") == ["openai.gpg", "openai.yaml"])
    // Another process was quicker.
    try world.store("p/openai", World.openAI + "2", serial: 2)
    #expect(failure { try vault.store(batch) } != nil)
    #expect(try world.scratch.names(in: "vault/p") == ["openai.gpg", "openai.yaml"])
    #expect(try world.open("p/openai").payload.keyText == World.openAI + "2")
  }

  @Test func `each is remembered, so that it cannot be rolled back`() throws {
    let world = try World()
    let machine = MemoryCase()
    let paths = ["vault/p/openai.gpg", "vault/p/openai.yaml"]
    try world.store("p/openai", World.openAI)
    let old = try paths.map { try world.scratch.bytes($0) }
    var repository = try world.repository
    let memory = try machine.memory(world)
    repository.memory = memory
    try repository.vault.store(
      prepared([("p/cohere", 1), ("p/openai", 2)], in: repository.vault))
    try memory.save()
    for (path, bytes) in zip(paths, old) { try world.scratch.write(bytes, to: path) }
    try machine.expectRefusal(world)
  }
}
