import Testing

@testable import KeyVault

struct PrintableTests {
  @Test func `control and bidirectional characters are written out`() {
    let dangerous: [ClosedRange<UInt32>] = [
      0...0x1f, 0x7f...0x9f, 0x61c...0x61c, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069,
      0xfeff...0xfeff, 0xad...0xad, 0x34f...0x34f, 0x115f...0x1160, 0x180b...0x180e,
      0x200b...0x200b, 0x2060...0x2064, 0x3164...0x3164, 0xffa0...0xffa0, 0xe0100...0xe01ef,
    ]
    for value in dangerous.joined() {
      let text = "a" + String(Unicode.Scalar(value)!) + "b"
      #expect(text.printable == "a\\u{\(String(value, radix: 16))}b")
    }
  }

  @Test(arguments: ["\u{212A}", "\u{37E}", "\u{1FEF}", "\u{212B}", "\u{2126}"])
  func `a character that passes for another is written out`(twin: String) {
    let value = String(twin.unicodeScalars.first!.value, radix: 16)
    #expect("U\(twin)x".printable == "U\\u{\(value)}x")
  }

  @Test(arguments: [
    "", "plain", "schlüssel 鍵 \u{1f511}", "\u{a0}", "a\\u{1b}", "e\u{301}", "👩‍💻", "نامه‌ها",
  ])
  func `other text stays unchanged`(text: String) {
    #expect(text.printable == text)
  }

  @Test func `a mark that joins a control character hides nothing`() {
    #expect("\r\n".printable == "\\u{d}\\u{a}")
    #expect("\u{1b}\u{301}".printable == "\\u{1b}\u{301}")
  }

  @Test(arguments: [
    ("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("\u{1b}\u{1b}", 8, "\\u{1b}\\…"),
    ("", 1, ""),
  ])
  func `a limit counts what is shown`(text: String, limit: Int, shown: String) {
    #expect(text.printable(limit: limit) == shown)
  }
}

struct SuggestionTests {
  @Test(
    arguments: [
      ("opnai", "openai"), ("openai", "openai"), ("mistrall", "mistral"), ("antropic", "anthropic"),
      ("x", nil), ("azure", nil), ("", nil), ("runaway", "runway"),
    ] as [(String, String?)])
  func `the closest known word is suggested, if it is close`(word: String, suggestion: String?) {
    #expect(Suggestion.closest(to: word, among: BuiltIn.ids) == suggestion)
  }

  @Test func `of words equally close the first is suggested`() {
    #expect(Suggestion.closest(to: "abc", among: ["abd", "abe"]) == "abd")
    #expect(Suggestion.closest(to: "abc", among: [String]()) == nil)
  }
}
