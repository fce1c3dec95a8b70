import Testing

@testable import KeyVault

/// Keys are taken out of all text, and the look for them costs little.
struct KeyMaskTests {
  private static let key = "sk-proj-NotARealKey-NotARealKey-NotARealKey-0001"

  @Test func `the list of prefixes is what the parsed catalogue says`() {
    let formats = BuiltIn.ids.flatMap { BuiltIn.provider($0)!.formats }
    let prefixed = formats.filter { !$0.prefix.isEmpty }
    #expect(Set(Embedded.keyPrefixes) == Set(prefixed.map(\.prefix)) && prefixed.count > 20)
    let found = prefixed.filter { $0.prefix.utf8.count >= KeyForm.shortestPrefix }
    #expect(found.allSatisfy { $0.length.lowerBound >= KeyMarks.shortestKey })
  }

  @Test func `a text without keys stays unchanged, and a key is removed anywhere in it`() {
    for text in ["", "sk-proj-…9f3A", "sk-proj-xxxxxxxxxxxxxxxxxxxxxxxx", "prefix: sk-ant-api"] {
      #expect(text.withoutKeys == text)
    }
    let key = Self.key
    #expect(key.withoutKeys == "…")
    #expect("a \(key), b\n\"\(key)\"".withoutKeys == "a …, b\n\"…\"")
    #expect("\(key).\(key)".withoutKeys == "….…")
    #expect("::\u{1b}\(key)".safeForStream() == "\\u{3a}:\\u{1b}…")
    #expect("{\"owner\" : \"\(key)\"}".safeForStream() == "{\"owner\" : \"…\"}")
  }

  @Test func `many keys take no longer than their length`() {
    let text = String(repeating: Self.key + "\n", count: 20_000)
    let start = ContinuousClock.now
    #expect(text.withoutKeys == String(repeating: "…\n", count: 20_000))
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test(arguments: [
    ("sk-proj-…9f3A", "sk-proj-…9f3A", true), ("…9f3A", "…9f3A", true), ("…", "…", true),
    ("sk-ant-api…", "sk-ant-api…", true),
    ("abcdefgh…9f3A", "…9f3A", true), ("SK-PROJ-…9f3A", "…9f3A", true),
    ("sk-proj-…9f3AB", "…", false), ("abcdefghijklmnopq…", "…", false), ("", "…", false),
    ("…9f3A…", "…", false), ("sk-proj-...9f3A", "…", false), ("abcd", "…", false),
    // Four bytes, and not four characters.
    ("…9f3\u{e9}", "…", false),
  ])
  func `of a preview no more is shown than keyvault writes`(
    text: String, shown: String, isSound: Bool
  ) {
    #expect(Preview.shown(text) == shown)
    #expect(Preview.isSound(text) == isSound)
  }
}
