import Foundation
import GPG
import Secrets
import TestSupport
import Testing

@testable import KeyVault

/// What one machine opened, and what was rolled back since: by an attacker who may push, or by a
/// person on purpose.
@Suite(.fewAtATime)
struct MemoryTests {
  private let machine = MemoryCase()

  @Test func `what was opened is remembered, once, with the commit`() throws {
    let world = try MemoryCase.world()
    #expect(try machine.remembered(world) == nil)
    let opened = try machine.open(world)
    let record = try #require(try machine.remembered(world))
    #expect(record.serial == 2 && record.digest == opened.digest)
    #expect(record.commit == (try world.git("rev-parse", "HEAD").trimmingCharacters(in: .newlines)))
    let bytes = try machine.home.bytes(machine.home.memoryFile)
    #expect(try machine.open(world).doubts == [])
    #expect(
      try machine.home.bytes(machine.home.memoryFile) == bytes, "nothing new, nothing written")
  }

  @Test func `to look at a branch that tracks the local state, and to return, forgets nothing`()
    throws
  {
    let world = try MemoryCase.world()
    try machine.open(world)
    try world.git("checkout", "-q", "-b", "look")
    try world.write("x", to: ".keyvault/x")
    try world.git("add", "-f", ".keyvault")
    try world.git("commit", "-q", "-m", "x")
    try world.git("checkout", "-q", "main")
    #expect(access(world.scratch.path(".keyvault"), F_OK) != 0)
    try BaseCase.rollBack(world)
    try machine.expectRefusal(world)
  }

  @Test func `an old pair that a commit restores is refused`() throws {
    let world = try MemoryCase.world()
    try machine.open(world)
    try BaseCase.rollBack(world)
    try machine.expectRefusal(world)
    try world.commit()
    try machine.expectRefusal(world)
    #expect(try machine.remembered(world)?.serial == 2, "what was refused is not remembered")
  }

  @Test func `a pull of a rewritten history is refused`() throws {
    let world = try MemoryCase.world()
    try machine.open(world)
    try world.git("checkout", "-q", "-b", "forced", "main~1")
    try world.git("commit", "-q", "--allow-empty", "-m", "x")
    try world.git("branch", "-f", "main", "forced")
    try world.git("checkout", "-q", "main")
    // It looks like a branch with a key of its own, which is refused as well.
    let refusal = failure { try machine.open(world) }
    #expect(refusal?.kind == .malformed)
    #expect(
      refusal?.message.contains("has the serial 1 on this branch, and 2 was opened here") == true)
  }

  @Test func `an older commit that is checked out on purpose is a warning, not an error`() throws {
    let world = try MemoryCase.world()
    try machine.open(world)
    try world.git("checkout", "-q", "main~1")
    #expect(try machine.open(world).doubts == [.olderCommit])
    #expect(try machine.remembered(world)?.serial == 2, "still the highest")
    // In that commit too, only that commit's own files are excused.
    try world.store(MemoryCase.name, BaseCase.old, serial: 1)
    try machine.expectRefusal(world)
  }

  @Test func `a change that was never committed may be thrown away`() throws {
    let world = try MemoryCase.world()
    var repository = try world.repository
    let memory = try machine.memory(world)
    repository.memory = memory
    try repository.vault.store(
      NewKey(
        entry: EntryName(MemoryCase.name), provider: "openai", key: Secret(utf8: BaseCase.old),
        hosts: [],
        serial: 3), about: .init(), program: Keyring.gpgProgram, now: World.now)
    try memory.save()
    #expect(try machine.remembered(world)?.serial == 3, "what was written is remembered too")
    try world.git("checkout", "-q", "--", "vault")
    #expect(try machine.open(world).doubts == [.olderCommit])
    // What was committed meanwhile does not excuse it: the commit that is checked out came later.
    try world.git("commit", "-q", "--allow-empty", "-m", "x")
    #expect(failure { try machine.open(world) }?.kind == .malformed)
  }

  @Test func `without git nothing excuses`() throws {
    let world = try World()
    try world.store(MemoryCase.name, BaseCase.old, serial: 1)
    let old = try ["gpg", "yaml"].map { try world.scratch.bytes("vault/p/openai.\($0)") }
    try world.store(MemoryCase.name, BaseCase.new, serial: 2)
    try machine.open(world)
    for (end, bytes) in zip(["gpg", "yaml"], old) {
      try world.scratch.write(bytes, to: "vault/p/openai.\(end)")
    }
    try machine.expectRefusal(world)
    #expect(try machine.remembered(world)?.commit == nil)
  }

  @Test func `a lower serial of a new id is accepted`() throws {
    let world = try MemoryCase.world()
    try machine.open(world)
    try world.store(MemoryCase.name, BaseCase.old + "3", serial: 1)
    try machine.expectRefusal(world)
  }

  @Test func `a re-encrypted key is not rolled back`() throws {
    let world = try MemoryCase.world()
    let first = try machine.open(world)
    try world.repositoryVault.store(
      first.changed(fields: []), about: .init(), program: Keyring.gpgProgram, now: World.now)
    let second = try machine.open(world)
    #expect(second.doubts == [] && second.digest != first.digest)
    #expect(try machine.remembered(world)?.digest == second.digest)
  }

  @Test func `a key that lost its binding is reported`() throws {
    let world = try MemoryCase.world()
    try world.encrypt(BaseCase.old, to: "p/mistral")
    #expect(try machine.open(world, "p/mistral").doubts == [])
    try machine.open(world)
    try world.encrypt(BaseCase.old, to: MemoryCase.name)
    #expect(try machine.open(world).doubts == [.unbound, .otherDigest])
  }

  @Test func `a place remembers for what comes next`() throws {
    let world = try World()
    try world.store(MemoryCase.name, BaseCase.old, serial: 7)
    try machine.open(world)
    var repository = try world.repository
    repository.memory = try machine.memory(world)
    try repository.vault.remove(EntryName(MemoryCase.name))
    #expect(try repository.vault.lastSerial(of: EntryName(MemoryCase.name)) == 7)
  }

  @Test func `a repository below the top of its work tree has that one's commits`() throws {
    let world = try MemoryCase.world()
    let outer = Scratch()
    try world.scratch.remove(".git")
    try outer.write("", to: "deep/x")
    try FileManager.default.copyItem(
      atPath: world.scratch.folder, toPath: outer.path("deep/er"))
    let root = outer.path("deep/er")
    func git(_ script: String) throws {
      let script =
        "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a "
        + "GIT_COMMITTER_EMAIL=a; " + script
      let result = try run(["/bin/bash", "-c", "set -e; " + script], in: outer.folder)
      try #require(result.status == 0, "\(result.errors)")
    }
    func open() throws -> [Doubt] {
      var repository = try Repository(at: root)
      let memory = Memory(of: repository, stateHome: machine.home.path("state"))
      repository.memory = memory
      defer { try? memory.save() }
      let entry = try repository.vault.entry(EntryName(MemoryCase.name))
      return try repository.vault.open(entry, requiring: .here, with: Keyring.alice.gpg).doubts
    }
    try git("git init -q -b main; git add -A; git commit -q -m x")
    let old = try ["gpg", "yaml"].map { try outer.bytes("deep/er/vault/p/openai.\($0)") }
    try Repository(at: root).vault.store(
      NewKey(
        entry: EntryName(MemoryCase.name), provider: "openai", key: Secret(utf8: BaseCase.old),
        hosts: [],
        serial: 3), about: .init(), program: Keyring.gpgProgram, now: World.now)
    try git("git commit -q -a -m x")
    #expect(try open() == [])
    try git("git checkout -q main~1")
    #expect(try open() == [.olderCommit])
    try git("git checkout -q main")
    for (end, bytes) in zip(["gpg", "yaml"], old) {
      try outer.write(bytes, to: "deep/er/vault/p/openai.\(end)")
    }
    #expect(failure { _ = try open() }?.kind == .malformed)
  }

  @Test func `linked work trees remember each for itself`() throws {
    let world = try MemoryCase.world()
    try machine.open(world)
    let path = leftovers.newPath()
    try world.git("worktree", "add", "-q", "--detach", path, "main~1")
    defer { try? FileManager.default.removeItem(atPath: path) }
    var repository = try Repository(at: path)
    repository.memory = Memory(of: repository, stateHome: machine.home.path("state"))
    let entry = try repository.vault.entry(EntryName(MemoryCase.name))
    #expect(
      try repository.vault.open(entry, requiring: .here, with: Keyring.alice.gpg).doubts == [])
  }
}
