import Foundation
import Testing

@testable import KeyVault

extension Scratch {
  /// The file in which the state home `state` remembers its only repository.
  var memoryFile: String {
    get throws {
      let folders = try FileManager.default.contentsOfDirectory(
        atPath: path("state/repositories"))
      try #require(folders.count == 1)
      return "state/repositories/\(folders[0])/serials.jsonl"
    }
  }
}

/// A machine that opens an entry, remembers what it opened, and opens again.
struct MemoryCase {
  static let name = "p/openai"
  let home = Scratch()

  /// Serial 1 in the first commit, 2 in the second, which is checked out.
  static func world() throws -> World {
    let world = try World()
    try world.write(".keyvault/\n", to: ".gitignore")
    try world.store(Self.name, BaseCase.old, serial: 1)
    try world.commit()
    try world.store(Self.name, BaseCase.new, serial: 2)
    try world.commit()
    return world
  }

  func memory(_ world: World, state: String = "state") throws -> Memory {
    Memory(of: try world.repository, stateHome: home.path(state))
  }

  /// As a command does: with a memory of its own, written down at its end.
  @discardableResult
  func open(
    _ world: World, _ name: String = name, state: String = "state"
  ) throws -> OpenedEntry {
    var repository = try world.repository
    let memory = try memory(world, state: state)
    repository.memory = memory
    defer { try? memory.save() }
    let entry = try repository.vault.entry(EntryName(name))
    return try repository.vault.open(entry, requiring: .here, with: Keyring.alice.gpg)
  }

  func remembered(_ world: World) throws -> Memory.Record? {
    try memory(world).record(of: EntryName(Self.name))
  }

  func expectRefusal(
    _ world: World, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let refusal = failure { try open(world) }
    #expect(
      refusal?.kind == .malformed, "\(String(describing: refusal))", sourceLocation: sourceLocation)
    #expect(
      refusal?.message
        == "'p/openai' was rolled back: its serial is 1, but 2 was opened here",
      sourceLocation: sourceLocation)
    #expect(
      refusal?.hints.first?.hasSuffix("keyvault accept p/openai") == true,
      sourceLocation: sourceLocation)
  }
}
