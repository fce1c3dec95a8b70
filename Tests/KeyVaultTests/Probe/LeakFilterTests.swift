import Foundation
import Naming
import Testing

@testable import KeyVault

/// A key in another dress, as an answer may have it.
struct LeakFilterTests {
  private static let key = "sk-proj-Ab3dEf9hIjK2mNoP7rStUv-XyZ_60718293wVuQRS"

  private func leaks(_ text: String, of key: String = key) -> Bool {
    LeakFilter(Array(key.utf8).span.bytes).leaks(in: text)
  }

  private static func pieces(_ length: Int, _ separator: String) -> String {
    let characters = Array(key)
    return stride(from: 0, to: characters.count, by: length).map {
      String(characters[$0..<min($0 + length, characters.count)])
    }.joined(separator: separator)
  }

  private static func each(_ form: (UInt8) -> String) -> String { key.utf8.map(form).joined() }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { String(format: "%02x", $0) }.joined()
  }

  private static func every(_ step: Int, from start: Int) -> String {
    String(key.enumerated().filter { $0.offset % step == start }.map(\.element))
  }

  private static func styled(_ first: UInt32, capitals: UInt32? = nil) -> String {
    String(
      String.UnicodeScalarView(
        key.unicodeScalars.map { scalar in
          switch scalar.value {
          case 0x61...0x7a: Unicode.Scalar(first + scalar.value - 0x61)!
          case 0x41...0x5a: Unicode.Scalar((capitals ?? first) + scalar.value - 0x41)!
          default: scalar
          }
        }))
  }

  static let dresses: [(name: String, text: String)] = [
    ("spaced", pieces(1, " ")), ("by dots", pieces(3, "…")), ("by new lines", pieces(5, "\n")),
    ("by zero-width spaces", pieces(2, "\u{200b}")), ("by joiners", pieces(1, "\u{2060}")),
    ("by words", pieces(6, " and ")), ("by letters", pieces(7, "x")), ("by tags", pieces(4, "<b>")),
    ("under marks", pieces(1, "\u{301}")), ("backwards", String(key.reversed())),
    ("backwards in pieces", String(pieces(7, ", ").reversed())), ("capitals", key.uppercased()),
    ("small", key.lowercased()), ("a part of it", String(key.dropFirst(20).prefix(9))),
    ("hexadecimal", each { String(format: "%02x", $0) }),
    ("capital hexadecimal by colons", each { String(format: "%02X:", $0) }),
    ("hexadecimal of C", each { String(format: "0x%02x, ", $0) }),
    ("hexadecimal backwards", String(each { String(format: "%02x", $0) }.reversed())),
    ("decimal", each { "\($0) " }), ("octal", each { String(format: "\\%03o", $0) }),
    ("percent", each { String(format: "%%%02X", $0) }),
    ("percent twice", each { String(format: "%%25%02x", $0) }),
    ("quoted-printable", each { String(format: "=%02X", $0) }),
    ("of JSON", each { String(format: "\\u%04x", $0) }),
    ("of XML", each { "&#\($0);" }), ("of HTML", each { String(format: "&#x%x;", $0) }),
    ("base64", Data(key.utf8).base64EncodedString()),
    ("base64 in lines", Data(key.utf8).base64EncodedString(options: .lineLength64Characters)),
    ("base64 of a header", Data("Bearer: \(key)".utf8).base64EncodedString()),
    ("hexadecimal of it backwards", hex(key.utf8.reversed())),
    ("base64 of it backwards", Data(key.utf8.reversed()).base64EncodedString()),
    ("base64 of more, backwards", Data("x: \(key)".utf8.reversed()).base64EncodedString()),
    ("every second character", every(2, from: 0)), ("the others", every(2, from: 1)),
    ("every second character backwards", String(every(2, from: 0).reversed())),
    ("every third character", every(3, from: 1)),
    (
      "without every fourth character",
      String(key.enumerated().filter { $0.offset % 4 != 2 }.map(\.element))
    ),
    ("between other characters", key.map { "\($0)x" }.joined()),
    ("between two other characters", key.map { "\($0)7q" }.joined()),
    ("hexadecimal of every second character", hex(every(2, from: 1).utf8)),
    ("hexadecimal between other digits", key.utf8.map { hex([$0]) + "0" }.joined()),
    ("base64 backwards", String(Data(key.utf8).base64EncodedString().reversed())),
    ("full width", styled(0xff41, capitals: 0xff21)),
    ("script", styled(0x1d4ea, capitals: 0x1d4d0)),
    ("monospace", styled(0x1d68a, capitals: 0x1d670)),
    ("in circles", styled(0x24d0, capitals: 0x24b6)),
    ("as tags", each { String(Unicode.Scalar(0xe0000 + UInt32($0))!) }),
    (
      "rotated",
      String(
        decoding: key.utf8.map { byte in
          switch byte | 0x20 {
          case 0x61...0x6d: byte + 13
          case 0x6e...0x7a: byte - 13
          default: byte
          }
        }, as: UTF8.self)
    ),
  ]

  @Test(arguments: dresses)
  func `the key is known again`(dress: (name: String, text: String)) {
    #expect(leaks(dress.text), "\(dress.name)")
    // Other text around it hides nothing.
    #expect(leaks("org-invented: " + dress.text + " (see docs)"), "\(dress.name)")
  }

  @Test(arguments: [
    "org-invented", "Acme Research GmbH & Co. KG", "req_0123456789abcdef0123456789abcdef",
    "4999, 5000, 120000", "models.read, models.write, files.read, project.admin", "2027-02-21",
    "sk-proj", "project", "a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d", "tier 3 (paid since 2024)",
    "https://platform.example.com/account/limits?project=default&tab=usage",
    "\u{6771}\u{4eac}\u{682a}\u{5f0f}\u{4f1a}\u{793e}",
    "gpt-4o-mini-2024-07-18, text-embedding-3-large",
  ])
  func `what an answer usually says is not taken for a part of the key`(text: String) {
    #expect(!leaks(text))
    #expect(!leaks(text, of: "c0ffee00c0ffee11c0ffee22c0ffee33"))
    #expect(!leaks(text, of: "NotARealKeyNotARealKeyNotARealKe"))
  }

  private func kept(_ facts: [Name: String]) -> [Name: String] {
    LeakFilter(Array(Self.key.utf8).span.bytes).kept(facts)
  }

  @Test func `a key over several facts is known again, and none of them is kept`() {
    let parts = Self.pieces(7, "\n").split(separator: "\n").map(String.init)
    #expect(parts.allSatisfy { !leaks($0) })
    let names: [Name] = ["a", "b", "c", "d", "e", "f", "g", "h"]
    let inOrder = Dictionary(zip(names, parts)) { $1 }
    #expect(kept(inOrder) == [:])
    // In any order, and with another fact between them.
    var others = Dictionary(zip(names.reversed(), parts)) { $1 }
    others["dd"] = "org-invented"
    #expect(kept(others) == [:])
    let single = Self.key.enumerated().reduce(into: [Name: String]()) { facts, character in
      facts[Name(String(format: "%03d", character.offset))] = String(character.element)
    }
    #expect(kept(single) == [:])
    let usual: [Name: String] = [
      "request_id": "req_0123456789abcdef0123456789abcdef", "organization": "org-invented",
      "tier": "tier 3 (paid since 2024)", "remaining_requests": "4999", "usage": "12.50 USD",
      "models": "gpt-4o-mini-2024-07-18, text-embedding-3-large", "expires": "2027-02-21",
    ]
    #expect(kept(usual) == usual)
    var one = usual
    one["organization"] = Self.every(2, from: 0)
    #expect(kept(one).count == usual.count - 1)
  }

  /// Facts that a provider may send about any key: none of some hundred keys may have one dropped.
  @Test func `what has nothing to do with a key is kept, whatever the key`() {
    let texts = [
      "req_0123456789abcdef0123456789abcdef",
      "models.read, models.write, files.read, project.admin",
      "gpt-4o-mini-2024-07-18, text-embedding-3-large, whisper-1, tts-1-hd, dall-e-3, o3-mini",
      "The quick brown fox jumps over the lazy dog, and then it sits down for a long while near it",
      "a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
      "4999, 5000, 120000",
    ]
    let alphabets = [
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "0123456789abcdef",
    ].map(Array.init)
    // The same keys in each run.
    var state: UInt64 = 0x5eed
    func next(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(count))
    }
    for number in 0..<300 {
      let alphabet = alphabets[number % 2]
      let length = [32, 40, 51, 93, 156][number % 5]
      let key = "sk-" + String((0..<length).map { _ in alphabet[next(alphabet.count)] })
      let filter = LeakFilter(Array(key.utf8).span.bytes)
      for text in texts where filter.leaks(in: text) { Issue.record("\(text) of \(key)") }
      let facts = Dictionary(texts.enumerated().map { (Name("\($0.offset)"), $0.element) }) { $1 }
      #expect(filter.kept(facts).count == texts.count)
    }
  }

  @Test func `a short key does not cause everything to be dropped`() {
    #expect(!leaks("organization", of: "abc"))
    #expect(leaks("abcdefgh", of: "abcdefgh"))
  }
}
