import Foundation
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

  @Test func `a short key does not cause everything to be dropped`() {
    #expect(!leaks("organization", of: "abc"))
    #expect(leaks("abcdefgh", of: "abcdefgh"))
  }
}
