import Foundation
import Naming
import Testing

/// Pairs that Swift's `String` takes for equal, and no file system does.
enum Twins {
  static let all = [
    ("K", "\u{212A}"), ("\u{3A9}", "\u{2126}"), ("\u{C5}", "\u{212B}"), ("\u{E9}", "e\u{301}"),
    (";", "\u{37E}"), ("`", "\u{1FEF}"), ("\u{AC00}", "\u{1100}\u{1161}"),
    ("a\u{323}\u{307}", "a\u{307}\u{323}"), ("\u{1E9B}\u{323}", "\u{17F}\u{323}\u{307}"),
  ]
}

struct NameTests {
  @Test(arguments: Twins.all) func `two names that Swift takes for equal are two`(
    one: String, other: String
  ) {
    let (a, b) = (Name("vault/U\(one)"), Name("vault/U\(other)"))
    #expect(
      one.precomposedStringWithCanonicalMapping == other.precomposedStringWithCanonicalMapping)
    #expect(a != b && (a < b) != (b < a))
    #expect(Set([a, b]).count == 2)
    #expect(Set(names: [a.text, b.text]).count == 2)
    var values: [Name: Int] = [:]
    values[a.text] = 1
    values[b.text, default: 0] += 2
    #expect(values[a] == 1 && values[b] == 2)
    #expect(Dictionary(grouping: [a, b]) { $0 }.count == 2)
  }

  @Test func `names sort by their bytes`() {
    let texts = ["B", "a", "z", "\u{E9}", "e\u{301}", "\u{212A}", "\u{1F511}", "\u{FF21}"]
    let sorted = texts.map { Name($0) }.sorted().map { Array($0.text.utf8) }
    #expect(sorted == texts.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
    #expect(Set(names: texts).sortedTexts.map { Array($0.utf8) } == sorted)
  }

  @Test func `a name is a string in JSON, also as a key`() throws {
    let values: [Name: [Name]] = ["vault/UK": ["a"], "vault/a": []]
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(values), as: UTF8.self)
    #expect(text == #"{"vault/UK":["a"],"vault/a":[]}"#)
    #expect(try JSONDecoder().decode([Name: [Name]].self, from: Data(text.utf8)) == values)
  }
}

struct NameOfBytesTests {
  @Test func `names that are not UTF-8 stay apart`() {
    let names: [[UInt8]] = [
      [0xFF], [0xFE], [0x61, 0xFF], [0xC3], [0xC3, 0xC3], [0xED, 0xA0, 0x80], [0xC0, 0xAF],
      Array("\u{FFFD}".utf8), Array("\u{FFFD}ff".utf8),
      Array("\u{FFFD}ef\u{FFFD}bf\u{FFFD}bd".utf8),
      [0xFF, 0x66, 0x66], Array("\\xff".utf8), Array("%ff".utf8), [],
    ]
    #expect(Set(names: names.map { String(name: $0) }).count == names.count)
  }

  @Test func `any two bytes make a name of their own`() {
    var seen: Set<Name> = []
    for first in UInt8.min...UInt8.max {
      seen.insert(String(name: [first]))
      for second in UInt8.min...UInt8.max { seen.insert(String(name: [first, second])) }
    }
    #expect(seen.count == 256 + 256 * 256)
  }

  @Test(arguments: ["", "openai.gpg", "schl\u{FC}ssel", "e\u{301}", "\u{212A}", "a\nb", "\u{202E}"])
  func `a name that is UTF-8 keeps its bytes`(text: String) {
    #expect(Array(String(name: Array(text.utf8)).utf8) == Array(text.utf8))
  }

  @Test func `what is spelled out shows each byte`() {
    #expect(String(name: [0x61, 0xFF, 0x2E, 0x79]) == "a\u{FFFD}ff.y")
  }
}
