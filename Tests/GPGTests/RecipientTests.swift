import Foundation
import Secrets
import Testing

@testable import GPG

struct RecipientTests {
  private func why(_ body: () throws -> RecipientFile) -> GPGError.Unusable? {
    guard case .unusableRecipient(_, let why) = reason(body) else { return nil }
    return why
  }

  private func file(_ bytes: [UInt8], _ fingerprint: String) throws -> RecipientFile {
    try RecipientFile(
      name: "a.asc", bytes: bytes, fingerprint: fingerprint, program: TestHome.program)
  }

  @Test func `a key is described as gpg knows it`() throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a", expires: "seconds=86400000")
    let key = try #require(
      GPG.inspect(publicKeyFile: home.export(fingerprint), program: TestHome.program).first)
    #expect(key.fingerprint == fingerprint)
    #expect(key.userIDs == ["a@example.com"])
    #expect(key.algorithm == "ed25519")
    #expect(key.subkeys.map(\.algorithm) == ["ed25519", "cv25519"])
    #expect(key.subkeys.map(\.canEncrypt) == [false, true])
    #expect(key.expires == key.created + 86_400_000)
    #expect(!key.hasSecret && !key.isRevoked && !key.isExpired)
    #expect(key.encryptionKeyIDs == [key.subkeys[1].keyID])
    #expect(fingerprint.hasSuffix(String(key.subkeys[0].keyID, radix: 16, uppercase: true)))
  }

  @Test func `an expired key is refused`() throws {
    let home = try TestHome()
    let options = ["--faked-system-time", "20200101T000000", "--batch", "--passphrase", ""]
    try home.run(options + ["--quick-generate-key", "a@example.com", "ed25519", "cert", "1d"])
    let fingerprint = try home.fingerprint(of: "a")
    try home.run(options + ["--quick-add-key", fingerprint, "cv25519", "encr", "1d"])
    let subkey = try home.subkeyFingerprint(of: fingerprint)
    let found = why { try file(home.export(fingerprint), fingerprint) }
    #expect(found == .expired(fingerprint: fingerprint, subkey: subkey, since: 1_577_923_200))
    try follow(found?.hint, in: home)
    #expect(throws: Never.self) { _ = try home.recipient(fingerprint) }
  }

  /// Runs the commands of a hint, as a person who copies them.
  private func follow(_ hint: String?, in home: TestHome) throws {
    let commands = (hint ?? "").components(separatedBy: "'").filter { $0.hasPrefix("gpg --") }
    #expect(!commands.isEmpty)
    for command in commands {
      let words = command.split(separator: " ").dropFirst().map(String.init)
      try home.run(["--batch", "--pinentry-mode", "loopback", "--passphrase", ""] + words)
    }
  }

  @Test func `a key whose encryption subkey has expired is refused as that, and its hint fixes it`()
    throws
  {
    let home = try TestHome()
    let options = ["--faked-system-time", "20200101T000000", "--batch", "--passphrase", ""]
    try home.run(options + ["--quick-generate-key", "a@example.com", "ed25519", "cert", "never"])
    let fingerprint = try home.fingerprint(of: "a")
    try home.run(options + ["--quick-add-key", fingerprint, "cv25519", "encr", "1d"])
    let subkey = try home.subkeyFingerprint(of: fingerprint)
    let found = why { try file(home.export(fingerprint), fingerprint) }
    #expect(
      found == .subkeyExpired(fingerprint: fingerprint, subkey: subkey, since: 1_577_923_200))
    #expect(found?.message.contains("subkey '\(subkey)'") == true)
    try follow(found?.hint, in: home)
    #expect(throws: Never.self) { _ = try home.recipient(fingerprint) }
  }

  @Test func `a revoked key is refused`() throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a")
    let certificate = try String(
      contentsOfFile: "\(home.path)/openpgp-revocs.d/\(fingerprint).rev", encoding: .utf8
    ).replacing(":-----BEGIN", with: "-----BEGIN")
    try home.run(["--batch", "--import"], input: Data(certificate.utf8))
    let found = why { try file(home.export(fingerprint), fingerprint) }
    #expect(found == .revoked(fingerprint: fingerprint))
  }

  @Test func `a key that only signs is refused`() throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a", subkey: nil)
    let found = why { try file(home.export(fingerprint), fingerprint) }
    #expect(found == .cannotEncrypt(fingerprint: fingerprint))
  }

  @Test func `two keys, another key, a secret key, no key and a huge file are refused`() throws {
    let home = try TestHome()
    let (first, second) = (try home.makeKey("a"), try home.makeKey("b"))
    #expect(
      why { try file(home.export(first) + home.export(second), first) } == .severalKeys(2))
    #expect(
      why { try file(home.export(second), first) } == .otherKey(found: second, wanted: first))
    #expect(why { try file(home.secretExport(first), first) } == .secretKey)
    #expect(why { try file(Array("no key\n".utf8), first) } == .noKey)
    #expect(why { try file([], first) } == .noKey)
    #expect(why { try file([UInt8](repeating: 65, count: 70_000), first) } == .tooLarge(70_000))
  }

  @Test func `a subkey without a binding does not pass as the person's`() throws {
    let home = try TestHome()
    let (mine, other) = (try home.makeKey("a"), try home.makeKey("b"))
    let own = try home.run(["--export", mine])
    var reader = try PacketList(home.run(["--export", other]))
    let packet = reader.first(tag: 14)
    let stolen = try #require(packet)
    let file = try file([UInt8](own) + stolen, mine)
    #expect(file.key.subkeys.count == 2)
    #expect(file.key.encryptionKeyIDs == (try home.recipient(mine)).key.encryptionKeyIDs)
  }

  /// Old-style packets as gpg exports them.
  private struct PacketList {
    private var rest: ArraySlice<UInt8>
    init(_ data: Data) { rest = [UInt8](data)[...] }

    mutating func first(tag: UInt8) -> [UInt8]? {
      while let header = rest.first {
        let sizes = [1, 2, 4]
        let size = sizes[Int(header & 3)]
        let length = rest.dropFirst().prefix(size).reduce(0) { $0 << 8 | Int($1) }
        let packet = rest.prefix(1 + size + length)
        rest = rest.dropFirst(1 + size + length)
        if header >> 2 & 15 == tag { return Array(packet) }
      }
      return nil
    }
  }

  @Test func `encrypting to no recipient is refused`() {
    #expect(reason { try encrypted("x", to: []) } == .noRecipients)
  }

  @Test func `the user's own settings add no recipient`() async {
    await #expect(processExitsWith: .success) {
      let home = try TestHome()
      let (mine, other) = (try home.makeKey("a"), try home.makeKey("b"))
      try Data("encrypt-to \(other)\nhidden-encrypt-to \(other)\n".utf8)
        .write(to: URL(filePath: home.path + "/gpg.conf"))
      let file = try home.recipient(mine)
      setenv("GNUPGHOME", home.path, 1)
      let message = try Message(encrypted("x", to: [file]))
      try #require(message.recipients == file.key.encryptionKeyIDs)
    }
  }

  @Test func `readers that were not requested are found in the result`() throws {
    let home = try TestHome()
    let files = [try home.recipient(home.makeKey("a")), try home.recipient(home.makeKey("b"))]
    let both = try encrypted("x", to: files)
    let extra = files[1].key.encryptionKeyIDs
    #expect(
      reason { try GPG.verify(both, isFor: [files[0].key]) }
        == .recipientsDiffer(missing: [], unexpected: extra))
    let one = try encrypted("x", to: [files[0]])
    #expect(
      reason { try GPG.verify(one, isFor: files.map(\.key)) }
        == .recipientsDiffer(missing: [files[1].key.fingerprint], unexpected: []))
    #expect(reason { try GPG.verify(both, isFor: files.map(\.key)) } == nil)
  }

  @Test func `a home lists its secret keys, finds and exports public ones`() throws {
    let (home, other) = (try TestHome(), try TestHome())
    let (mine, theirs) = (try home.makeKey("a"), try other.makeKey("b"))
    try home.run(["--import"], input: Data(try other.export(theirs)))
    #expect(try home.gpg.secretKeys().map(\.fingerprint) == [mine])
    #expect(try home.gpg.publicKey(mine)?.hasSecret == true)
    #expect(try home.gpg.publicKey(theirs.lowercased())?.hasSecret == false)
    #expect(try home.gpg.publicKey(String(repeating: "0", count: 40)) == nil)
    #expect(try home.gpg.publicKey("a@example.com") == nil)
    let exported = try home.gpg.exportPublicKey(theirs)
    #expect(String(decoding: exported, as: UTF8.self).hasPrefix("-----BEGIN PGP PUBLIC KEY"))
    #expect(try file(exported, theirs).key.fingerprint == theirs)
    let absent = String(repeating: "0", count: 40)
    #expect(
      reason { try home.gpg.exportPublicKey(absent) } == .noPublicKey(fingerprint: absent))
    let empty = try TestHome()
    #expect(try empty.gpg.secretKeys().isEmpty)
    withExtendedLifetime(empty) {}
  }
}
