import Foundation
import Testing

@testable import GPG

struct MessageTests {
  private func refusal(_ bytes: [UInt8]) -> MessageError.Reason? {
    do {
      _ = try Message(bytes)
      return nil
    } catch {
      return error.reason
    }
  }

  /// A new-style packet with a one-octet length.
  private func packet(_ tag: UInt8, _ body: [UInt8]) -> [UInt8] {
    [0xC0 | tag, UInt8(body.count)] + body
  }

  private var sessionKey: [UInt8] { packet(1, [3, 1, 2, 3, 4, 5, 6, 7, 8, 18, 0, 0]) }
  private var content: [UInt8] { packet(18, [1] + [UInt8](repeating: 9, count: 60)) }

  @Test func `key ids of versions 3 and 6 are read`() throws {
    let v6ForV4 = packet(1, [6, 21, 4] + (1...20).map { UInt8($0) } + [25, 0])
    let v6ForV6 = packet(1, [6, 33, 6] + (11...42).map { UInt8($0) } + [25, 0])
    let v6Hidden = packet(1, [6, 0, 25, 0])
    let hidden = packet(1, [3] + [UInt8](repeating: 0, count: 8) + [18, 0])
    let message = try Message(sessionKey + v6ForV4 + v6ForV6 + content)
    #expect(
      message.recipients == [0x0102_0304_0506_0708, 0x0D0E_0F10_1112_1314, 0x0B0C_0D0E_0F10_1112])
    #expect(!message.hasHiddenRecipients)
    #expect(try Message(hidden + content).recipients == [0])
    #expect(try Message(v6Hidden + content).hasHiddenRecipients)
  }

  @Test func `tags 18 and 20 are accepted, each in its versions`() {
    let rest = [UInt8](repeating: 9, count: 60)
    #expect(refusal(sessionKey + packet(18, [2] + rest)) == nil)
    #expect(refusal(sessionKey + packet(20, [1] + rest)) == nil)
    #expect(refusal(sessionKey + packet(18, [3] + rest)) == .unknownVersion(tag: 18, version: 3))
    #expect(refusal(sessionKey + packet(20, [2] + rest)) == .unknownVersion(tag: 20, version: 2))
    #expect(refusal(packet(1, [4, 0, 0]) + content) == .unknownVersion(tag: 1, version: 4))
  }

  @Test func `content in parts is one packet`() {
    let parts = [0xD2, 0xE9, 1] + [UInt8](repeating: 9, count: 511) + [3, 1, 2, 3]
    #expect(refusal(sessionKey + parts) == nil)
    #expect(refusal(sessionKey + parts.dropLast()) == .truncated)
    #expect(refusal(sessionKey + parts + [0]) == .trailing)
    // A first part under 512 bytes, and parts of a packet that may have none.
    #expect(refusal(sessionKey + [0xD2, 0xE1, 1, 1, 0]) == .notOpenPGP)
    #expect(refusal([0xC1, 0xE9] + [UInt8](repeating: 3, count: 512) + [0]) == .notOpenPGP)
  }

  @Test func `each wrong beginning has its own reason`() {
    #expect(refusal([]) == .empty)
    #expect(refusal(Array("sk-plaintext".utf8)) == .notOpenPGP)
    #expect(refusal([UInt8](repeating: 0xC1, count: Message.sizeLimit + 1)) == .tooLarge(1_048_577))
    #expect(refusal(packet(3, [4, 9, 0, 8])) == .password)
    #expect(refusal(sessionKey + packet(3, [4, 9, 0, 8]) + content) == .password)
    #expect(refusal(packet(11, [98, 0, 0, 0, 0, 0])) == .literal)
    #expect(refusal(packet(8, [1, 2])) == .compressed)
    #expect(refusal(packet(4, [3, 0])) == .signed)
    #expect(refusal(packet(2, [4, 0])) == .signed)
    #expect(refusal(packet(6, [4, 0])) == .key)
    #expect(refusal(sessionKey + packet(9, [1, 2])) == .unprotected)
    #expect(refusal(packet(10, [80, 71, 80]) + sessionKey + content) == .unexpectedPacket(tag: 10))
    #expect(refusal(content) == .noRecipient)
    #expect(refusal(sessionKey) == .noContent)
    #expect(refusal(sessionKey + content + content) == .trailing)
    #expect(refusal(sessionKey + content + [0]) == .trailing)
  }

  @Test func `files that gpg makes without a recipient's key are refused`() throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a")
    let text = Data("x\n".utf8)
    let password = ["--batch", "--pinentry-mode", "loopback", "--passphrase", "p"]
    #expect(refusal([UInt8](try home.run(password + ["-c"], input: text))) == .password)
    let both = ["--trust-model", "always", "-r", fingerprint, "-c", "-e"]
    #expect(refusal([UInt8](try home.run(password + both, input: text))) == .password)
    #expect(refusal([UInt8](try home.run(["--store", "-z", "0"], input: text))) == .literal)
    #expect(refusal([UInt8](try home.run(["--store", "-z", "6"], input: text))) == .compressed)
    #expect(refusal([UInt8](try home.run(["--sign", "-z", "0"], input: text))) == .signed)
    #expect(refusal([UInt8](try home.run(["--clear-sign"], input: text))) == .signed)
    #expect(refusal(try home.export(fingerprint)) == .key)
    #expect(refusal([UInt8](try home.run(["--export", fingerprint]))) == .key)
    let hidden = ["--trust-model", "always", "-R", fingerprint, "-e"]
    #expect(try Message([UInt8](home.run(hidden, input: text))).hasHiddenRecipients)
  }

  @Test func `a message cut or changed anywhere never crashes, and cut it is never accepted`()
    throws
  {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a")
    for options in [[], ["--armor"]] {
      let whole = try home.encrypt("x\n", for: fingerprint, options)
      #expect(refusal(whole) == nil)
      for end in 0..<whole.count - 1 {
        #expect(refusal(Array(whole[..<end])) != nil, "accepted \(end) of \(whole.count) bytes")
      }
      for index in whole.indices {
        var changed = whole
        for bit in 0..<8 {
          changed[index] = whole[index] ^ (1 << bit)
          _ = refusal(changed)
        }
      }
    }
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 1...80)).map { _ in UInt8.random(in: 0...255, using: &random)
      }
      _ = refusal(sessionKey + bytes)
    }
  }

  @Test func `armor decodes to the same bytes, with and without checksum and CRLF`() throws {
    let home = try TestHome()
    let armored = try home.encrypt("x\n", for: home.makeKey("a"), ["--armor", "--comment", "c"])
    let bytes = try Message(armored).bytes
    let binary = [UInt8](try home.run(["--dearmor"], input: Data(armored)))
    #expect(bytes == binary)
    let text = String(decoding: armored, as: UTF8.self)
    let crlf = "\r\n" + text.replacing("\n", with: "\r\n")
    #expect(try Message(Array(crlf.utf8)).bytes == binary)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let bare = lines.filter { !($0.count == 5 && $0.hasPrefix("=")) }.joined(separator: "\n")
    #expect(bare != text)
    #expect(try Message(Array(bare.utf8)).bytes == binary)
    #expect(refusal(armored + armored) == .trailing)
    #expect(refusal(Array(text.replacing("END PGP", with: "END NOPE").utf8)) == .damagedArmor)
    #expect(refusal(Array("-----BEGIN PGP MESSAGE-----".utf8)) == .truncated)
  }
}
