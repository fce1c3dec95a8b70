import Foundation
import Testing

@testable import Secrets

struct LockedMemoryTests {
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

  @Test(arguments: [14, 3000])
  func `the memory of a secret is locked and left out of core dumps`(count: Int) throws {
    let secret = Secret(utf8: String(repeating: "x", count: count))
    // Its neighbours may come and go.
    for _ in 0..<3 { _ = Secret(utf8: "neighbour") }
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
    #expect(secret.count == count)
  }

  @Test func `secrets of any size overlap with no other`() {
    // More than a chunk holds of the largest slots, and pages besides.
    let sizes = [1, 128, 129, 512, 513, 2048, 2049, 5000]
    let secrets = (0..<160).map { index in
      Shared(Secret(copying: [UInt8](repeating: UInt8(index), count: sizes[index % 8]).span.bytes))
    }
    for (index, shared) in secrets.enumerated() {
      #expect(content(shared.secret).allSatisfy { $0 == UInt8(index) })
    }
    let places = secrets.map { address(of: $0.secret) }
    #expect(Set(places).count == secrets.count)
  }

  /// A secret in an array, which holds no noncopyable values.
  private final class Shared {
    let secret: Secret
    init(_ secret: consuming Secret) { self.secret = secret }
  }

  @Test func `a slot is wiped before another secret has it`() throws {
    var secret: Secret? = Secret(capacity: 2048) { output in
      while !output.isFull { output.append(0xa5, as: UInt8.self) }
    }
    let place = address(of: secret!)
    secret = nil
    // Slots stay mapped; another test's secret may be there by now.
    let slot = UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: place), count: 2048)
    #expect(!slot.contains(0xa5))
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
    // What others unmap meanwhile can end the reading of a mapping early.
    func most() throws -> Int { try (0..<5).map { _ in try count() }.max()! }
    do {
      let secret = make()
      #expect(try most() == 1)
      #expect(secret.count == 9000)
    }
    #expect(try most() == 0)
  }
}
