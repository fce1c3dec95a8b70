import Foundation
import GPG
import TestSupport
import Testing

@testable import KeyVault

/// What gpg said is remembered, and only what gpg said.
@Suite(.fewAtATime)
struct PublicKeyMemoTests {
  private let home = Scratch()

  /// A gpg that counts how often it is started.
  private func counted(_ world: World, now: Timestamp = World.now) throws -> GPGProgram {
    let log = world.scratch.path("log")
    let program = world.scratch.path("gpg")
    if !FileManager.default.fileExists(atPath: program) {
      try world.write("#!/bin/sh\necho x >> \(log)\nexec /usr/bin/gpg \"$@\"\n", to: "gpg")
      chmod(program, 0o755)
    }
    try world.write("", to: "log")
    let state = try LocalState(of: world.repository, stateHome: home.path("state"))
    return GPGProgram(
      path: program, runtimeDirectory: nil, memo: PublicKeyMemo(state, now: now))
  }

  private func starts(_ world: World) throws -> Int {
    try world.scratch.text("log").split(separator: "\n").count
  }

  private func findings(_ world: World) throws -> [String] {
    try world.findings(program: counted(world)).map(\.text)
  }

  @Test func `an unchanged repository starts no gpg, and finds the same`() throws {
    let world = try World()
    try world.store("p/openai", FindingCase.key)
    try world.want([Keyring.alice.fingerprint, Keyring.bob.fingerprint])
    let first = try findings(world)
    #expect(try starts(world) > 0)
    #expect(first.count == 1)
    #expect(try findings(world) == first)
    #expect(try starts(world) == 0)
  }

  @Test func `a changed file is asked about again, and the others are not`() throws {
    let world = try World()
    _ = try findings(world)
    try world.scratch.write(
      Keyring.alice.publicKey, to: "vault/.public-keys/\(Keyring.bob.fingerprint)")
    // The same bytes as Alice's, which are known.
    #expect(try findings(world).count == 1)
    #expect(try starts(world) == 0)
    // What gpg is not shown starts none.
    try world.write("no key\n", to: "vault/.public-keys/\(Keyring.bob.fingerprint)")
    #expect(try findings(world).count == 1)
    #expect(try starts(world) == 0)
    try world.scratch.write(
      Keyring.bob.publicKey + Array("another text\n".utf8),
      to: "vault/.public-keys/\(Keyring.bob.fingerprint)")
    #expect(try findings(world).count == 0)
    #expect(try starts(world) > 0)
  }

  @Test func `a memo with another machine's MAC is ignored`() throws {
    let world = try World()
    _ = try findings(world)
    let file = ".keyvault/\(LocalState.Log.publicKeys.name)"
    let text = try world.scratch.text(file)
    #expect(text.contains(Keyring.alice.fingerprint))
    try world.write(text.replacing("alice@", with: "mally@"), to: file)
    #expect(try findings(world) == [])
    #expect(try starts(world) > 0)
    // Another machine's.
    let other = try World()
    try other.write(text, to: file)
    _ = try findings(other)
    #expect(try starts(other) > 0)
  }

  @Test func `what has expired is judged by today's clock`() throws {
    let home = GPGHome()
    let key = try home.key("kim", expires: "20950101T000000", at: "20200101T000000")
    let world = try World()
    try world.publish(key, from: home)
    for (day, isExpired) in [("2094-12-31", false), ("2095-01-01", true), ("2094-12-31", false)] {
      let program = try counted(world, now: Timestamp(day)!)
      let bytes = try world.scratch.bytes("vault/.public-keys/\(key)")
      let found = try program.inspect(bytes)[0]
      #expect(found.isExpired == isExpired && found.encryptionKeyIDs.isEmpty == isExpired)
    }
    #expect(try starts(world) == 0)
  }
}
