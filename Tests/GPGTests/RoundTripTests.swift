import Foundation
import GPG
import Secrets
import Testing

struct RoundTripTests {
  private let content = "obviously-fake-key\nprovider: demo\n"

  @Test(arguments: [("ed25519", "cv25519"), ("rsa2048", "rsa2048")])
  func `what we encrypt, we and gpg open`(primary: String, subkey: String) throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a", primary: primary, subkey: subkey)
    let ciphertext = try encrypted(content, to: [home.recipient(fingerprint)])
    let opened = text(try home.gpg.decrypt(Message(ciphertext)))
    #expect(opened == content)
    let byGPG = try home.run(["--quiet", "--decrypt"], input: Data(ciphertext))
    #expect(String(decoding: byGPG, as: UTF8.self) == content)
  }

  @Test(arguments: [[], ["--armor"], ["--compress-algo", "none"], ["-z", "9"]])
  func `what gpg encrypts, we open`(options: [String]) throws {
    let home = try TestHome()
    let ciphertext = try home.encrypt(content, for: home.makeKey("a"), options)
    let opened = text(try home.gpg.decrypt(Message(ciphertext)))
    #expect(opened == content)
  }

  @Test func `a message is asked for once, while gpg starts, and may be missing`() throws {
    let home = try TestHome()
    let message = try Message(home.encrypt(content, for: home.makeKey("a"), []))
    var count = 0
    func opened(_ given: Message?, by gpg: GPG) throws -> String? {
      count = 0
      let secret = try gpg.decrypt {
        count += 1
        return given
      }
      guard let secret else { return nil }
      return text(secret)
    }
    for given in [nil, message, nil, message] {
      #expect(try opened(given, by: home.gpg) == given.map { _ in content })
      #expect(count == 1)
    }
    // No other's message, and no gpg at all, are errors, and not nothing.
    let other = try TestHome()
    #expect(throws: GPGError.self) { try opened(message, by: other.gpg) }
    #expect(count == 1)
    #expect(throws: GPGError.self) {
      try opened(message, by: GPG(program: "/proc/none/gpg", home: home.path))
    }
    #expect(count == 0)
  }

  @Test func `an empty content stays empty`() throws {
    let home = try TestHome()
    let ciphertext = try encrypted("", to: [home.recipient(home.makeKey("a"))])
    let opened = text(try home.gpg.decrypt(Message(ciphertext)))
    #expect(opened.isEmpty)
  }

  @Test func `each of several recipients opens it, and gpg lists the same key ids`() throws {
    let homes = [try TestHome(), try TestHome()]
    let files = try homes.map { try $0.recipient($0.makeKey("a")) }
    let ciphertext = try encrypted(content, to: files + files)
    for home in homes {
      let opened = text(try home.gpg.decrypt(Message(ciphertext)))
      #expect(opened == content)
    }
    let listing = try homes[0].run(["--list-packets"], input: Data(ciphertext))
    let listed = String(decoding: listing, as: UTF8.self).split(separator: "\n")
      .filter { $0.hasPrefix(":pubkey enc packet:") }
      .compactMap { $0.split(separator: " ").last.flatMap { UInt64($0, radix: 16) } }
    let message = try Message(ciphertext)
    #expect(message.recipients == listed)
    #expect(Set(listed) == Set(files.flatMap(\.key.encryptionKeyIDs)))
    #expect(listed.count == 2)
  }

  @Test func `sixteen at once all open`() async throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a")
    let file = try home.recipient(fingerprint)
    let gpg = home.gpg
    let messages = try (0..<16).map { try Message(encrypted("content \($0)", to: [file])) }
    let results = Results()
    let threads = messages.enumerated().map { index, message in
      Thread {
        let result = Result { text(try gpg.decrypt(message)) }
        results.add(index, (try? result.get()) ?? "\(result)")
      }
    }
    for thread in threads { thread.start() }
    while results.count < 16 { usleep(1000) }
    for index in 0..<16 { #expect(results[index] == "content \(index)") }
  }

  private final class Results: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Int: String] = [:]
    var count: Int { lock.withLock { values.count } }
    func add(_ index: Int, _ value: String) { lock.withLock { values[index] = value } }
    subscript(index: Int) -> String? { lock.withLock { values[index] } }
  }

  @Test func `more than 64 KiB of output are refused, however small the file`() throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a")
    let bomb = try home.run(
      ["--trust-model", "always", "-z", "9", "--encrypt", "-r", fingerprint],
      input: Data(count: 30 << 20))
    #expect(bomb.count < 100_000)
    let gpg = home.gpg
    #expect(reason { try gpg.decrypt(Message([UInt8](bomb))) } == .tooLarge(limit: 65536))
    let whole = String(repeating: "x", count: 65536)
    let opened = text(try gpg.decrypt(Message(home.encrypt(whole, for: fingerprint))))
    #expect(opened == whole)
    #expect(
      reason { try gpg.decrypt(Message(home.encrypt(whole + "x", for: fingerprint))) }
        == .tooLarge(limit: 65536))
  }
}
