import Foundation
import GPG
import Secrets
import TestSupport
import Testing

@testable import KeyVault

/// A pull request rolls keys back, in every way that a tree can be written.
@Suite(.fewAtATime)
struct RollbackTests {
  private static let name = "p/openai"

  /// Serial 1 in the first commit of `main`, 2 in the second.
  private func world() throws -> World {
    let world = try World()
    try world.store(Self.name, BaseCase.old, serial: 1)
    try world.commit()
    try world.store(Self.name, BaseCase.new, serial: 2)
    try world.commit()
    return world
  }

  private func codes(_ world: World, base: String = "main") throws -> [String] {
    try world.findings(base: base).map(\.code)
  }

  private func edit(_ world: World, _ old: String, _ new: String) throws {
    let path = "vault/p/openai.yaml"
    let lines = try world.scratch.text(path).split(separator: "\n")
    let edited = lines.map { $0.hasPrefix(old) ? new : String($0) }
    try world.write(edited.joined(separator: "\n") + "\n", to: path)
  }

  private func fitDigest(_ world: World) throws {
    let digest = Vault.digest(try world.scratch.bytes("vault/p/openai.gpg"))
    try edit(world, "digest:", "digest: \(digest)")
  }

  @Test func `an honest change has no finding`() throws {
    let world = try world()
    #expect(try codes(world) == [])
    #expect(try codes(world, base: "main~1") == [])
    try world.store(Self.name, BaseCase.old + "3", serial: 3)
    #expect(try codes(world) == [])
    try world.store("q/openai", BaseCase.old, serial: 1)
    #expect(try codes(world) == ["entry-added"])
    // Encrypted again: another ciphertext of the same serial and lineage.
    let reencrypted = try self.world()
    let opened = try reencrypted.open(Self.name)
    try reencrypted.repositoryVault.store(
      opened.changed(fields: []), about: .init(), program: Keyring.gpgProgram, now: World.now)
    #expect(try codes(reencrypted) == [])
  }

  @Test func `an old pair is one finding, with the command that restores`() throws {
    let world = try world()
    try BaseCase.rollBack(world)
    let findings = try world.findings(base: "main")
    #expect(findings.map(\.code) == ["rolled-back"])
    #expect(findings[0].message == "the serial went back from 2 to 1 in 'main'")
    #expect(
      findings[0].hint?.hasPrefix(
        "restore it: git checkout main -- vault/p/openai.gpg vault/p/openai.yaml") == true)
    #expect(try world.findings().map(\.code) == [], "without a base it is a sound pair")
  }

  @Test func `an old ciphertext under a new serial, id and digest is known again`() throws {
    let world = try world()
    try BaseCase.rollBack(world, ["p/openai.gpg"])
    try edit(world, "serial:", "serial: 3")
    try edit(world, "id:", "id: 01JD7Z3K8Q5M2N4P6R8T0V1W2X")
    try fitDigest(world)
    #expect(try codes(world) == ["rolled-back"])
  }

  @Test(arguments: ["--enarmor", "split"])
  func `an old ciphertext in another framing is known again`(how: String) throws {
    let world = try world()
    try BaseCase.rollBack(world, ["p/openai.gpg"])
    let path = "vault/p/openai.gpg"
    let bytes = try world.scratch.bytes(path)
    if how == "split" {
      // The same packets with lengths of five octets.
      try world.scratch.write(Self.reframed(bytes), to: path)
    } else {
      let armored = try Keyring.alice.gpg(["--enarmor"], input: bytes)
      let text = String(decoding: armored, as: UTF8.self)
        .replacing("PGP ARMORED FILE", with: "PGP MESSAGE")
      try world.write(text, to: path)
    }
    try edit(world, "serial:", "serial: 3")
    try fitDigest(world)
    #expect(try Message(world.scratch.bytes(path)).recipients.count == 1)
    #expect(try codes(world) == ["rolled-back"])
  }

  private static func reframed(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var offset = 0
    while offset < bytes.count {
      let header = bytes[offset]
      let isNew = header & 0x40 != 0
      let tag = isNew ? header & 63 : header >> 2 & 15
      var length = Int(bytes[offset + 1])
      offset += 2
      if isNew, length >= 192 {
        length = (length - 192) << 8 + Int(bytes[offset]) + 192
        offset += 1
      } else if !isNew, header & 3 == 1 {
        length = length << 8 + Int(bytes[offset])
        offset += 1
      }
      result += [0xC0 | tag, 255, 0, 0, UInt8(length >> 8), UInt8(length & 255)]
      result += bytes[offset..<offset + length]
      offset += length
    }
    return result
  }

  @Test func `the same serial for another key is not a re-encryption`() throws {
    let world = try world()
    try world.store(Self.name, BaseCase.old + "3", serial: 2)
    let findings = try world.findings(base: "main")
    #expect(findings.map(\.code) == ["rolled-back"])
    #expect(findings[0].message.hasPrefix("the serial is still 2, but the key is another one"))
  }

  @Test func `a sidecar alone does not end an exposure`() throws {
    let world = try world()
    let path = "vault/p/openai.yaml"
    let sound = try world.scratch.text(path)
    let marked = sound + "exposed: {to: \(Keyring.bob.fingerprint), since: 2026-11-20, reason: x}\n"
    try world.write(marked, to: path)
    try world.commit()
    func messages() throws -> [String] {
      try world.findings(base: "main").filter { $0.code == "debt-dropped" }.map(\.message)
    }
    #expect(try messages() == [])
    try world.write(sound, to: path)
    #expect(
      try messages() == [
        "the mark 'exposed' was removed without a rotation, since 'main'"
      ])
    try world.write(marked.replacing("2026-11-20", with: "2099-01-01"), to: path)
    #expect(try messages() == ["this key was exposed earlier, on 2026-11-20, in 'main'"])
    try world.write(marked.replacing("2026-11-20", with: "2026-11-19"), to: path)
    #expect(try messages() == [])
    try world.write(sound, to: path)
    try edit(world, "serial:", "serial: 3")
    let other = ["the ciphertext has not changed, but its id or serial has, since 'main'"]
    #expect(try messages() == other)
    try edit(world, "id:", "id: 01JD7Z3K8Q5M2N4P6R8T0V1W2X")
    #expect(try messages() == other)
    // The same key, re-encrypted, keeps the mark; only a new key ends it.
    try world.write(marked, to: path)
    let opened = try world.open(Self.name)
    try world.repositoryVault.store(
      opened.changed(fields: []), about: .init(), program: Keyring.gpgProgram, now: World.now)
    #expect(try messages() == [])
    try world.write(
      world.scratch.text(path).split(separator: "\n").filter { !$0.hasPrefix("exposed") }
        .joined(separator: "\n") + "\n", to: path)
    #expect(try messages().count == 1)
    try world.store(Self.name, BaseCase.new + "3", serial: 3)
    #expect(try messages() == [])
  }

  @Test func `a serial that leaps is found, and leaves numbers for the next key`() throws {
    let world = try world()
    try world.git("checkout", "-q", "-b", "side")
    for serial in ["1000000000", "9223372036854775807"] {
      try edit(world, "serial:", "serial: \(serial)")
      if serial.count == 10 {
        #expect(try codes(world).contains("rolled-back"))
      }
      try world.commit()
    }
    try world.git("checkout", "-q", "main", "--", "vault")
    try world.commit()
    #expect(try world.repositoryVault.lastSerial(of: EntryName(Self.name)) == 2)
  }

  @Test func `an entry that was removed first and restored later is found too`() throws {
    let world = try world()
    try world.git("checkout", "-q", "-b", "side")
    try world.git("rm", "-q", "-r", "vault/p")
    try world.commit()
    // The old pair, then a forged one that starts to count again.
    try BaseCase.rollBack(world)
    #expect(try codes(world, base: "side") == ["entry-added", "rolled-back"])
    try world.git("rm", "-q", "-r", "-f", "vault/p")
    try world.store(Self.name, BaseCase.old, serial: 1)
    #expect(try codes(world, base: "side") == ["entry-added", "rolled-back"])
    try world.scratch.remove("vault/p")
    try world.store(Self.name, BaseCase.old, serial: 3)
    #expect(try codes(world, base: "side") == ["entry-added"])
  }

  @Test func `what comes to an emptied place is numbered above what was there`() throws {
    let world = try world()
    let name = try EntryName(Self.name)
    #expect(try world.repositoryVault.lastSerial(of: EntryName("q/none")) == 0)
    try world.repositoryVault.remove(name)
    #expect(try world.repositoryVault.lastSerial(of: name) == 2)
    try world.commit()
    #expect(try world.repositoryVault.lastSerial(of: name) == 2)
  }

  @Test(arguments: ["[", "serial: x\n", "", "gone"])
  func `a base whose sidecar has no serial does not hide the one before`(broken: String) throws {
    let world = try world()
    let path = "vault/p/openai.yaml"
    let sound = try world.scratch.text(path)
    let marked = sound + "exposed: {to: \(Keyring.bob.fingerprint), since: 2026-11-20, reason: x}\n"
    try world.write(marked, to: path)
    try world.commit()
    try world.scratch.remove(path)
    if broken != "gone" { try world.write(broken, to: path) }
    try world.commit()
    // The key of then, encrypted again, so that its ciphertext is none that was here.
    try world.git("rm", "-q", "-r", "vault/p")
    try world.store(Self.name, BaseCase.old, serial: 1)
    let findings = try world.findings(base: "main").filter { $0.code == "rolled-back" }
    #expect(
      findings.map(\.message) == [
        "the serial went back from 2 to 1 in the history before 'main', whose sidecar "
          + "has no serial"
      ])
    // Neither does it end an exposure: the base's own key, with its sidecar back, except for the mark.
    try world.git("checkout", "-q", "main", "--", "vault/p/openai.gpg")
    try world.write(sound, to: path)
    #expect(try codes(world).contains("debt-dropped"))
    try world.write(marked, to: path)
    #expect(try codes(world).allSatisfy { !["debt-dropped", "rolled-back"].contains($0) })
  }

  @Test(arguments: ["0000000000000000000000000000000000000001", "no id"])
  func `a history that cannot be read does not count as empty`(head: String) throws {
    let world = try world()
    let name = try EntryName(Self.name)
    try world.repositoryVault.remove(name)
    #expect(try world.repositoryVault.lastSerial(of: name) == 2)
    try world.write(head + "\n", to: ".git/refs/heads/main")
    #expect(failure { _ = try world.repositoryVault.lastSerial(of: name) } != nil)
    // A branch without a commit has none.
    try world.scratch.remove(".git/refs/heads/main")
    #expect(try world.repositoryVault.lastSerial(of: name) == 0)
  }

  @Test func `an older ciphertext that a merge left aside counts`() throws {
    let world = try world()
    try world.git("checkout", "-q", "-b", "side", "main~1")
    try world.store(Self.name, BaseCase.old + "5", serial: 2)
    let aside = try world.scratch.bytes("vault/p/openai.gpg")
    try world.commit()
    try world.git("checkout", "-q", "main")
    try world.git("merge", "-q", "-s", "ours", "-m", "x", "side")
    try world.scratch.write(aside, to: "vault/p/openai.gpg")
    try edit(world, "serial:", "serial: 3")
    try fitDigest(world)
    #expect(try codes(world) == ["rolled-back"])
  }

  @Test func `a key that moved keeps its serial`() throws {
    let world = try world()
    let name = try EntryName(Self.name)
    let opened = try world.open(Self.name)
    let target = try EntryName("q/openai")
    try world.repositoryVault.store(
      opened.moved(to: target, after: 0), about: .init(), from: name, program: Keyring.gpgProgram,
      now: World.now)
    try world.repositoryVault.remove(name)
    #expect(try codes(world) == ["entry-removed", "entry-added"])
    let text = try world.scratch.text("vault/q/openai.yaml")
    try world.write(text.replacing("serial: 2", with: "serial: 1"), to: "vault/q/openai.yaml")
    #expect(try codes(world) == ["entry-removed", "entry-added", "rolled-back"])
  }

  @Test func `which of the two files was changed alone is said`() throws {
    let world = try world()
    try BaseCase.rollBack(world, ["p/openai.gpg"])
    let message = try world.findings(base: "main").first { $0.code == "digest-mismatch" }?.message
    #expect(message?.hasSuffix(", the ciphertext: the sidecar is as in 'main'") == true)
    let other = try self.world()
    try edit(other, "digest:", "digest: sha256:\(String(repeating: "0", count: 64))")
    let said = try other.findings(base: "main").first { $0.code == "digest-mismatch" }?.message
    #expect(said?.hasSuffix(", the sidecar: the ciphertext is as in 'main'") == true)
  }

  @Test func `a policy that the change brings does not count for it`() throws {
    let world = try world()
    try world.configure("policy: {hidden: allow}\n")
    let arguments = ["--trust-model", "always", "-e", "-R", Keyring.alice.fingerprint]
    try world.scratch.write(
      Keyring.alice.gpg(arguments, input: Array(BaseCase.old.utf8)), to: "vault/p/hidden.gpg")
    #expect(try !codes(world, base: "main").filter { $0 == "hidden-recipient" }.isEmpty)
    #expect(try world.findings().filter { $0.code == "hidden-recipient" }.isEmpty)
  }
}
