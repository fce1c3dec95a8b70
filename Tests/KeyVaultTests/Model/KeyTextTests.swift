import Secrets
import TestSupport
import Testing
import YAML

@testable import KeyVault

@Suite(.fewAtATime)
struct KeyTextTests {
  private func check(_ bytes: [UInt8]) throws -> [UInt8] {
    let key = try KeyText.checked(Secret(copying: bytes.span.bytes))
    return key.withBytes { key in (0..<key.byteCount).map { key.byte($0) } }
  }

  @Test(arguments: [
    ("fake-key", "fake-key"), ("fake-key\n", "fake-key"), ("fake-key\r\n", "fake-key"),
    ("fake key", "fake key"), (":fake::key", ":fake::key"), ("schlüssel", "schlüssel"),
    ("鍵\u{1f511}\u{10ffff}", "鍵\u{1f511}\u{10ffff}"),
    ("'\"$`\\#=%!", "'\"$`\\#=%!"), ("#[a##b]::c:::d", "#[a##b]::c:::d"),
    ("##fake-[key", "##fake-[key"), ("##1[fake", "##1[fake"), ("# #[fake", "# #[fake"),
    (
      "\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}",
      "\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}"
    ),
  ])
  func `one line of text is a key, without the line's end`(input: String, key: String) throws {
    #expect(try check(Array(input.utf8)) == Array(key.utf8))
  }

  @Test(arguments: [
    ("", "it is empty"), ("\n", "it is empty"), ("\r\n", "it is empty"),
    (" fake-key", "it starts with white space"), ("\tfake-key", "it starts with white space"),
    ("fake-key ", "it ends with white space"), ("fake-key \n", "it ends with white space"),
    ("fake-key\n\n", "it ends with white space"), ("fake\nkey", "it has a line break inside"),
    ("fake\rkey", "it has a line break inside"), ("fake\0key", "it has a control character inside"),
    ("fake\tkey", "it has a control character inside"),
    ("fake\u{7f}key", "it has a control character inside"),
    ("fake\u{1b}[2Jkey", "it has a control character inside"),
    ("::add-mask::key", JobCommand.objection), ("::", JobCommand.objection),
    ("##[group]key", JobCommand.objection), ("fake##[key", JobCommand.objection),
    ("fake ##vso[task.setvariable variable=a]b", JobCommand.objection),
    ("##teamcity[a]", JobCommand.objection), ("fake###Vso[key", JobCommand.objection),
    (String(repeating: "k", count: 1 << 20), "it is 1048576 bytes long, and 32768 is the limit"),
  ])
  func `what no consumer could carry is refused, never quoted`(input: String, objection: String)
    throws
  {
    let refusal = try #require(failure { _ = try check(Array(input.utf8)) })
    #expect(refusal.kind == .malformed)
    #expect(refusal.message == "this cannot be a key: \(objection)")
  }

  @Test(arguments: [
    ("\u{feff}", "U+FEFF (byte order mark)"), ("\u{200b}", "U+200B (zero width space)"),
    ("\u{a0}", "U+00A0 (no-break space)"), ("\u{ad}", "U+00AD (soft hyphen)"),
    ("\u{2060}", "U+2060 (word joiner)"), ("\u{202e}", "U+202E (right-to-left override)"),
    ("\u{3164}", "U+3164 (hangul filler)"), ("\u{fe0f}", "U+FE0F (variation selector-16)"),
    ("\u{2028}", "U+2028 (line separator)"), ("\u{e0041}", "U+E0041 (tag latin capital letter a)"),
  ])
  func `an invisible character is named, wherever it is`(character: String, name: String) throws {
    for text in [character + "fake-key", "fake\(character)-key", "fake-key\(character)\n"] {
      let refusal = try #require(failure { _ = try check(Array(text.utf8)) })
      #expect(refusal.message == "this cannot be a key: it has an invisible character, \(name)")
    }
  }

  @Test func `the error says what to do with several lines`() throws {
    let refusal = try #require(failure { _ = try check(Array("{\n\"a\": 1\n}".utf8)) })
    #expect(refusal.hints.first?.contains("jq -c . FILE") == true)
  }

  @Test func `a letter that only looks like one of a key is named`() throws {
    let openAI = try #require(try Catalogue(root: nil).provider("openai"))
    let objection = Array("sk-pr\u{43e}j-NotARealKeyNotARealKey-1".utf8).span.bytes
    #expect(
      openAI.objection(to: objection)?.hasSuffix("and it has U+043E (cyrillic small letter o)")
        == true)
  }

  @Test(
    arguments: [
      [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc2], [0xc2, 0x41], [0xc2, 0xc2],
      [0xe0, 0x80, 0x80], [0xe0, 0x9f, 0xbf], [0xe2, 0x82], [0xe2, 0x28, 0xa1],
      [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x80, 0x80, 0x80], [0xf0, 0x8f, 0xbf, 0xbf],
      [0xf0, 0x9f, 0x94], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xfe], [0xff],
      [0xf8, 0x88, 0x80, 0x80, 0x80],
    ] as [[UInt8]])
  func `bytes that are not UTF-8 are not a key`(bytes: [UInt8]) throws {
    for (before, after) in [("", ""), ("fake", ""), ("fake", "key")] {
      let input = Array(before.utf8) + bytes + Array(after.utf8)
      let refusal = try #require(failure { _ = try check(input) }, "\(input)")
      #expect(refusal.message == "this cannot be a key: it is not UTF-8 text")
    }
  }

  @Test func `every pair of bytes is judged as Swift judges it`() {
    let seconds: [UInt8] = [0x21, 0x7e, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xff]
    for first in UInt8.min ... .max {
      for second in seconds where first > 0x20 && first != 0x7f {
        let text = String(validating: [first, second], as: UTF8.self)
        let isText =
          text?.unicodeScalars.allSatisfy { scalar in
            ![.control, .format, .spaceSeparator].contains(scalar.properties.generalCategory)
              && !scalar.properties.isDefaultIgnorableCodePoint
          } ?? false
        #expect((try? check([first, second])) == (isText ? [first, second] : nil))
      }
    }
  }
}

struct KeyFormatTests {
  private func format(_ yaml: String) throws -> KeyFormat {
    KeyFormat(try Document(parsing: Array(yaml.utf8)).root)
  }

  @Test(arguments: [
    ("abcd", true), ("abcde", true), ("abcdef", true), ("abc", false), ("abcdefg", false),
    ("ab-_", true), ("ab-é", false), ("abXY", false), ("xbcd", false), ("ab", false), ("", false),
    ("AB-_", false), ("ab\0\0", false),
  ])
  func `prefix, alphabet and length are compared as bytes`(key: String, matches: Bool) throws {
    let format = try format("{name: x, prefix: ab, chars: \"a-z_-\", length: 4..6}")
    #expect(format.matches(Array(key.utf8).span.bytes) == matches)
  }

  @Test func `a length is exact, a range, or any`() throws {
    #expect(try format("{length: 32}").length == 32...32)
    #expect(try format("{length: 24..64}").length == 24...64)
    #expect(try format("{name: x}").length == 1...65_536)
  }

  @Test(arguments: [
    ("A-Za-z0-9_-", "AZaz09_-", "@[`{/:.\u{e9}"), ("a-", "a-", "b,"), ("-a", "-a", "b,"),
    ("z-a", "z-a", "b"), ("a-c-e", "abc-e", "d"), ("", "", "a"), ("!-~", "!~ab", " \u{7f}"),
  ])
  func `an alphabet is characters and ranges`(text: String, members: String, others: String) {
    let alphabet = Alphabet(text)
    for byte in members.utf8 { #expect(alphabet.contains(byte), "\(byte)") }
    for byte in others.utf8 { #expect(!alphabet.contains(byte), "\(byte)") }
  }

  @Test func `the first format that fits names the kind of key`() throws {
    let openai = try #require(BuiltIn.provider("openai"))
    let filler = String(repeating: "x", count: 30)
    for (key, name) in [
      ("sk-proj-" + filler, "project"), ("sk-admin-" + filler, "admin"), ("sk-" + filler, "user"),
    ] {
      #expect(openai.format(of: Array(key.utf8).span.bytes)?.name == name)
    }
    #expect(openai.format(of: Array("pk-\(filler)".utf8).span.bytes) == nil)
  }
}

struct PreviewTests {
  private func preview(_ key: String, of provider: String = "openai", limit: Int = 4) -> String {
    Preview.text(of: Array(key.utf8).span.bytes, provider: provider, limit: limit)
  }

  @Test func `a preview shows at most four, and an eighth of the secret part, and hides sixteen`() {
    for length in 0...60 {
      let secret = String(
        (0..<length).map { "abcdefghijklmnop".utf8.map { Character(Unicode.Scalar($0)) }[$0 % 16] })
      for limit in [0, 1, 4, 99] {
        // No built-in provider has such a prefix.
        let shown = preview("~" + secret, of: "acme", limit: limit).count - 1
        let most = min(4, limit, (length + 1) / 8)
        #expect(shown == (length + 1 - most >= 16 ? most : 0), "\(length) \(limit)")
      }
    }
  }

  @Test(
    arguments: [
      ("sk-proj-" + "NotARealKeyNotARealKeyNotARea9f3A", "openai", "sk-proj-…9f3A"),
      ("sk-proj-" + "NotARealKeyNot9f3A", "openai", "sk-proj-…3A"),
      ("NotARealKeyNotARealKeyNotARe9f3A", "mistral", "…9f3A"),
      ("sk-proj-" + "NotARealKeyNotARealKeyNotARea9f3A", "acme", "…9f3A"),
      ("sk-other!" + "NotARealKeyNotARealKeyNotAR", "openai", "…AR"),
    ] as [(String, String, String)])
  func `only the built-in catalogue publishes prefixes`(key: String, provider: String, text: String)
  {
    let shown = preview(key, of: provider)
    #expect(shown.hasPrefix(text.prefix { $0 != "…" } + "…"))
    if text != "…AR" { #expect(shown == text) } else { #expect(!shown.hasPrefix("sk")) }
  }

  @Test func `half of a character is not shown`() {
    #expect(preview(String(repeating: "鍵", count: 40), of: "acme") == "…")
    #expect(preview(String(repeating: "k", count: 40) + "a b", of: "acme") == "…")
  }
}
