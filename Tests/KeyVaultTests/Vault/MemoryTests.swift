import Foundation
import GPG
import Secrets
import Testing

@testable import KeyVault

/// What one machine opened, and what was put back since: by whoever may push, by a person on purpose,
/// and by somebody who would like this machine to forget.
@Suite(.oneAtATime)
struct MemoryTests {
  private static let name = "p/openai"
  private let home = Scratch()

  /// Serial 1 in the first commit, 2 in the second, which is checked out.
  private func world() throws -> World {
    let world = try World()
    try world.write(".keyvault/\n", to: ".gitignore")
    try world.store(Self.name, BaseCase.old, serial: 1)
    try world.commit()
    try world.store(Self.name, BaseCase.new, serial: 2)
    try world.commit()
    return world
  }

  private func memory(_ world: World, state: String = "state") throws -> Memory {
    Memory(of: try world.repository, stateHome: home.path(state))
  }

  /// As a command does: with a memory of its own, written down at its end.
  @discardableResult
  private func open(
    _ world: World, _ name: String = name, state: String = "state"
  ) throws -> OpenedEntry {
    var repository = try world.repository
    let memory = try memory(world, state: state)
    repository.memory = memory
    defer { try? memory.save() }
    let entry = try repository.vault.entry(EntryName(name))
    return try repository.vault.open(entry, with: Keyring.alice.gpg)
  }

  private func remembered(_ world: World) throws -> Memory.Record? {
    try memory(world).record(of: EntryName(Self.name))
  }

  private func rollBack(_ world: World) throws {
    try BaseCase.rollBack(world)
  }

  private func expectRefusal(
    _ world: World, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let refusal = failure { try open(world) }
    #expect(
      refusal?.kind == .malformed, "\(String(describing: refusal))", sourceLocation: sourceLocation)
    #expect(
      refusal?.message
        == "'p/openai' was put back: its serial is 1, and 2 was opened here before",
      sourceLocation: sourceLocation)
    #expect(
      refusal?.hints.first?.hasSuffix("keyvault trust p/openai") == true,
      sourceLocation: sourceLocation)
  }

  @Test func `what was opened is remembered, once, with the commit`() throws {
    let world = try world()
    #expect(try remembered(world) == nil)
    let opened = try open(world)
    let record = try #require(try remembered(world))
    #expect(record.serial == 2 && record.digest == opened.digest)
    #expect(record.commit == (try world.git("rev-parse", "HEAD").trimmingCharacters(in: .newlines)))
    let bytes = try world.scratch.bytes(".keyvault/serials.jsonl")
    #expect(try open(world).doubts == [])
    #expect(
      try world.scratch.bytes(".keyvault/serials.jsonl") == bytes, "nothing new, nothing written")
  }

  @Test func `an old pair that a commit puts back is refused`() throws {
    let world = try world()
    try open(world)
    try rollBack(world)
    try expectRefusal(world)
    try world.commit()
    try expectRefusal(world)
    #expect(try remembered(world)?.serial == 2, "what was refused is not remembered")
  }

  @Test func `a pull of a history that was written anew is refused`() throws {
    let world = try world()
    try open(world)
    try world.git("checkout", "-q", "-b", "forced", "main~1")
    try world.git("commit", "-q", "--allow-empty", "-m", "x")
    try world.git("branch", "-f", "main", "forced")
    try world.git("checkout", "-q", "main")
    try expectRefusal(world)
  }

  @Test func `who goes back in history on purpose is told, not stopped`() throws {
    let world = try world()
    try open(world)
    try world.git("checkout", "-q", "main~1")
    #expect(try open(world).doubts == [.olderCommit])
    #expect(try remembered(world)?.serial == 2, "still the highest")
    // In that commit too, only that commit's own files are excused.
    try world.store(Self.name, BaseCase.old, serial: 1)
    try expectRefusal(world)
  }

  @Test func `a change that was never committed may be thrown away`() throws {
    let world = try world()
    var repository = try world.repository
    let memory = try memory(world)
    repository.memory = memory
    try repository.vault.store(
      NewKey(
        entry: EntryName(Self.name), provider: "openai", key: Secret(utf8: BaseCase.old), hosts: [],
        serial: 3), about: .init(), program: Keyring.gpgProgram, now: World.now)
    try memory.save()
    #expect(try remembered(world)?.serial == 3, "what was written is remembered too")
    try world.git("checkout", "-q", "--", "vault")
    #expect(try open(world).doubts == [.olderCommit])
    // What was committed meanwhile is no excuse: the commit that is checked out came later.
    try world.git("commit", "-q", "--allow-empty", "-m", "x")
    #expect(failure { try open(world) }?.kind == .malformed)
  }

  @Test func `without git nothing excuses`() throws {
    let world = try World()
    try world.store(Self.name, BaseCase.old, serial: 1)
    let old = try ["gpg", "yaml"].map { try world.scratch.bytes("vault/p/openai.\($0)") }
    try world.store(Self.name, BaseCase.new, serial: 2)
    try open(world)
    for (end, bytes) in zip(["gpg", "yaml"], old) {
      try world.scratch.write(bytes, to: "vault/p/openai.\(end)")
    }
    try expectRefusal(world)
    #expect(try remembered(world)?.commit == nil)
  }

  @Test func `a lower serial is no news of a new id`() throws {
    let world = try world()
    try open(world)
    try world.store(Self.name, BaseCase.old + "3", serial: 1)
    try expectRefusal(world)
  }

  @Test func `encrypted again is not put back`() throws {
    let world = try world()
    let first = try open(world)
    try world.repositoryVault.store(
      first.changed(fields: []), about: .init(), program: Keyring.gpgProgram, now: World.now)
    let second = try open(world)
    #expect(second.doubts == [] && second.digest != first.digest)
    #expect(try remembered(world)?.digest == second.digest)
  }

  @Test func `a key that lost its binding is told`() throws {
    let world = try world()
    try world.encrypt(BaseCase.old, to: "p/mistral")
    #expect(try open(world, "p/mistral").doubts == [])
    try open(world)
    try world.encrypt(BaseCase.old, to: Self.name)
    #expect(try open(world).doubts == [.unbound, .otherDigest])
  }

  @Test func `a place remembers for what comes next`() throws {
    let world = try World()
    try world.store(Self.name, BaseCase.old, serial: 7)
    try open(world)
    var repository = try world.repository
    repository.memory = try memory(world)
    try repository.vault.remove(EntryName(Self.name))
    #expect(try repository.vault.lastSerial(of: EntryName(Self.name)) == 7)
  }

  @Test func `lines of another machine, another place or another vault do not count`() throws {
    let world = try world()
    try open(world)
    let file = ".keyvault/serials.jsonl"
    let line = try world.scratch.text(file)
    let other = try memory(world, state: "other")
    #expect(try other.record(of: EntryName(Self.name)) == nil)
    #expect(other.foreign == 1)

    // Somebody who may write here raises, lowers or renames, and cannot sign.
    for (old, new) in [(" 2 sha", " 9 sha"), (" 2 sha", " 1 sha"), ("p/openai", "p/mistral")] {
      try world.write(line.replacing(old, with: new), to: file)
      let memory = try memory(world)
      for name in ["p/openai", "p/mistral"] {
        #expect(try memory.record(of: EntryName(name)) == nil, "\(new)")
      }
      #expect(memory.foreign == 1)
    }
    for text in ["", "\n", "{}\n", "\0\n", "}\n \n", String(line.dropLast(9)) + "\n"] {
      try world.write(text + line, to: file)
      #expect(try remembered(world)?.serial == 2, "\(text)")
    }

    let elsewhere = try World()
    try elsewhere.write(line, to: file)
    #expect(try remembered(elsewhere) == nil)
    try world.write(
      "version: 1\nvault: \"\(String(repeating: "ab", count: 16))\"\n", to: "keyvault.yaml")
    #expect(try remembered(world) == nil, "a key of another vault has serials of its own")
  }

  @Test func `a memory that was committed or linked is refused before it is read`() throws {
    let world = try world()
    try open(world)
    try world.git("add", "-f", ".keyvault")
    #expect(failure { try open(world) }?.message.contains("is tracked by git") == true)
    try world.git("rm", "-q", "-r", "--cached", ".keyvault")
    try world.scratch.move(".keyvault", to: "elsewhere")
    try world.scratch.link(".keyvault", to: "elsewhere")
    #expect(failure { try open(world) }?.message.contains("is not a folder") == true)
  }

  @Test func `where nothing can be kept keys open all the same`() throws {
    let world = try world()
    let memory = Memory(of: try world.repository, stateHome: "/dev/null/x")
    var repository = try world.repository
    repository.memory = memory
    _ = try repository.vault.open(world.entry(Self.name), with: Keyring.alice.gpg)
    #expect(failure { try memory.save() }?.message.contains("cannot make the folder") == true)
    #expect(!world.scratch.holds(".keyvault"))
  }

  @Test func `what is forgotten is forgotten alone`() throws {
    let world = try world()
    try world.store("p/mistral", "NotARealKeyNotARealKeyNotARealKe", serial: 5)
    try open(world)
    try open(world, "p/mistral")
    try rollBack(world)
    try expectRefusal(world)
    try memory(world).forget([EntryName(Self.name)])
    #expect(try open(world).doubts == [])
    #expect(try remembered(world)?.serial == 1)
    #expect(try memory(world).record(of: EntryName("p/mistral"))?.serial == 5)
  }

  @Test func `the file stays short, however often it is written`() throws {
    let world = try World()
    let name = try EntryName(Self.name)
    for serial in 1...200 {
      let memory = try memory(world)
      memory.learn(name, serial: serial, digest: "sha256:\(serial)")
      try memory.save()
    }
    #expect(try remembered(world)?.serial == 200)
    let lines = try world.scratch.text(".keyvault/serials.jsonl").split(separator: "\n")
    #expect(lines.count < 80, "\(lines.count)")
  }

  @Test func `processes that write at once lose nothing`() throws {
    let world = try World()
    let repository = try world.repository
    let state = home.path("state")
    try memory(world).learnAndSave("p/first", 1)
    onThreads(4) { writer in
      for serial in 1...60 {
        try? Memory(of: repository, stateHome: state).learnAndSave("p/k\(writer)", serial)
      }
    }
    for writer in 0..<4 {
      #expect(try memory(world).record(of: EntryName("p/k\(writer)"))?.serial == 60)
    }
  }

  @Test func `a repository below the top of its work tree has that one's commits`() throws {
    let world = try world()
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
      let memory = Memory(of: repository, stateHome: home.path("state"))
      repository.memory = memory
      defer { try? memory.save() }
      let entry = try repository.vault.entry(EntryName(Self.name))
      return try repository.vault.open(entry, with: Keyring.alice.gpg).doubts
    }
    try git("git init -q -b main; git add -A; git commit -q -m x")
    let old = try ["gpg", "yaml"].map { try outer.bytes("deep/er/vault/p/openai.\($0)") }
    try Repository(at: root).vault.store(
      NewKey(
        entry: EntryName(Self.name), provider: "openai", key: Secret(utf8: BaseCase.old), hosts: [],
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
    let world = try world()
    try open(world)
    let path = leftovers.newPath()
    try world.git("worktree", "add", "-q", "--detach", path, "main~1")
    defer { try? FileManager.default.removeItem(atPath: path) }
    var repository = try Repository(at: path)
    repository.memory = Memory(of: repository, stateHome: home.path("state"))
    let entry = try repository.vault.entry(EntryName(Self.name))
    #expect(try repository.vault.open(entry, with: Keyring.alice.gpg).doubts == [])
  }
}

extension Memory {
  fileprivate func learnAndSave(_ name: String, _ serial: Int) throws {
    learn(try EntryName(name), serial: serial, digest: "sha256:0")
    try save()
  }
}

extension Scratch {
  fileprivate func holds(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: path(name))
  }
}
