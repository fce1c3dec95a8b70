import Foundation
import GPG
import TestSupport
import Testing

@testable import KeyVault

/// `recipients add` and `rm`, without their words.
@Suite(.fewAtATime)
struct RecipientEditTests {
  private static let alice = Keyring.alice.fingerprint
  private static let bob = Keyring.bob.fingerprint
  private static let bobFile = PublicKeyFile(fingerprint: bob, armored: Keyring.bob.publicKey)

  private func add(
    _ file: PublicKeyFile = bobFile, to folder: String = "", in world: World
  ) throws -> Vault.RecipientChange {
    try world.repository.vault.addRecipient(file, to: folder, program: Keyring.gpgProgram)
  }

  private func drifted(_ folder: String, _ world: World) throws -> [String] {
    try world.repository.vault.drifted(in: folder, program: Keyring.gpgProgram).map(\.path)
  }

  private func refusal(of file: PublicKeyFile, _ world: World) -> Failure? {
    failure { _ = try add(file, in: world) }
  }

  @Test func `a recipient is added below the existing lines, and entries that drift are reported`()
    throws
  {
    let world = try World()
    try world.scratch.remove("vault/.public-keys/\(Self.bob)")
    let text = "# us, since 2020\n\(Self.alice)\n\n# later: "
    try world.write(text, to: "vault/.gpg-id")
    for name in ["p/openai", "q/openai"] { try world.store(name, FindingCase.key) }
    let change = try add(in: world)
    #expect(change.written == ["vault/.public-keys/\(Self.bob)", "vault/.gpg-id"])
    #expect(change.name == "Bob <bob@example.com>")
    #expect(change.startedFrom == nil)
    #expect(try world.scratch.text("vault/.gpg-id") == text + "\n\(Self.bob)\n")
    #expect(try world.scratch.bytes("vault/.public-keys/\(Self.bob)") == Keyring.bob.publicKey)
    #expect(try drifted("", world) == ["p/openai", "q/openai"])
    try world.store("p/openai", FindingCase.key)
    #expect(try drifted("", world) == ["q/openai"])
    #expect(try add(in: world).written == [])
  }

  @Test func `a folder's first list starts as the one that decided of it`() throws {
    let world = try World()
    for name in ["p/openai", "p/deep/openai", "q/openai"] {
      try world.store(name, FindingCase.key)
    }
    try world.want([Self.alice], in: "p/deep")
    let change = try add(to: "p", in: world)
    #expect(change.startedFrom == "vault/.gpg-id")
    #expect(change.written == ["vault/p/.gpg-id"])
    #expect(try world.scratch.text("vault/p/.gpg-id") == "\(Self.alice)\n\(Self.bob)\n")
    #expect(try world.scratch.text("vault/.gpg-id") == "\(Self.alice)\n")
    // Not the folder below, which has a list itself.
    #expect(try drifted("p", world) == ["p/openai"])
    #expect(try drifted("", world) == [])
  }

  @Test func `a recipient is removed and every other byte stays`() throws {
    let world = try World(recipients: [.alice, .bob])
    try world.store("p/openai", FindingCase.key)
    try world.write(
      "# us\n\(Self.bob.lowercased())\n\n# Alice\n\(Self.alice)", to: "vault/.gpg-id")
    let vault = try world.repository.vault
    let removal = try world.removeRecipient(Self.bob)
    #expect(removal.written == ["vault/p/openai.yaml", "vault/.gpg-id"])
    #expect(try world.scratch.text("vault/.gpg-id") == "# us\n\n# Alice\n\(Self.alice)")
    #expect(try world.scratch.bytes("vault/.public-keys/\(Self.bob)") == Keyring.bob.publicKey)
    #expect(try drifted("", world) == ["p/openai"])
    #expect(vault.lists(naming: Self.bob) == [])
    #expect(failure { _ = try world.removeRecipient(Self.bob) }?.kind == .notFound)
    #expect(failure { _ = try world.removeRecipient(Self.alice) }?.kind == .usage)
    #expect(try world.scratch.text("vault/.gpg-id").hasSuffix(Self.alice))
  }

  @Test func `a folder that had no list keeps the others when a recipient is removed`() throws {
    let world = try World(recipients: [.alice, .bob])
    try world.store("p/openai", FindingCase.key)
    let vault = try world.repository.vault
    let removal = try world.removeRecipient(Self.bob, from: ["p"])
    #expect(removal.changes.map(\.startedFrom) == ["vault/.gpg-id"])
    #expect(try world.scratch.text("vault/p/.gpg-id") == "\(Self.alice)\n")
    #expect(vault.lists(naming: Self.bob) == ["vault/.gpg-id"])
    #expect(try drifted("p", world) == ["p/openai"])
  }

  @Test func `a key that validate would object to is refused, and nothing is written`() throws {
    let world = try World()
    for (key, words) in [
      (PublicKeyCase.signOnly, "no subkey for encryption"),
      (PublicKeyCase.weakRSA, "weak, rsa1024"),
      (PublicKeyCase.revoked, "is revoked"), (PublicKeyCase.revokedSubkey, "no subkey"),
    ] {
      let file = PublicKeyFile(fingerprint: key, armored: try GPGHome.shared.export(key))
      let found = try #require(refusal(of: file, world))
      #expect(found.message.contains(words), "\(found.message)")
      #expect(!found.hints.isEmpty)
    }
    let both = Keyring.bob.publicKey + Keyring.alice.publicKey
    #expect(refusal(of: PublicKeyFile(fingerprint: Self.bob, armored: both), world) != nil)
    #expect(
      refusal(of: PublicKeyFile(fingerprint: Self.alice, armored: Keyring.bob.publicKey), world)
        != nil)
    #expect(try world.scratch.text("vault/.gpg-id") == "\(Self.alice)\n")
    #expect(try world.scratch.names(in: "vault/.public-keys") == [Self.alice, Self.bob].sorted())
  }

  @Test func `a public key is read however people send it`() throws {
    let scratch = Scratch()
    let armored = String(decoding: Keyring.bob.publicKey, as: UTF8.self)
    let lines = armored.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    func each(_ change: (String) -> String) -> [UInt8] {
      Array(lines.map(change).joined(separator: "\n").utf8)
    }
    let checksum = lines.first { $0.hasPrefix("=") && $0.count == 5 } ?? ""
    let forms: [(String, [UInt8])] = [
      ("armored", Keyring.bob.publicKey), ("packets", try Keyring.bob.gpg(["--export", Self.bob])),
      ("mark", [0xef, 0xbb, 0xbf] + Keyring.bob.publicKey), ("CRLF", each { $0 + "\r" }),
      ("text", Array("Hello,\n\nmy key: \n\(armored)\n-- \nBob\n".utf8)),
      ("quoted", Array("On Monday Bob wrote:\n".utf8) + each { "> " + $0 }),
      ("quoted twice", each { $0.isEmpty ? ">>" : ">> " + $0 }), ("indented", each { "\t" + $0 }),
      ("blanks at the ends", each { $0 + "  " }), ("one line too many", each { $0 } + [10, 10]),
      ("UTF-16", [0xff, 0xfe] + armored.utf8.flatMap { [$0, 0] }),
      ("UTF-16, the other order", [0xfe, 0xff] + armored.utf8.flatMap { [0, $0] }),
      ("quoted-printable", each { $0 == checksum ? "=3D" + $0.dropFirst() : $0 }),
      ("twice", Keyring.bob.publicKey + Keyring.bob.publicKey),
      (
        "with a message",
        Array("-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n".utf8)
          + Keyring.bob.publicKey
      ),
    ]
    for (form, bytes) in forms {
      try scratch.write(bytes, to: "bob's key.asc")
      let path = scratch.path("bob's key.asc")
      let file = try PublicKeyFile(reading: path, program: Keyring.gpgProgram)
      #expect(file.fingerprint == Self.bob, "\(form)")
      #expect(file.armored.starts(with: Array("-----BEGIN PGP PUBLIC".utf8)), "\(form)")
    }
  }

  @Test func `a file holds one public key, or nothing is taken from it`() throws {
    let scratch = Scratch()
    try scratch.write(Keyring.bob.publicKey, to: "bob.asc")
    let path = scratch.path("bob.asc")
    let file = try PublicKeyFile(reading: path, program: Keyring.gpgProgram)
    #expect(file.fingerprint == Self.bob)
    let secret = try Keyring.bob.gpg(["--armor", "--export-secret-keys", Self.bob])
    for (bytes, words) in [
      (Array("no key\n".utf8), "holds no OpenPGP key"), (secret, "it holds a secret key"),
      (Keyring.bob.publicKey + secret, "it holds a secret key"),
      (Keyring.bob.publicKey + Keyring.alice.publicKey, "holds 2 keys: expected one"),
      (Array(Keyring.bob.publicKey.dropLast(60)), "so it is truncated"),
      (Array(Keyring.bob.publicKey.map { $0 == 10 ? 32 : $0 }), "lost its line breaks"),
      ([UInt8](repeating: 65, count: 1_100_000), "larger than 1024 KiB"),
    ] {
      try scratch.write(bytes, to: "bob.asc")
      let found = failure {
        _ = try PublicKeyFile(reading: path, program: Keyring.gpgProgram)
      }
      #expect(found?.message.contains(words) == true, "\(found?.message ?? "accepted")")
    }
    let absent = scratch.path("absent")
    #expect(
      failure { _ = try PublicKeyFile(reading: absent, program: Keyring.gpgProgram) }?.kind
        == .notFound)
  }

  @Test func `a copy that lacks a revocation does not replace the one that knows of it`() throws {
    let home = GPGHome()
    let key = try home.key("frank")
    let before = PublicKeyFile(fingerprint: key, armored: try home.export(key))
    try home.revoke(key)
    let world = try World()
    try world.publish(key, from: home)
    let revoked = try world.scratch.bytes("vault/.public-keys/\(key)")
    #expect(refusal(of: before, world)?.message.contains("is revoked") == true)
    #expect(try world.scratch.bytes("vault/.public-keys/\(key)") == revoked)
  }

  @Test func `a file that is not a key is replaced by one that is`() throws {
    let world = try World()
    try world.write("no key\n", to: "vault/.public-keys/\(Self.bob)")
    #expect(try add(in: world).written.contains("vault/.public-keys/\(Self.bob)"))
    #expect(try world.findings() == [])
  }

  @Test func `a list with a fault is not added to, an empty one is`() throws {
    let world = try World()
    try world.write("alice@example.com\n", to: "vault/.gpg-id")
    #expect(refusal(of: Self.bobFile, world)?.kind == .malformed)
    #expect(try world.scratch.text("vault/.gpg-id") == "alice@example.com\n")
    try world.write("# nobody yet\n", to: "vault/.gpg-id")
    _ = try add(in: world)
    #expect(try world.scratch.text("vault/.gpg-id") == "# nobody yet\n\(Self.bob)\n")
  }
}
