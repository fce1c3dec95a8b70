import Foundation
import Testing

@testable import Secrets

struct LockedPagesTests {
  /// A file of /proc/self, read to its end: the kernel hands it out in pieces.
  private func kernelText(_ name: String) -> String {
    let descriptor = open("/proc/self/\(name)", O_RDONLY)
    defer { close(descriptor) }
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(descriptor, &piece, piece.count), count > 0 {
      text += piece[..<count]
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The kernel's flags (`VmFlags`) of the mapping that holds an address; nil when none does.
  private func flags(at address: UInt) -> Set<String>? {
    let text = kernelText("smaps")
    var inside = false
    for line in text.split(separator: "\n") {
      let head = line.prefix { $0 != " " }
      let ends = head.split(separator: "-").compactMap { UInt($0, radix: 16) }
      if ends.count == 2 {
        inside = (ends[0]..<ends[1]).contains(address)
      } else if inside, head == "VmFlags:" {
        return Set(line.split(separator: " ").dropFirst().map(String.init))
      }
    }
    return nil
  }

  private func address(of secret: borrowing Secret) -> UInt {
    secret.withBytes { $0.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
  }

  @Test func `pages of a secret are locked and left out of core dumps`() throws {
    let secret = Secret(utf8: "obviously-fake")
    let flags = try #require(self.flags(at: address(of: secret)))
    #expect(flags.contains("dd"), "not MADV_DONTDUMP: \(flags)")
    #expect(flags.contains("wf"), "not MADV_WIPEONFORK: \(flags)")
    // Locking is tolerated to fail, so it is asked for only where this process may lock at all.
    let probe = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)
    if mlock(probe, 1) == 0 {
      #expect(flags.contains("lo"), "not locked: \(flags)")
      munlock(probe, 1)
    }
    probe.deallocate()
    #expect(secret.count == 14)
  }

  @Test func `two secrets never share a page`() {
    let first = Secret(utf8: "a")
    let second = Secret(utf8: "b")
    let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
    #expect(address(of: first) / page != address(of: second) / page)
    #expect(address(of: first) % page == 0)
  }

  @Test func `no copy stays in memory after release`() throws {
    // Made at run time, so that the canary is in no constant of the program.
    let seed = UInt64.random(in: .min ... .max) | 1
    func canary(_ index: Int) -> UInt8 {
      UInt8(truncatingIfNeeded: (UInt64(index + 1) &* seed) >> 40)
    }
    func make() -> Secret {
      var builder = SecretBuilder()
      for index in 0..<9000 { builder.append(byte: canary(index)) }
      return builder.finish()
    }
    let pattern = Data((0..<8).map { canary(4096 + $0) ^ 0xAA })
    func count() throws -> Int {
      let maps = kernelText("maps")
      let memory = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/mem"))
      var found = 0
      for line in maps.split(separator: "\n") where line.contains(" rw-p ") {
        let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap {
          UInt64($0, radix: 16)
        }
        // Sparse: only small private mappings can be ours; reading all of a test process is slow.
        guard ends.count == 2, ends[1] - ends[0] <= 1 << 20 else { continue }
        try memory.seek(toOffset: ends[0])
        guard let bytes = try? memory.read(upToCount: Int(ends[1] - ends[0])) else { continue }
        let needle = Data(pattern.map { $0 ^ 0xAA })
        var from = bytes.startIndex
        while let range = bytes.range(of: needle, in: from..<bytes.endIndex) {
          if (range.lowerBound - bytes.startIndex) % 4096 == 0 { found += 1 }
          from = range.upperBound
        }
      }
      return found
    }
    do {
      let secret = make()
      #expect(try count() == 1)
      #expect(secret.count == 9000)
    }
    #expect(try count() == 0)
  }
}
