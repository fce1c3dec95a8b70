import Foundation
import HTTP
import Secrets
import TestSupport
import Testing

@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: Certificates.openssl),
    "openssl is not installed"),
  .enabled(if: !isSanitized, "a sanitizer's own memory is terabytes to search"))
struct MemoryTests {
  @Test func `no copy of the key is left in memory after requests`() async throws {
    // In a process of its own, so that no other test's memory is searched.
    await #expect(processExitsWith: .success) {
      let certificates = try Certificates()
      let server = try Program(
        Certificates.openssl, "s_server", "-www", "-accept", "127.0.0.1:0",
        "-cert", certificates.file("good.pem").path, "-key", certificates.file("good.key").path)
      let url = try WebURL("https://127.0.0.1:\(server.line(after: "ACCEPT 127.0.0.1:")!)")
      let client = try HTTPClient.testing(authorities: certificates.authority)
      let canary = Canary()

      // Several at once, for a single block is soon used again and so hides what is not wiped.
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<8 {
          group.addTask {
            let secret = canary.secret(prefix: "Authorization: Bearer ")
            guard canary.copies() > 0 else { return 0 }
            return try await client.send(
              HTTPRequest(method: "GET", url: url, secretHeaders: secret)
            ).status
          }
        }
        for try await status in group where status != 200 { throw Failure.notSent }
      }
      let copies = canary.copies()
      guard copies == 0 else { throw Failure.left(copies: copies) }
      withExtendedLifetime(server) {}
    }
  }

  private enum Failure: Error {
    case notSent
    case left(copies: Int)
  }
}

/// Random bytes that stand in one known place, so that every other copy can be found.
private struct Canary: @unchecked Sendable {
  private static let count = 48
  private static let bufferSize = 1 << 20
  /// There is one buffer.
  private static let turn = NSLock()
  /// The bytes, and behind them the buffer of the search, which therefore is not searched.
  private let place: UnsafeMutableRawPointer
  private let size = 4096 + Canary.bufferSize

  init() {
    place = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | Int32(MAP_ANONYMOUS), -1, 0)!
    for offset in 0..<Canary.count {
      place.storeBytes(of: UInt8.random(in: 97...122), toByteOffset: offset, as: UInt8.self)
    }
  }

  func secret(prefix: String) -> Secret {
    var builder = SecretBuilder()
    builder.append(prefix)
    builder.append(UnsafeRawBufferPointer(start: place, count: Canary.count).bytes)
    return builder.finish()
  }

  /// How often the bytes stand in writable memory elsewhere.
  func copies() -> Int {
    Canary.turn.lock()
    defer { Canary.turn.unlock() }
    let memory = open("/proc/self/mem", O_RDONLY)
    defer { close(memory) }
    let mine = UInt(bitPattern: place)..<UInt(bitPattern: place) + UInt(size)
    var copies = 0
    for line in Canary.maps.split(separator: "\n") {
      let fields = line.split(separator: " ")
      let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
      guard fields[1].hasPrefix("rw"), ends.count == 2,
        !mine.overlaps(ends[0]..<ends[1])
          || ends[1] - ends[0] > UInt(size)
      else { continue }
      copies += count(in: ends[0]..<ends[1], of: memory, except: mine)
    }
    return copies
  }

  /// Read to its end here, where Foundation stops after a page.
  private static var maps: String {
    let file = open("/proc/self/maps", O_RDONLY)
    defer { close(file) }
    var text: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while case let count = read(file, &part, part.count), count > 0 { text += part[..<count] }
    return String(decoding: text, as: UTF8.self)
  }

  private func count(in range: Range<UInt>, of memory: Int32, except mine: Range<UInt>) -> Int {
    let buffer = place + 4096
    var copies = 0
    var start = range.lowerBound
    while start < range.upperBound {
      let wanted = min(Canary.bufferSize, Int(range.upperBound - start))
      let got = pread(memory, buffer, wanted, off_t(start))
      guard got > 0 else { return copies }
      var rest = buffer
      let last = buffer + got - Canary.count
      let first = Int32(place.load(as: UInt8.self))
      while rest <= last, let hit = memchr(rest, first, last - rest + 1) {
        let isCopy = memcmp(hit, place, Canary.count) == 0
        if isCopy && !mine.contains(start + UInt(hit - buffer)) { copies += 1 }
        rest = hit + 1
      }
      // Overlap, for what two reads split.
      start += UInt(got == wanted && got == Canary.bufferSize ? got - Canary.count : got)
    }
    return copies
  }
}
