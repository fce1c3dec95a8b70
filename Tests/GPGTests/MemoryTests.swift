import Foundation
import GPG
import Secrets
import Testing

struct MemoryTests {
  @Test func `no copy of a plaintext stays after encrypting and decrypting`() async {
    // In a process of its own: neighbours write to memory that was freed, which would hide a copy.
    await #expect(processExitsWith: .success) {
      let home = try TestHome()
      let file = try home.recipient(home.makeKey("a"))
      let gpg = home.gpg
      var canary = Canary()
      let message = try Message(
        GPG.encrypt(canary.secret(), to: [file], program: TestHome.program))
      try #require(canary.copies() == 0)
      do {
        let secret = try gpg.decrypt(message)
        try #require(secret.count == canary.count)
        try #require(canary.copies() == 1)
        try #require(secret.count == canary.count)
      }
      try #require(canary.copies() == 0)
    }
  }
}

/// Random bytes that are in memory only in disguise, and a search for them.
private struct Canary {
  let count = 2048
  private let disguised: [UInt8] = (0..<2048).map { _ in UInt8.random(in: 0...255) }
  private let mask: UInt8 = 0xA5
  private var window = [UInt8](repeating: 0, count: 1 << 16)

  func secret() -> Secret {
    var builder = SecretBuilder(capacity: count)
    for byte in disguised { builder.append(byte: byte ^ mask) }
    return builder.finish()
  }

  /// Places of this process's writable memory that hold 16 bytes from the middle.
  mutating func copies() -> Int {
    let maps = open("/proc/self/maps", O_RDONLY)
    let memory = open("/proc/self/mem", O_RDONLY)
    defer {
      close(maps)
      close(memory)
    }
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 14)
    while case let size = read(maps, &piece, piece.count), size > 0 { text += piece[..<size] }
    var found = 0
    for line in String(decoding: text, as: UTF8.self).split(separator: "\n")
    where line.contains(" rw") {
      let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { Int($0, radix: 16) }
      found += copies(from: ends[0], to: ends[1], memory)
    }
    return found
  }

  private mutating func copies(from start: Int, to end: Int, _ memory: Int32) -> Int {
    let needle = Array(disguised[1000..<1016])
    var (found, position) = (0, start)
    // One buffer, with an overlap, and wiped: what was read is a copy itself.
    while position < end {
      let size = pread(memory, &window, min(window.count, end - position), position)
      guard size > 16 else { break }
      let isOwn = window.withUnsafeBytes { buffer in
        let own = Int(bitPattern: buffer.baseAddress!)
        return position < own + buffer.count && own < position + size
      }
      if !isOwn {
        found += window.withUnsafeBytes { buffer in
          var hits = 0
          for offset in 0...(size - 16) where buffer[offset] == needle[0] ^ mask {
            if (1..<16).allSatisfy({ buffer[offset + $0] == needle[$0] ^ mask }) { hits += 1 }
          }
          return hits
        }
      }
      _ = window.withUnsafeMutableBytes { $0.initializeMemory(as: UInt8.self, repeating: 0) }
      position += position + size >= end ? size : size - 15
    }
    return found
  }
}
