import Foundation
import Glibc
import Testing

@testable import GPG

/// Public key files that would keep gpg busy, and gpg that is kept busy.
struct HeavyKeyTests {
  private static let nowhere = "/proc/self/gpg"

  /// A number of so many bits, as a packet has it.
  private static func number(_ bits: Int) -> [UInt8] {
    let first = UInt8(1 << ((bits - 1) % 8))
    return [UInt8(bits >> 8), UInt8(bits & 255), first]
      + [UInt8](repeating: 0x55, count: (bits + 7) / 8 - 1)
  }

  /// A version 4 key of these numbers.
  private static func key(_ tag: UInt8, _ algorithm: UInt8, _ bits: [Int]) -> [UInt8] {
    PacketReader.framed([4, 101, 83, 241, 0, algorithm] + bits.flatMap(number), tag: tag)
  }

  private func refusal(of file: [UInt8]) -> GPGError.Reason? {
    // A gpg that is asked would be missing.
    reason { try GPG.inspect(publicKeyFile: file, program: Self.nowhere) }
  }

  @Test(arguments: [
    (1, [8193, 17], "its RSA modulus has 8193 bits, more than 8192"),
    (2, [2048, 65], "its RSA exponent has 65 bits, more than 64"),
    (3, [16_384, 16_383], "its RSA modulus has 16384 bits, more than 8192"),
    (17, [2048, 513, 8, 8], "its DSA order has 513 bits, more than 512"),
    (17, [8200, 256, 8, 8], "its DSA prime has 8200 bits, more than 8192"),
    (16, [8193, 2, 8], "its ElGamal prime has 8193 bits, more than 8192"),
    (20, [2048, 2, 9000], "its ElGamal number has 9000 bits, more than 8192"),
  ])
  func `a key with a number that is too large is refused before gpg is asked`(
    algorithm: UInt8, bits: [Int], message: String
  ) throws {
    let home = try TestHome()
    let honest = home.binary(try home.makeKey("a"))
    for tag: UInt8 in [5, 6, 7, 14] {
      let heavy = Self.key(tag, algorithm, bits)
      for file in [heavy, honest + heavy, heavy + honest] {
        #expect(refusal(of: file) == .refusedKey(.heavyKey(message)))
        #expect(refusal(of: Self.armored(file)) == .refusedKey(.heavyKey(message)))
      }
      // A second armor, behind an honest one and a text.
      let both = Self.armored(honest) + Array("and\r\n".utf8) + Self.armored(heavy)
      #expect(refusal(of: both) == .refusedKey(.heavyKey(message)))
    }
    #expect(GPGError(.refusedKey(.heavyKey(message))).message == message)
  }

  private static func armored(_ packets: [UInt8]) -> [UInt8] {
    let text = Data(packets).base64EncodedString(options: .lineLength64Characters)
    let block = "PGP PUBLIC KEY BLOCK-----\r\n"
    let head = "a key:\n-----BEGIN \(block)Comment: x\r\n\r\n"
    return Array("\(head)\(text)\r\n-----END \(block)".utf8)
  }

  @Test func `numbers at the limit are shown to gpg`() {
    for key in [Self.key(6, 1, [8192, 64]), Self.key(6, 17, [8192, 512, 8192, 8192])] {
      #expect(refusal(of: key) == .programMissing(path: Self.nowhere))
    }
  }

  @Test func `a truncated file, or one that is not a key, is not shown to gpg`() {
    let key = Self.key(6, 1, [2048, 17])
    #expect(refusal(of: Array(key.dropLast())) == .refusedKey(.damagedKey))
    // Packets that hold others, or a length that says less than the numbers.
    for tag: UInt8 in [1, 3, 8, 9, 11, 18] {
      #expect(refusal(of: key + PacketReader.framed([1, 2], tag: tag)) == .refusedKey(.damagedKey))
    }
    #expect(
      refusal(of: PacketReader.framed([4, 0, 0, 0, 0, 1, 8, 0], tag: 6)) == .refusedKey(.damagedKey)
    )
    #expect(refusal(of: Array("no key".utf8)) == nil)
  }

  @Test func `a key's own signatures have a bound, and those of others are left out`() throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a")
    let honest = home.binary(fingerprint)
    func signature(by key: [UInt8]) -> [UInt8] {
      let body = [4, 0x13, 22, 8, 0, 0, 0, 10, 9, 16] + key + [1, 2] + Self.number(255)
      return PacketReader.framed(body + Self.number(255), tag: 2)
    }
    let id = stride(from: 24, to: 40, by: 2).map { index in
      UInt8(fingerprint.dropFirst(index).prefix(2), radix: 16)!
    }
    let others = (0..<5000).flatMap { _ in signature(by: [1, 2, 3, 4, 5, 6, 7, 8]) }
    let keys = try GPG.inspect(publicKeyFile: honest + others, program: TestHome.program)
    #expect(try keys == GPG.inspect(publicKeyFile: honest, program: TestHome.program))
    #expect(keys.map(\.fingerprint) == [fingerprint])
    let own = (0..<PublicKeyBlock.signatureLimit).flatMap { _ in signature(by: id) }
    #expect(
      refusal(of: honest + own)
        == .refusedKey(.tooManyPackets(PublicKeyBlock.signatureLimit, "signatures of its own")))
    let subkeys = (0...PublicKeyBlock.keyLimit).flatMap { _ in Self.key(14, 1, [2048, 17]) }
    #expect(
      refusal(of: honest + subkeys)
        == .refusedKey(.tooManyPackets(PublicKeyBlock.keyLimit, "keys")))
    let names = (0...PublicKeyBlock.packetLimit).flatMap { _ in
      PacketReader.framed([97], tag: 13)
    }
    #expect(
      refusal(of: honest + names)
        == .refusedKey(.tooManyPackets(PublicKeyBlock.packetLimit, "packets")))
  }

  @Test func `a heavy key is shown to no gpg that checks signatures, encrypts, or merges`() throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a")
    let honest = home.binary(fingerprint)
    let heavy = honest + Self.key(14, 1, [16_384, 16_383])
    let signature = try home.gpg.sign([1, 2, 3], as: fingerprint)
    func verdict(_ keys: [[UInt8]]) throws -> SignatureVerdict {
      try SignatureVerifier(keys: keys, program: TestHome.program, runtimeDirectory: nil)
        .verdicts(on: [(signature, [1, 2, 3])])[0]
    }
    #expect(try verdict([honest]) == .good(signer: fingerprint))
    #expect(try verdict([heavy]) == .unknownSigner(fingerprint))
    let keys = try GPG.inspect(publicKeyFile: honest, program: TestHome.program)
    let file = reason {
      try RecipientFile(name: "a", bytes: heavy, fingerprint: fingerprint, keys: keys)
    }
    guard case .unusableRecipient("a", .heavyKey) = file else {
      Issue.record("it can receive: \(String(describing: file))")
      return
    }
    let merged = reason {
      try GPG.merge(publicKeyFiles: [honest, heavy], of: fingerprint, program: TestHome.program)
    }
    guard case .refusedKey(.heavyKey) = merged else {
      Issue.record("it was merged: \(String(describing: merged))")
      return
    }
  }

  @Test func `gpg that takes too long is ended, and that is said`() throws {
    let home = try ThrowawayHome(runtimeDirectory: nil, holdsSecret: false)
    defer { home.remove() }
    // gpg waits for a writer.
    let pipe = home.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let runner = Runner(program: TestHome.program, home: home.path)
    let start = ContinuousClock.now
    let surplus = Surplus(seconds: 1)
    let deadline = Deadline(home: home.path, surplus: surplus)
    let stalled = reason {
      try deadline.run(allowance: .zero, limit: 2) { () throws(GPGError) -> Int in
        try runner.status(of: ["--list-packets", pipe], reading: 1).count
      }
    }
    #expect(stalled == .tooSlow(seconds: 2, isOne: true))
    #expect(start.duration(to: .now) < .seconds(20))
    #expect(GPGError(.tooSlow(seconds: 2, isOne: true)).message == "gpg took longer than 2 s")
    // What it took leaves nothing for the next one, and a run without an allowance is not counted.
    let next = reason { try deadline.run(allowance: .zero) { () throws(GPGError) in 1 } }
    #expect(next == .tooSlow(seconds: 1, isOne: false))
    #expect(try deadline.run(allowance: nil) { () throws(GPGError) in 1 } == 1)
  }
}

extension TestHome {
  /// The public key's packets.
  fileprivate func binary(_ fingerprint: String) -> [UInt8] {
    (try? attempt(["--export", fingerprint]).output).map { Array($0) } ?? []
  }
}
