import Testing
import YAML

/// Broken files give an error or a tree, and never a crash.
@Suite struct HostileInputTests {
  static let seeds = 9000..<9050

  /// Reads, and edits what could be read.
  private func survive(_ bytes: [UInt8]) {
    do {
      var document = try Document(parsing: bytes)
      #expect(document.bytes == bytes)
      let key = document.root.mapping?.first?.key ?? "a"
      do {
        try document.set([key, "x"], to: .int(1))
        #expect(document.root[key]?["x"]?.int == 1)
      } catch {
        #expect(!error.message.isEmpty)
      }
      do {
        try document.remove([key])
        #expect(document.root[key] == nil)
      } catch {
        #expect(!error.message.isEmpty)
      }
    } catch {
      let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).count
      let breaks = bytes.count { $0 == 0x0D }
      #expect(error.place.line <= lines + breaks + 1, "\(error)")
      #expect(error.place.line >= 1 && error.place.column >= 1)
    }
  }

  @Test(arguments: seeds) func `survives being cut anywhere`(_ seed: Int) {
    let bytes = Array(RandomDocument(seed: UInt64(seed)).text.utf8)
    for end in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 60)) {
      survive(Array(bytes[..<end]))
      survive(Array(bytes[end...]))
    }
  }

  @Test(arguments: seeds) func `survives changed bytes`(_ seed: Int) {
    var random = Seeded(state: UInt64(seed))
    let bytes = Array(RandomDocument(seed: UInt64(seed)).text.utf8)
    let awkward = Array("{}[],:?-#&*!|>'\"%@` \t\r\n\0\u{85}".utf8) + [0xFF, 0xC3, 0xEF]
    for _ in 0..<100 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        changed[Int.random(in: changed.indices, using: &random)] =
          random.chance(70)
          ? awkward.randomElement(using: &random)! : .random(in: 0...255, using: &random)
      }
      survive(changed)
    }
  }

  @Test func `refuses soon what would take long`() {
    for unit in ["[", "{", "- ", "? ", "a: [", "[{", "{a: ", "*a ", "&a ", "\"", "- |\n", "!!"] {
      survive(Array(String(repeating: unit, count: 200_000 / unit.utf8.count).utf8))
    }
  }
}
