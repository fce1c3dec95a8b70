import GPG
import Secrets
import TestSupport
import Testing

@testable import KeyVault

/// Several keys that are stored together.
@Suite(.oneAtATime)
struct BatchTests {
  private func batch(
    _ keys: [(entry: String, serial: Int)], in vault: Vault
  ) throws -> Vault.Batch {
    var batch = Vault.Batch(in: vault)
    for (entry, serial) in keys {
      let name = try EntryName(entry)
      try batch.add(
        NewKey(
          entry: name, provider: name.name, key: Secret(utf8: World.openAI), hosts: [],
          serial: serial),
        about: .init(), over: vault.present(name), program: Keyring.gpgProgram, now: World.now)
    }
    return batch
  }

  @Test func `where one cannot be stored, none is`() throws {
    let world = try World()
    try world.store("p/openai", World.openAI)
    let batch = try batch([("p/cohere", 1), ("p/openai", 2)], in: world.repository.vault)
    #expect(try world.scratch.names(in: "vault/p") == ["openai.gpg", "openai.yaml"])
    // Somebody was quicker.
    try world.store("p/openai", World.openAI + "2", serial: 2)
    #expect(failure { try batch.apply() } != nil)
    #expect(try world.scratch.names(in: "vault/p") == ["openai.gpg", "openai.yaml"])
    #expect(try world.open("p/openai").payload.keyText == World.openAI + "2")
  }

  @Test func `each is remembered, so that what was before it cannot be put back`() throws {
    let world = try World()
    let machine = MemoryCase()
    let paths = ["vault/p/openai.gpg", "vault/p/openai.yaml"]
    try world.store("p/openai", World.openAI)
    let old = try paths.map { try world.scratch.bytes($0) }
    var repository = try world.repository
    let memory = try machine.memory(world)
    repository.memory = memory
    try batch([("p/cohere", 1), ("p/openai", 2)], in: repository.vault).apply()
    try memory.save()
    for (path, bytes) in zip(paths, old) { try world.scratch.write(bytes, to: path) }
    try machine.expectRefusal(world)
  }
}
