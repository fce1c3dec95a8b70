import Foundation
import GPG
import Secrets
import TestSupport
import Testing

@testable import KeyVault

@Suite(.fewAtATime)
struct VaultTests {
  private static let key = "sk-proj-NotARealKeyNotARealKeyNotARealKey"

  @Test func `what is stored opens again, by keyvault and by gpg alone`() throws {
    let world = try World()
    try world.store(
      "production/openai", Self.key, hosts: ["api.openai.com"], serial: 7,
      fields: [("organization", "org-fake")],
      about: .init(
        owner: "alice@example.com", description: "Tests: a \"quoted\" one",
        expires: Timestamp("2027-02-21")))
    let opened = try world.open("production/openai")
    #expect(opened.payload.keyText == Self.key)
    #expect(opened.payload.serial == 7)
    #expect(opened.payload.hosts == ["api.openai.com"])
    #expect(opened.payload.withField("organization") { $0.text } == "org-fake")

    let plain = try Keyring.alice.gpg([
      "--quiet", "--decrypt", world.scratch.path("vault/production/openai.gpg"),
    ])
    #expect(String(decoding: plain, as: UTF8.self).split(separator: "\n").first ?? "" == Self.key)

    let ciphertext = try world.scratch.bytes("vault/production/openai.gpg")
    let digest = "sha256:" + SHA256.hex(of: ciphertext)
    #expect(opened.digest == digest)
    let text = try world.scratch.text("vault/production/openai.yaml")
    let id = try #require(opened.sidecar?.id)
    #expect(
      text == """
        # yaml-language-server: $schema=../../Schemas/entry.schema.json
        id: \(id)
        owner: alice@example.com
        description: "Tests: a \\"quoted\\" one"
        expires: 2027-02-21
        preview: sk-proj-…lKey
        digest: \(digest)
        serial: 7
        created: 2026-11-23T17:45:00Z

        """)
    #expect(opened.sidecar?.expires?.day == "2027-02-21")
    #expect(try world.findings().isEmpty)
  }

  @Test func `modes do not depend on the umask`() throws {
    let world = try World()
    try world.store("production/openai", Self.key)
    func mode(_ name: String) throws -> Int {
      let attributes = try FileManager.default.attributesOfItem(atPath: world.scratch.path(name))
      return try #require(attributes[.posixPermissions] as? Int)
    }
    #expect(try mode("vault/production/openai.gpg") == 0o600)
    #expect(try mode("vault/production/openai.yaml") == 0o644)
  }

  @Test func `removing takes both files and nothing else`() throws {
    let world = try World()
    try world.store("production/openai", Self.key)
    try world.store("production/openai2", Self.key, provider: "openai")
    try world.repositoryVault.remove(EntryName("production/openai"))
    #expect(try world.scratch.names(in: "vault/production") == ["openai2.gpg", "openai2.yaml"])
    #expect(failure { try world.repositoryVault.remove(EntryName("production/openai")) } != nil)
    let missing = try #require(failure { _ = try world.entry("production/openai") })
    #expect(missing.kind == .notFound)
    #expect(missing.hints == ["did you mean 'production/openai2'?"])
  }

  @Test func `entries are listed in order, whatever is beside them`() throws {
    let world = try World()
    for name in ["b/x", "a/y", "a/x", "top"] { try world.encrypt("fake-key", to: "q/\(name)") }
    try world.write("", to: "vault/q/.hidden.gpg")
    try world.write("", to: "vault/q/-dash.gpg")
    try world.write("", to: "vault/q/only.yaml")
    try world.write("", to: "vault/q/.folder/z.gpg")
    let entries = try world.repositoryVault.entries()
    #expect(entries.map(\.name.path) == ["q/a/x", "q/a/y", "q/b/x", "q/top"])
    #expect(try world.repositoryVault.entries(below: "q/a").map(\.name.path) == ["q/a/x", "q/a/y"])
    #expect(try world.repositoryVault.entries(below: "none").isEmpty)
  }

  @Test func `the nearest list of recipients decides who can read`() throws {
    let world = try World()
    try world.write("# Bob alone\n\(Keyring.bob.fingerprint)\n", to: "vault/team/.gpg-id")
    for entry in ["team/openai", "team/deep/er/openai", "openai"] {
      try world.store(entry, Self.key, provider: "openai")
    }
    for entry in ["team/openai", "team/deep/er/openai"] {
      #expect(failure { _ = try world.open(entry) }?.kind == .locked)
      #expect(try world.open(entry, as: .bob).payload.keyText == Self.key)
      #expect(try world.repositoryVault.readers(of: entry) == [Keyring.bob.fingerprint])
    }
    #expect(try world.open("openai").payload.keyText == Self.key)
    #expect(failure { _ = try world.open("openai", as: .bob) }?.kind == .locked)
  }

  @Test func `every recipient of a list can read, and no other key`() throws {
    let world = try World(recipients: [.alice, .bob])
    try world.store("production/openai", Self.key)
    #expect(try world.open("production/openai", as: .alice).payload.keyText == Self.key)
    #expect(try world.open("production/openai", as: .bob).payload.keyText == Self.key)
    let message = try Message(world.scratch.bytes("vault/production/openai.gpg"))
    #expect(message.recipients.count == 2)
  }

  @Test func `nothing is encrypted to half a list`() throws {
    let world = try World(recipients: [.alice, .bob])
    try world.scratch.remove("vault/.public-keys/\(Keyring.bob.fingerprint)")
    let missing = try #require(failure { try world.store("production/openai", Self.key) })
    #expect(missing.kind == .notFound)
    #expect(missing.message == "no public key for the recipient \(Keyring.bob.fingerprint)")
    // Another's key under Bob's name.
    try world.scratch.write(
      Keyring.alice.publicKey, to: "vault/.public-keys/\(Keyring.bob.fingerprint)")
    #expect(failure { try world.store("production/openai", Self.key) }?.kind == .malformed)
    try world.write("\(Keyring.alice.fingerprint)\nbob@example.com\n", to: "vault/.gpg-id")
    let faulty = try #require(failure { try world.store("production/openai", Self.key) })
    #expect(faulty.message.hasPrefix("vault/.gpg-id:2: 'bob@example.com' is an address"))
    try world.scratch.remove("vault/.gpg-id")
    #expect(failure { try world.store("production/openai", Self.key) }?.kind == .notFound)
    #expect(try world.scratch.names(in: "vault").filter { !$0.hasPrefix(".") }.isEmpty)
  }

  @Test(arguments: [
    ("plain text", "not an OpenPGP message"), ("", "the file is empty"),
    ("--store --compress-algo none", "an OpenPGP file that is not encrypted"),
    ("--symmetric --passphrase x --pinentry-mode loopback", "encrypted with a password"),
    ("--hidden", "a recipient is hidden"), ("--cut", "truncated"),
  ])
  func `only what is encrypted for named keys is given to gpg`(how: String, fault: String) throws {
    let world = try World()
    try world.write("", to: "vault/production/.keep")
    let bytes: [UInt8]
    switch how {
    case "--hidden":
      bytes = try Keyring.alice.gpg(
        ["--encrypt", "--trust-model", "always", "--hidden-recipient", Keyring.alice.fingerprint],
        input: Array("k".utf8))
    case "--cut":
      try world.store("production/openai", Self.key)
      bytes = Array(try world.scratch.bytes("vault/production/openai.gpg").dropLast(5))
    case _ where how.hasPrefix("--"):
      bytes = try Keyring.alice.gpg(
        how.split(separator: " ").map(String.init), input: Array("k".utf8))
    default: bytes = Array(how.utf8)
    }
    try world.scratch.write(bytes, to: "vault/production/openai.gpg")
    let refusal = try #require(failure { _ = try world.open("production/openai") })
    #expect(refusal.kind == .malformed)
    #expect(refusal.message.contains(fault), "\(refusal.message)")
    #expect(refusal.message.hasPrefix("vault/production/openai.gpg: "))
  }

  @Test func `a file over a mebibyte is not read`() throws {
    let world = try World()
    try world.scratch.write([UInt8](repeating: 0, count: 1 << 20), to: "vault/p/a.gpg")
    try world.scratch.write([UInt8](repeating: 0, count: 1 << 20 + 1), to: "vault/p/b.gpg")
    #expect(failure { _ = try world.open("p/a") }?.message.contains("not an OpenPGP") == true)
    #expect(
      failure { _ = try world.open("p/b") }?.message.hasSuffix("is larger than 1024 KiB") == true)
  }
}
