import Foundation
import GPG
import Testing

/// Signatures by the real gpg, and what is made of them in a home that knows only some keys.
@Suite struct SignatureTests {
  private static let text = Array("keyvault-entry-v1\n{\"a\":1}".utf8)

  private func verdicts(
    _ items: [(signature: DetachedSignature, text: [UInt8])], keys: [[UInt8]]
  ) throws -> [SignatureVerdict] {
    try SignatureVerifier(keys: keys, program: TestHome.program, runtimeDirectory: nil)
      .verdicts(on: items)
  }

  @Test func `a signature fits its text and no other`() throws {
    let home = try TestHome()
    let alice = try home.makeKey("alice")
    let signature = try home.gpg.sign(Self.text, as: alice)
    let found = try verdicts(
      [(signature, Self.text), (signature, Self.text + [0x0a]), (signature, Self.text)],
      keys: [home.export(alice)])
    // One that does not fit in between ends nothing.
    #expect(found == [.good(signer: alice), .bad, .good(signer: alice)])
  }

  @Test func `gpg itself accepts what was signed`() throws {
    let home = try TestHome()
    let alice = try home.makeKey("alice")
    let signature = try home.gpg.sign(Self.text, as: alice)
    try Data(signature.bytes).write(to: URL(filePath: home.path + "/s"))
    try Data(Self.text).write(to: URL(filePath: home.path + "/t"))
    #expect(try home.attempt(["--verify", home.path + "/s", home.path + "/t"]).status == 0)
  }

  @Test(arguments: ["rsa2048", "ed25519"])
  func `a subkey signs for its primary key`(algorithm: String) throws {
    let home = try TestHome()
    let quiet = ["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
    try home.run(quiet + ["--quick-generate-key", "alice@example.com", "ed25519", "cert", "never"])
    let alice = try home.fingerprint(of: "alice")
    #expect(reason { try home.gpg.sign(Self.text, as: alice) } == .cannotSign(fingerprint: alice))
    try home.run(quiet + ["--quick-add-key", alice, algorithm, "sign", "never"])
    let signature = try home.gpg.sign(Self.text, as: alice)
    #expect(
      try verdicts([(signature, Self.text)], keys: [home.export(alice)]) == [.good(signer: alice)])
  }

  @Test func `without its key a signature is an unknown signer's`() throws {
    let home = try TestHome()
    let alice = try home.makeKey("alice")
    let bob = try home.makeKey("bob")
    let signature = try home.gpg.sign(Self.text, as: alice)
    #expect(
      try verdicts([(signature, Self.text)], keys: [home.export(bob), Array("no key".utf8)]) == [
        .unknownSigner(alice)
      ])
    #expect(try verdicts([(signature, Self.text)], keys: []) == [.unknownSigner(alice)])
  }

  @Test func `a key that has expired or was revoked is reported`() throws {
    let home = try TestHome()
    let alice = try home.makeKey("alice")
    let signature = try home.gpg.sign(Self.text, as: alice)
    let sound = try home.export(alice)
    let certificate = try String(
      contentsOfFile: "\(home.path)/openpgp-revocs.d/\(alice).rev", encoding: .utf8)
    try home.run(
      ["--batch", "--import"],
      input: Data(certificate.replacing(":-----BEGIN", with: "-----BEGIN").utf8))
    let revoked = try home.export(alice)
    let item = (signature, Self.text)
    #expect(try verdicts([item], keys: [sound]) == [.good(signer: alice)])
    #expect(try verdicts([item], keys: [revoked]) == [.signerRevoked(signer: alice)])
    // A copy from before the revocation does not undo it.
    #expect(try verdicts([item], keys: [revoked, sound]) == [.signerRevoked(signer: alice)])

    let old = ["--faked-system-time", "20200101T000000!", "--batch", "--passphrase", ""]
    let quiet = old + ["--pinentry-mode", "loopback", "--quiet"]
    try home.run(quiet + ["--quick-generate-key", "carol@example.com", "ed25519", "sign", "1y"])
    let carol = try home.fingerprint(of: "carol")
    func signed(_ more: [String]) throws -> DetachedSignature {
      let made = try home.run(
        quiet + more + ["-u", carol, "--detach-sign"], input: Data(Self.text))
      return try #require(DetachedSignature([UInt8](made)))
    }
    let expired = try signed([])
    #expect(
      try verdicts([(expired, Self.text)], keys: [home.export(carol)]) == [
        .signerExpired(signer: carol)
      ])
    let lasting = try home.makeKey("dora")
    let made = try home.run(
      ["--batch", "--quiet", "--default-sig-expire", "seconds=1", "-u", lasting, "--detach-sign"],
      input: Data(Self.text))
    Thread.sleep(forTimeInterval: 2.1)
    let shortLived = try #require(DetachedSignature([UInt8](made)))
    #expect(
      try verdicts([(shortLived, Self.text)], keys: [home.export(lasting)]) == [
        .expired(signer: lasting)
      ])
  }

  @Test func `a signature over a weak digest, or over text, is refused`() throws {
    let home = try TestHome()
    let alice = try home.makeKey("alice", primary: "rsa2048")
    let weak = try home.run(
      ["--batch", "--quiet", "--digest-algo", "SHA1", "--detach-sign"], input: Data(Self.text))
    let signature = try #require(DetachedSignature([UInt8](weak)))
    #expect(try verdicts([(signature, Self.text)], keys: [home.export(alice)]) == [.bad])
    let lines = try home.run(
      ["--batch", "--quiet", "--textmode", "--detach-sign"], input: Data(Self.text))
    #expect(DetachedSignature([UInt8](lines)) == nil)
  }

  @Test func `a signature is one packet, and nothing that gpg would read beside it`() throws {
    let home = try TestHome()
    let alice = try home.makeKey("alice")
    let one = try home.gpg.sign(Self.text, as: alice).bytes
    let signed = [UInt8](
      try home.run(
        ["--batch", "--quiet", "--compress-level", "0", "--sign"], input: Data(Self.text)))
    #expect(DetachedSignature(one)?.bytes == one)
    for bytes in [[], one + one, Array(one.dropLast()), one + [0], signed, Self.text, [0x8b] + one]
    {
      #expect(DetachedSignature(bytes) == nil)
    }
    #expect(DetachedSignature(one + [UInt8](repeating: 0, count: 5000)) == nil)
  }

  @Test func `a second signature that gpg.conf adds is refused`() throws {
    let home = try TestHome()
    let alice = try home.makeKey("alice")
    let bob = try home.makeKey("bob")
    try "local-user \(bob)\n".write(
      toFile: home.path + "/gpg.conf", atomically: true, encoding: .utf8)
    #expect(reason { try home.gpg.sign(Self.text, as: alice) } == .cannotSign(fingerprint: alice))
  }

  @Test func `who has no secret key cannot sign`() throws {
    let home = try TestHome()
    let alice = try home.makeKey("alice")
    let other = try TestHome()
    try other.run(["--batch", "--import"], input: Data(home.export(alice)))
    #expect(reason { try other.gpg.sign(Self.text, as: alice) } == .cannotSign(fingerprint: alice))
    #expect(
      reason { try home.gpg.sign(Self.text, as: "alice") } == .cannotSign(fingerprint: "alice"))
  }

  @Test func `many are judged in one run, each by itself`() throws {
    let home = try TestHome()
    let alice = try home.makeKey("alice")
    let signature = try home.gpg.sign(Self.text, as: alice)
    let items = (0..<1100).map { index in
      (signature: signature, text: index % 7 == 0 ? Self.text + [0] : Self.text)
    }
    let found = try verdicts(items, keys: [home.export(alice)])
    #expect(found.count == items.count)
    for (index, verdict) in found.enumerated() {
      #expect(verdict == (index % 7 == 0 ? .bad : .good(signer: alice)))
    }
  }
}
