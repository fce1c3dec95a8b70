import Foundation
import GPG
import Secrets
import TestSupport
import Testing

@testable import KeyVault

/// The file in which a machine remembers: what of it counts, and what an attacker who may write it
/// cannot do.
@Suite(.fewAtATime)
struct MemoryFileTests {
  private let machine = MemoryCase()

  @Test func `lines of another machine, another place or another vault do not count`() throws {
    let world = try MemoryCase.world()
    try machine.open(world)
    let file = try machine.home.memoryFile
    let line = try machine.home.text(file)
    let other = MemoryCase()
    #expect(try other.memory(world).record(of: EntryName(MemoryCase.name)) == nil)
    try other.open(world, "p/openai")
    try other.home.write(line, to: other.home.memoryFile)
    let copied = try other.memory(world)
    #expect(try copied.record(of: EntryName(MemoryCase.name)) == nil)
    #expect(copied.foreign == 1)

    // An attacker who may write here raises, lowers or renames, and cannot sign.
    for (old, new) in [(" 2 sha", " 9 sha"), (" 2 sha", " 1 sha"), ("p/openai", "p/mistral")] {
      try machine.home.write(line.replacing(old, with: new), to: file)
      let memory = try machine.memory(world)
      for name in ["p/openai", "p/mistral"] {
        #expect(try memory.record(of: EntryName(name)) == nil, "\(new)")
      }
      #expect(memory.foreign == 1)
    }
    for text in ["", "\n", "{}\n", "\0\n", "}\n \n", String(line.dropLast(9)) + "\n"] {
      try machine.home.write(text + line, to: file)
      #expect(try machine.remembered(world)?.serial == 2, "\(text)")
    }

    // What is remembered goes by the repository's path.
    let elsewhere = try MemoryCase.world()
    let third = MemoryCase()
    try third.open(elsewhere)
    let theirs = try third.home.memoryFile
    try third.home.write(
      line + third.home.text(theirs).replacing(" 2 sha256", with: " 9 sha256"), to: theirs)
    #expect(try third.remembered(elsewhere) == nil)
    try world.write(
      "version: 1\nvault: \"\(String(repeating: "ab", count: 16))\"\n", to: "keyvault.yaml")
    #expect(try machine.remembered(world) == nil, "a key of another vault has serials of its own")
  }

  @Test func `a memory that was committed or linked is refused before it is read`() throws {
    let world = try MemoryCase.world()
    try machine.open(world)
    try world.write("x", to: ".keyvault/x")
    try world.git("add", "-f", ".keyvault")
    #expect(failure { try machine.open(world) }?.message.contains("is tracked by git") == true)
    try world.git("rm", "-q", "-r", "--cached", ".keyvault")
    try world.scratch.move(".keyvault", to: "elsewhere")
    try world.scratch.link(".keyvault", to: "elsewhere")
    #expect(failure { try machine.open(world) }?.message.contains("is not a folder") == true)
  }

  @Test func `where nothing can be kept keys open all the same`() throws {
    let world = try MemoryCase.world()
    let memory = Memory(of: try world.repository, stateHome: "/dev/null/x")
    var repository = try world.repository
    repository.memory = memory
    _ = try repository.vault.open(
      world.entry(MemoryCase.name), requiring: .here, with: Keyring.alice.gpg)
    #expect(failure { try memory.save() }?.message.contains("cannot make the folder") == true)
    #expect(!world.scratch.holds(".keyvault/serials.jsonl"))
  }

  @Test func `what is forgotten is forgotten alone`() throws {
    let world = try MemoryCase.world()
    try world.store("p/mistral", "NotARealKeyNotARealKeyNotARealKe", serial: 5)
    try machine.open(world)
    try machine.open(world, "p/mistral")
    try BaseCase.rollBack(world)
    try machine.expectRefusal(world)
    try machine.memory(world).forget([EntryName(MemoryCase.name)])
    #expect(try machine.open(world).doubts == [])
    #expect(try machine.remembered(world)?.serial == 1)
    #expect(try machine.memory(world).record(of: EntryName("p/mistral"))?.serial == 5)
  }

  @Test func `the file stays short, however often it is written`() throws {
    let world = try World()
    let name = try EntryName(MemoryCase.name)
    for serial in 1...200 {
      let memory = try machine.memory(world)
      try memory.learn(name, serial: serial, digest: "sha256:\(serial)")
      try memory.save()
    }
    #expect(try machine.remembered(world)?.serial == 200)
    let lines = try machine.home.text(machine.home.memoryFile).split(separator: "\n")
    #expect(lines.count < 80, "\(lines.count)")
  }

  @Test func `processes that write at once lose nothing`() throws {
    let world = try World()
    let repository = try world.repository
    let state = machine.home.path("state")
    try machine.memory(world).learnAndSave("p/first", 1)
    onThreads(4) { writer in
      for serial in 1...60 {
        try? Memory(of: repository, stateHome: state).learnAndSave("p/k\(writer)", serial)
      }
    }
    for writer in 0..<4 {
      #expect(try machine.memory(world).record(of: EntryName("p/k\(writer)"))?.serial == 60)
    }
  }
}

extension Memory {
  fileprivate func learnAndSave(_ name: String, _ serial: Int) throws {
    try learn(EntryName(name), serial: serial, digest: "sha256:0")
    try save()
  }
}

extension Scratch {
  fileprivate func holds(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: path(name))
  }
}
