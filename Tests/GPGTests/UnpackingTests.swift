import Foundation
import Glibc
import Secrets
import Synchronization
import Testing

@testable import GPG

/// Messages whose few bytes keep gpg busy, and those for which a person keeps it waiting.
struct UnpackingTests {
  /// Writes packets of zeros that gpg skips, gigabytes of them, in compressed packets.
  private static let script = """
    import bz2, sys, zlib
    def packet(tag, body): return bytes([0xc0 | tag, 255]) + len(body).to_bytes(4, "big") + body
    def skipped(size): return bytes([0xc0 | 60, 255]) + size.to_bytes(4, "big")
    def bzip2(parts):
      work = bz2.BZ2Compressor()
      return packet(8, b"\\3" + b"".join(map(work.compress, parts)) + work.flush())
    def zip(data, wrapped):
      work = zlib.compressobj(9, zlib.DEFLATED, 15 if wrapped else -15)
      return packet(8, (b"\\2" if wrapped else b"\\1") + work.compress(data) + work.flush())
    def vast():
      # Blocks that refer to nothing before them can be repeated.
      work = zlib.compressobj(9, zlib.DEFLATED, -15)
      block = lambda data: work.compress(data) + work.flush(zlib.Z_FULL_FLUSH)
      start, zeros = block(skipped(0xf0000000)), block(bytes(1 << 24))
      return packet(8, b"\\1" + 4 * (start + 240 * zeros) + b"\\3\\0")
    kinds = {
      "bzip2": lambda: bzip2([skipped(1 << 29)] + 32 * [bytes(1 << 24)]),
      "zip": lambda: zip(vast(), False), "zlib": lambda: zip(vast(), True),
      "deep": lambda: bzip2([zip(vast(), True)]),
      "beside": lambda: packet(11, b"b\\0\\0\\0\\0\\0sk-fake") + zip(vast(), False),
    }
    sys.stdout.buffer.write(kinds[sys.argv[1]]())
    """

  private static func content(_ word: String) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, word]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0 && data.count < 1 << 19, "\(data.count)")
    return data
  }

  /// An encryption of packets, as anybody with the public key can make it.
  private static func message(_ packets: Data, for fingerprint: String, in home: TestHome) throws
    -> Message
  {
    let options = ["--trust-model", "always", "--no-literal", "--compress-algo", "none"]
    return try Message(
      Array(home.run(options + ["--encrypt", "-r", fingerprint], input: packets)))
  }

  private static func gpg(of home: TestHome, limit: Int, together: Int = 20) -> GPG {
    GPG(
      program: TestHome.program, home: home.path, unpackingLimit: limit,
      surplus: Surplus(seconds: together))
  }

  /// Whether a gpg goes on decrypting in the home. One that was ended takes a moment to be gone.
  private static func isBusy(_ home: TestHome) -> Bool {
    for _ in 0..<500 where decrypts(home) { usleep(10_000) }
    return decrypts(home)
  }

  private static func decrypts(_ home: TestHome) -> Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap(pid_t.init).contains { process in
      let file = "/proc/\(process)/cmdline"
      let line = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
      return line.contains(home.path + "\0") && line.contains("\0--decrypt\0")
    }
  }

  @Test(arguments: ["bzip2", "zip", "zlib", "deep", "beside"])
  func `a content that inflates without end is ended, and so is its gpg`(word: String) throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a")
    let message = try Self.message(Self.content(word), for: fingerprint, in: home)
    let gpg = Self.gpg(of: home, limit: 1)
    let start = ContinuousClock.now
    #expect(reason { try gpg.decrypt(message) } == .excessive(.time(seconds: 1)))
    #expect(start.duration(to: .now) < .seconds(20))
    #expect(!Self.isBusy(home))
    // The next one is opened as before.
    let sound = try text(gpg.decrypt(Message(home.encrypt("x", for: fingerprint))))
    #expect(sound == "x")
  }

  @Test func `a content that inflates beyond the limit of a plaintext leaves no gpg`() throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a")
    let large = try home.run(
      ["--trust-model", "always", "--encrypt", "-r", fingerprint, "--compress-algo", "zlib"],
      input: Data(count: 200 << 20))
    #expect(large.count < 1 << 20)
    let message = try Message(Array(large))
    #expect(reason { try home.gpg.decrypt(message) } == .tooLarge(limit: GPG.plaintextLimit))
    #expect(!Self.isBusy(home))
  }

  @Test func `a message in a message is not opened`() throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a")
    let inner = try Data(home.encrypt("x", for: fingerprint))
    let start = ContinuousClock.now
    for packets in [inner, inner + inner] {
      let message = try Self.message(packets, for: fingerprint, in: home)
      #expect(reason { try home.gpg.decrypt(message) } == .excessive(.nested))
    }
    #expect(start.duration(to: .now) < .seconds(20))
    #expect(!Self.isBusy(home))
  }

  @Test func `many of them do not add up, and what was lost is given back by and by`() throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a")
    let message = try Self.message(Self.content("zip"), for: fingerprint, in: home)
    let gpg = Self.gpg(of: home, limit: 1, together: 2)
    let found = Mutex<[GPGError.Reason]>([])
    let start = ContinuousClock.now
    DispatchQueue.concurrentPerform(iterations: 24) { _ in
      let reason = reason { try gpg.decrypt(message) }
      found.withLock { $0.append(reason ?? .noAnswer) }
    }
    #expect(start.duration(to: .now) < .seconds(40))
    let reasons = found.withLock { $0 }
    let slow = reasons.count { $0 == .excessive(.time(seconds: 1)) }
    #expect(slow >= 3 && slow < 20)
    #expect(reasons.count { $0 == .excessive(.together(seconds: 2)) } == 24 - slow)
    let surplus = Surplus(seconds: 1)
    surplus.use(.milliseconds(1050))
    #expect(surplus.isUsedUp)
    usleep(1_000_000)
    #expect(!surplus.isUsedUp)
  }

  @Test func `a person may take longer for a passphrase than a content may take`() throws {
    let home = try TestHome()
    let message = try Message(
      home.encrypt("x", for: home.makeKey("a", passphrase: "right-fake")))
    let pinentry = home.path + "/pinentry"
    try Data(
      """
      #!/bin/sh
      echo OK
      while read -r word rest; do
        case $word in GETPIN) sleep 4; echo 'D right-fake' ;; esac
        echo OK
      done

      """.utf8
    ).write(to: URL(filePath: pinentry))
    chmod(pinentry, 0o700)
    try Data("pinentry-program \(pinentry)\n".utf8)
      .write(to: URL(filePath: home.path + "/gpg-agent.conf"))
    try home.stopAgent()
    let start = ContinuousClock.now
    let opened = try text(Self.gpg(of: home, limit: 1, together: 1).decrypt(message))
    #expect(opened == "x")
    #expect(start.duration(to: .now) > .seconds(3))
  }

  @Test func `whatever an honest person has gpg make is opened`() throws {
    let home = try TestHome()
    let fingerprint = try home.makeKey("a")
    for options in [
      ["--compress-algo", "bzip2"], ["--compress-algo", "zip"], ["--compress-algo", "none"],
      ["--sign"], ["--armor"], ["--rfc4880", "--textmode"],
    ] {
      let message = try Message(home.encrypt("sk-fake", for: fingerprint, options))
      let opened = try text(home.gpg.decrypt(message))
      #expect(opened == "sk-fake", "\(options)")
    }
  }
}
