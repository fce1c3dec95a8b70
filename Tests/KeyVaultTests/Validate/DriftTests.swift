import Foundation
import GPG
import TestSupport
import Testing

@testable import KeyVault

/// Who can read an entry, seen without a private key, against who is wanted.
@Suite(.fewAtATime)
struct DriftTests {
  private static let old = "20200101T000000"
  private static let alice = Keyring.alice.fingerprint
  private static let bob = Keyring.bob.fingerprint

  /// Code and message of each finding about recipients.
  private func drift(_ world: World) throws -> [String] {
    try world.findings().filter { $0.code.hasPrefix("recipient-") }
      .map { "\($0.file) \($0.code): \($0.message)" }
  }

  @Test func `a recipient who cannot read is found, and adopting fixes it`() throws {
    let world = try World()
    try world.store("p/openai", FindingCase.key)
    #expect(try drift(world) == [])
    try world.want([Self.alice, Self.bob])
    let found = try #require(try world.findings().first)
    #expect(
      found.text == """
        vault/p/openai.gpg:1:1: error[recipient-missing]: \(Self.bob) (Bob <bob@example.com>) \
        cannot read this
          hint: encrypt again: keyvault reencrypt
        """)
    try world.store("p/openai", FindingCase.key)
    #expect(try drift(world) == [])
  }

  @Test func `a reader who is not a recipient is found and named`() throws {
    let world = try World(recipients: [.alice, .bob])
    try world.store("p/openai", FindingCase.key)
    try world.want([Self.alice], in: "p")
    #expect(
      try drift(world) == [
        "vault/p/openai.gpg recipient-unexpected: "
          + "\(Self.bob) (Bob <bob@example.com>) is not on vault/p/.gpg-id and can read this"
      ])
    let key = try #require(
      GPG.inspect(publicKeyFile: Keyring.bob.publicKey, program: Keyring.program).first)
    let id = Drift.text(keyID: key.encryptionKeyIDs[0])
    try world.scratch.remove("vault/.public-keys/\(Self.bob)")
    #expect(
      try drift(world) == [
        "vault/p/openai.gpg recipient-unexpected: "
          + "the holder of key \(id), whose public key is not here, is not on "
          + "vault/p/.gpg-id and can read this"
      ])
  }

  @Test func `both directions are found at once, in each folder by its own list`() throws {
    let world = try World()
    try world.store("p/openai", FindingCase.key)
    try world.store("q/openai", FindingCase.key)
    try world.want([Self.bob], in: "p")
    let codes = try world.findings().map { "\($0.file) \($0.code)" }
    #expect(
      codes == [
        "vault/p/openai.gpg recipient-missing", "vault/p/openai.gpg recipient-unexpected",
      ])
  }

  @Test func `any subkey that is not revoked counts as the person, one that has expired too`()
    throws
  {
    let home = GPGHome()
    let several = try home.key("several", subkeys: ["cv25519", "cv25519"], at: Self.old)
    let expired = try home.key("expired", subkeyExpires: "1d", at: Self.old)
    try home.gpg(["--quick-add-key", expired, "cv25519", "encr", "never"])
    let world = try World()
    for key in [several, expired] { try world.publish(key, from: home) }
    try world.want([several, expired])
    let past = try home.subkeys(of: expired)[0]
    for subkey in try home.subkeys(of: several) {
      let bytes = try home.encrypt(for: [subkey + "!", past + "!"], at: "20200101T120000")
      try world.scratch.write(bytes, to: "vault/p/mistral.gpg")
      #expect(try Message(bytes).recipients.map(Drift.text(keyID:)) == [subkey, past])
      #expect(try drift(world) == [])
    }
  }

  @Test func `a revoked subkey does not count as a recipient's`() throws {
    let home = GPGHome()
    let key = try home.key("carol", subkeys: ["cv25519", "cv25519"])
    let subkeys = try home.subkeys(of: key)
    let world = try World()
    try world.want([key])
    try world.scratch.write(
      home.encrypt(for: [subkeys[1] + "!"]), to: "vault/p/mistral.gpg")
    try world.publish(key, from: home)
    #expect(try drift(world) == [])
    try home.revoke(key, subkey: 2)
    try world.publish(key, from: home)
    #expect(
      try drift(world) == [
        "vault/p/mistral.gpg recipient-missing: \(key) (carol@example.com) cannot read this",
        "vault/p/mistral.gpg recipient-unexpected: "
          + "the revoked subkey \(subkeys[1]) of \(key) (carol@example.com) is not on "
          + "vault/.gpg-id and can read this",
      ])
  }

  @Test func `a revoked key is said once, at its file, and not at each entry`() throws {
    let home = GPGHome()
    let key = try home.key("dave")
    let world = try World()
    try world.want([key])
    for name in ["mistral", "openai"] {
      try world.scratch.write(home.encrypt(for: [key]), to: "vault/p/\(name).gpg")
    }
    try home.revoke(key)
    try world.publish(key, from: home)
    #expect(
      try drift(world) == [
        "vault/.public-keys/\(key) recipient-revoked: the key of \(key) is revoked"
      ])
  }

  @Test func `a subkey that an attacker appended to a file does not pass as that person's`() throws
  {
    let home = GPGHome()
    let (mine, other) = (try home.key("mine"), try home.key("other"))
    let world = try World()
    try world.want([mine])
    // The last packet but one of an export is the subkey, the last its binding.
    let theirs = try packets(home.gpg(["--export", other]))
    let forged = try home.gpg(["--export", mine]) + theirs[theirs.count - 2]
    try world.scratch.write(forged, to: "vault/.public-keys/\(mine)")
    try world.scratch.write(home.encrypt(for: [other]), to: "vault/p/mistral.gpg")
    let codes = try world.findings().filter { $0.file.hasSuffix(".gpg") }.map(\.code)
    #expect(codes.contains("recipient-missing") && codes.contains("recipient-unexpected"))
  }

  /// Old-style packets as gpg exports them.
  private func packets(_ bytes: [UInt8]) throws -> [[UInt8]] {
    var rest = bytes[...]
    var packets: [[UInt8]] = []
    while let header = rest.first {
      let size = try #require([1, 2, 4, nil][Int(header & 3)])
      let length = rest.dropFirst().prefix(size).reduce(0) { $0 << 8 | Int($1) }
      packets.append(Array(rest.prefix(1 + size + length)))
      rest = rest.dropFirst(1 + size + length)
    }
    return packets
  }

  @Test func `a hidden recipient may be any of the wanted, and no excuse for the named`() throws {
    let world = try World("policy: {hidden: allow}\n", recipients: [.alice])
    try world.scratch.write(
      Keyring.alice.gpg(
        ["--trust-model", "always", "-e", "-R", Self.alice], input: Array("fake-key".utf8)),
      to: "vault/p/mistral.gpg")
    #expect(try drift(world) == [])
    let home = GPGHome()
    let eve = try home.key("eve")
    try home.gpg(["--import"], input: Keyring.alice.publicKey)
    try world.scratch.write(
      home.encrypt(for: [eve], hidden: [Self.alice]), to: "vault/p/mistral.gpg")
    #expect(
      try drift(world).map { $0.split(separator: ":")[0] } == [
        "vault/p/mistral.gpg recipient-unexpected"
      ])
  }

  @Test func `a folder that drifts as a whole has one finding, that counts and names a few`() throws
  {
    let world = try World()
    try world.store("p/e1", FindingCase.key, provider: "openai")
    for index in 2...12 { try world.scratch.copy("vault/p/e1.gpg", to: "vault/p/e\(index).gpg") }
    try world.want([Self.alice, Self.bob])
    let bob = "\(Self.bob) (Bob <bob@example.com>)"
    #expect(
      try drift(world) == [
        "vault/.gpg-id recipient-missing: \(bob) cannot read the 12 entries of vault/p: "
          + "e1, e10, e11, e12, e2, e3, e4, e5, e6, e7, …"
      ])
    // Eleven of thirteen are reported together, one that differs by itself.
    try world.store("p/e1", FindingCase.key, provider: "openai")
    try world.encrypt("x\n", to: "p/e13")
    try world.scratch.write(
      Keyring.bob.gpg(["--trust-model", "always", "-e", "-r", Self.bob], input: [120, 10]),
      to: "vault/p/e13.gpg")
    #expect(
      try drift(world).map { $0.split(separator: ":").first.map(String.init) } == [
        "vault/.gpg-id recipient-missing", "vault/p/e13.gpg recipient-missing",
      ])
    #expect(try drift(world)[0].contains("cannot read 11 of the 13 entries of vault/p: e10"))
  }

  @Test func `an entry has one finding of a kind, however many people it lacks`() throws {
    let home = GPGHome()
    let keys = try ["a", "b", "c", "d"].map { try home.key($0) }
    let world = try World()
    try world.store("p/openai", FindingCase.key)
    for key in keys { try world.publish(key, from: home) }
    try world.want([Self.alice] + keys)
    let found = try drift(world)
    #expect(found.count == 1)
    #expect(found[0].hasSuffix("(c@example.com) and 1 more cannot read this"))
  }

  @Test func `a list with a fault says nothing of the entries`() throws {
    let world = try World()
    try world.store("p/openai", FindingCase.key)
    try world.write("\(Self.bob)\nalice@example.com\n", to: "vault/.gpg-id")
    #expect(try world.findings().map(\.code) == ["bad-recipient"])
  }

  @Test(arguments: [nil, GPGProgram(path: "/proc/none/gpg", runtimeDirectory: nil)])
  func `without gpg the rest is checked, and it is said once`(program: GPGProgram?) throws {
    let world = try World()
    try world.store("p/openai", FindingCase.key)
    try world.store("p/mistral", "NotARealKeyNotARealKeyNotARealKe")
    try world.want([Self.bob])
    try world.write("x", to: "vault/p/stray")
    let findings = try world.findings(program: program)
    #expect(findings.map(\.code) == ["no-gpg", "stray-file"])
    #expect(findings[0].severity == .warning)
    #expect(findings[0].message.contains("neither the readers of entries nor the public keys"))
  }

  /// The number of gpg processes that `validate` starts.
  private func processes(_ world: World) throws -> Int {
    let log = world.scratch.path("log")
    let program = world.scratch.path("gpg")
    try world.write("#!/bin/sh\necho x >> \(log)\nexec /usr/bin/gpg \"$@\"\n", to: "gpg")
    chmod(program, 0o755)
    let findings = try world.findings(
      program: GPGProgram(path: program, runtimeDirectory: nil))
    #expect(findings.contains { $0.code == "recipient-missing" })
    return try world.scratch.text("log").split(separator: "\n").count
  }

  @Test func `no gpg process an entry: as many for forty as for two`() throws {
    var counts: [Int] = []
    for number in [2, 40] {
      let world = try World()
      try world.store("p/e1", FindingCase.key, provider: "openai")
      for index in 2...number {
        try world.scratch.copy("vault/p/e1.gpg", to: "vault/p/e\(index).gpg")
      }
      try world.want([Self.alice, Self.bob])
      counts.append(try processes(world))
    }
    #expect(counts[0] == counts[1], "\(counts)")
    // One a public key file, and what gpgme asks of a program that it does not know.
    #expect(counts[0] <= 6, "\(counts)")
  }
}
