import Foundation
import GPG
import TestSupport
import Testing

@testable import KeyVault

/// `recipients refresh`, and what a file is stripped of, with keys that real owners change.
@Suite(.fewAtATime)
struct RefreshTests {
  private static let old = "20200101T000000"

  /// A repository in which that key of `home` is a recipient.
  private func world(_ key: String, _ home: GPGHome) throws -> World {
    let world = try World()
    try world.publish(key, from: home)
    try world.want([Keyring.alice.fingerprint, key])
    return world
  }

  private func refresh(_ world: World, _ key: String, from home: GPGHome) throws -> Vault.Refresh {
    let keyring = GPG(program: Keyring.program, home: home.path)
    let results = try world.repository.vault.refreshRecipients(
      [key], from: keyring, program: Keyring.gpgProgram)
    return try #require(results.keys.first)
  }

  private func file(_ world: World, _ key: String) throws -> [UInt8] {
    try world.scratch.bytes("vault/.public-keys/\(key)")
  }

  private func key(in bytes: [UInt8]) throws -> Key {
    try #require(GPG.inspect(publicKeyFile: bytes, program: Keyring.program).first)
  }

  @Test func `a longer life, a subkey and a revocation are taken, one after the other`() throws {
    let home = GPGHome()
    let key = try home.key("carol", expires: "20900101T000000", at: Self.old)
    let world = try world(key, home)
    let before = try file(world, key)
    #expect(try refresh(world, key, from: home).outcome == .unchanged)
    #expect(try file(world, key) == before)

    try home.gpg(["--quick-set-expire", key, "20950101T000000"])
    try home.gpg(["--quick-set-expire", key, "20950101T000000", "*"])
    let longer = try refresh(world, key, from: home)
    #expect(longer.outcome == .updated)
    #expect(longer.before?.day == "2090-01-01" && longer.after?.day == "2095-01-01")
    try home.gpg(["--quick-add-key", key, "cv25519", "encr", "never"])
    #expect(try refresh(world, key, from: home).outcome == .updated)
    #expect(try self.key(in: file(world, key)).subkeys.count == 3)
    try home.revoke(key)
    let revoked = try refresh(world, key, from: home)
    #expect(revoked.outcome == .updated && revoked.isRevoked)
    #expect(try self.key(in: file(world, key)).isRevoked)
  }

  @Test func `what the keyring does not know stays, and what it does is added`() throws {
    let home = GPGHome()
    let key = try home.key("dave")
    let behind = GPGHome()
    try behind.gpg(["--import"], input: home.export(key))
    try home.revoke(key, subkey: 1)
    try home.gpg(["--quick-add-key", key, "cv25519", "encr", "never"])
    let world = try world(key, home)
    let before = try file(world, key)
    #expect(try refresh(world, key, from: behind).outcome == .unchanged)
    #expect(try file(world, key) == before)
  }

  @Test func `a shorter life is not taken`() throws {
    let home = GPGHome()
    let key = try home.key("erin")
    let world = try world(key, home)
    let before = try file(world, key)
    try home.gpg(["--quick-set-expire", key, "20950101T000000"])
    let result = try refresh(world, key, from: home)
    #expect(result.outcome == .refused("this key never ends, as the file knows it"))
    #expect(try file(world, key) == before)
  }

  @Test func `a key that the keyring lacks is reported, and a file that is missing is added`()
    throws
  {
    let home = GPGHome()
    let key = try home.key("frank")
    let world = try world(key, home)
    #expect(try refresh(world, key, from: GPGHome()).outcome == .notInKeyring)
    try world.scratch.remove("vault/.public-keys/\(key)")
    #expect(try refresh(world, key, from: home).outcome == .added)
    #expect(try self.key(in: file(world, key)).fingerprint == key)
    try world.write("no key\n", to: "vault/.public-keys/\(key)")
    #expect(try refresh(world, key, from: home).outcome == .added)
    let stranger = try home.key("grace")
    #expect(failure { _ = try refresh(world, stranger, from: home) }?.kind == .notFound)
  }

  @Test func `a file is stored without what others signed`() throws {
    let home = GPGHome()
    let (mine, other) = (try home.key("heidi"), try home.key("ivan"))
    let plain = try home.export(mine)
    try home.gpg(["--default-key", other, "--quick-sign-key", mine])
    let signed = try home.export(mine)
    #expect(signed.count > plain.count)
    let scratch = Scratch()
    try scratch.write(signed, to: "heidi.asc")
    let file = try PublicKeyFile(reading: scratch.path("heidi.asc"), program: Keyring.gpgProgram)
    let packets = { (bytes: [UInt8]) in
      try run([Keyring.program, "--list-packets"], ["GNUPGHOME": home.path], input: bytes).text
    }
    #expect(try packets(signed).contains("keyid \(other.suffix(16))"))
    #expect(try !packets(file.armored).contains("keyid \(other.suffix(16))"))
    #expect(try key(in: file.armored) == key(in: signed))
  }

  @Test func `nothing that a file knows is lost by another`() throws {
    let home = GPGHome()
    let key = try home.key("judy", subkeys: ["cv25519", "cv25519"])
    let full = try self.key(in: home.export(key))
    #expect(full.losses(by: full) == [])
    let subkeys = try home.subkeys(of: key)
    let partial = try self.key(in: home.gpg(["--export", "--armor", subkeys[0] + "!"]))
    #expect(full.losses(by: partial) == ["the key has a subkey \(subkeys[1])"])
    #expect(partial.losses(by: full) == [])
    try home.revoke(key, subkey: 1)
    let half = try self.key(in: home.export(key))
    #expect(
      half.losses(by: full) == ["the subkey \(subkeys[0]) is revoked"])
    try home.revoke(key)
    let revoked = try self.key(in: home.export(key))
    #expect(revoked.losses(by: full).first == "this key is revoked")
    #expect(full.losses(by: revoked) == [])
  }
}
