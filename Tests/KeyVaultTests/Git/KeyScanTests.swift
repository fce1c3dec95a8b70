import Foundation
import Testing

@testable import KeyVault

/// Keys in the clear, of each form that the catalogue knows.
@Suite struct KeyScanTests {
  private struct Example {
    let provider: String
    let format: KeyFormat
  }

  private static let examples = Catalogue(root: nil).all().providers.flatMap { provider in
    provider.formats.filter { $0.prefix.utf8.count >= 3 }.map {
      Example(provider: provider.name, format: $0)
    }
  }

  /// A key that nobody has, with `random` of the format's alphabet after its prefix.
  private func key(_ format: KeyFormat, _ random: (UInt8) -> Bool) -> [UInt8] {
    let prefix = Array(format.prefix.utf8)
    let length = min(max(format.length.lowerBound, prefix.count + 40), format.length.upperBound)
    let letters = (0x21...0x7e).map { UInt8($0) }.filter {
      format.alphabet.contains($0) && random($0)
    }
    return prefix + (prefix.count..<length).map { _ in letters.randomElement()! }
  }

  private func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
  }

  @Test func `a key of every form with a prefix is found, on its line`() {
    let scan = KeyScan()
    #expect(Self.examples.count > 20)
    for example in Self.examples {
      let text = Array("first\nTOKEN=\"".utf8) + key(example.format, isWord) + Array("\"\n".utf8)
      // Several providers have the same prefix.
      #expect(scan.firstKey(in: text)?.line == 2, "\(example.provider) \(example.format.name)")
    }
  }

  @Test func `what a person writes in place of a key is none`() {
    let scan = KeyScan()
    for example in Self.examples {
      let mask = key(example.format) { [0x78, 0x30, 0x61].contains($0) }
      #expect(scan.firstKey(in: mask) == nil, "\(example.provider) \(example.format.name)")
      let cut = Array(key(example.format, isWord).prefix(example.format.prefix.utf8.count + 4))
      #expect(scan.firstKey(in: cut) == nil)
    }
  }

  @Test func `a repository's own provider counts, and hides no key of the built-in ones`() throws {
    let world = try World()
    try world.write(
      """
      id: openai
      name: Other
      description: x
      capabilities: [text-generation]
      base_url: https://other.example.com
      auth: {header: Authorization, value: "Bearer {key}"}
      key:
        env: [OPENAI_API_KEY]
        formats: [{name: x, prefix: other-, chars: "A-Za-z0-9", length: 30..60}]
      probe: none

      """, to: "providers.d/openai.yaml")
    let scan = KeyScan(others: try world.repository.catalogue.own)
    let own = scan.firstKey(in: Array("other-NotARealKey0123456789NotARealKey".utf8))
    #expect(own == KeyScan.Hit(provider: "Other", line: 1))
    let builtIn = scan.firstKey(in: Array("sk-proj-NotARealKey-NotARealKey-NotARealKey-1".utf8))
    #expect(builtIn?.provider == "OpenAI")
  }

  /// A walk from each start to the end of the run would take hours. (A limit counts the wait for a core too.)
  @Test(.timeLimit(.minutes(30)))
  func `a repository's form whose prefix comes everywhere in a long run takes no time`() throws {
    let world = try World()
    var acme = Acme(at: "https://api.acme.example/v1")
    acme.key = #", formats: [{name: x, prefix: ab., chars: "a-b.", length: 30..65536}]"#
    try world.write(acme.text, to: "providers.d/acme.yaml")
    let scan = KeyScan(others: try world.repository.catalogue.own)
    let prefix = Array("ab.".utf8)
    let run = (0..<KeyScan.sizeLimit).map { prefix[$0 % 3] }
    #expect(scan.firstKey(in: run) == nil)
  }

  private static let openAI = "sk-proj-NotARealKey-NotARealKey-NotARealKey-1"
  private static let others = "OPENAI_API_KEY=\(openAI)\n# and nothing else\n"

  static let dresses: [(name: String, bytes: [UInt8], line: Int)] = [
    ("UTF-16 with a mark", bytes("x\n" + openAI, .utf16), 2),
    ("UTF-16, large end first", bytes("x\n" + openAI, .utf16BigEndian), 2),
    ("UTF-16 behind one byte", [0x41] + bytes("=" + openAI, .utf16LittleEndian), 1),
    ("UTF-32", bytes("\n\n" + openAI, .utf32LittleEndian), 3),
    ("UTF-32, large end first", bytes(openAI, .utf32BigEndian), 1),
    ("base64", base64(openAI), 1),
    ("base64 of more", Array("\ndata: ".utf8) + base64(others), 2),
    ("base64 of some bytes before", base64("a" + others), 1),
    ("base64 with a word before", Array("x=abc/".utf8) + base64(others), 1),
    ("base64 for URLs", base64(others).map { $0 == 0x2b ? 0x2d : $0 == 0x2f ? 0x5f : $0 }, 1),
    ("base64 in lines", lines(base64(others), 20, "\n"), 1),
    ("base64 in lines of Windows", lines(base64(others), 13, "\r\n"), 1),
    ("base64 with indentation", Array("k:\n  ".utf8) + lines(base64(others), 16, "\n  "), 2),
    ("base64 in a string of JSON", lines(base64(others), 10, "\\n"), 1),
    ("base64 twice", base64(String(decoding: base64(others), as: UTF8.self)), 1),
    ("base64 of UTF-16", Array(Data(bytes(openAI, .utf16LittleEndian)).base64EncodedData()), 1),
    ("base64 as UTF-16", bytes(String(decoding: base64(openAI), as: UTF8.self), .utf16), 1),
    ("hexadecimal", Array(openAI.utf8.map { String(format: "%02x", $0) }.joined().utf8), 1),
    ("capital hexadecimal", Array(others.utf8.map { String(format: "%02X", $0) }.joined().utf8), 1),
  ]

  private static func bytes(_ text: String, _ encoding: String.Encoding) -> [UInt8] {
    Array(text.data(using: encoding)!)
  }

  private static func base64(_ text: String) -> [UInt8] {
    Array(Data(text.utf8).base64EncodedData())
  }

  private static func lines(_ bytes: [UInt8], _ length: Int, _ separator: String) -> [UInt8] {
    stride(from: 0, to: bytes.count, by: length).map {
      String(decoding: bytes[$0..<min($0 + length, bytes.count)], as: UTF8.self)
    }.joined(separator: separator).utf8.map { $0 }
  }

  @Test(arguments: dresses)
  func `a key in other dress is found`(dress: (name: String, bytes: [UInt8], line: Int)) {
    let hit = KeyScan().firstKey(in: dress.bytes)
    #expect(hit == KeyScan.Hit(provider: "OpenAI", line: dress.line), "\(dress.name)")
  }

  @Test func `random bytes, digests and programs are none`() throws {
    let scan = KeyScan()
    var random = SystemRandomNumberGenerator()
    let noise = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    #expect(scan.firstKey(in: noise) == nil)
    #expect(scan.firstKey(in: Array(Data(noise).base64EncodedData())) == nil)
    #expect(
      scan.firstKey(in: Array(Data(noise).map { String(format: "%02x", $0) }.joined().utf8)) == nil)
    let shell = try [UInt8](Data(contentsOf: URL(filePath: "/bin/bash")))
    #expect(scan.firstKey(in: shell) == nil)
  }

  @Test func `the name of a file is a key too, and is not shown`() throws {
    let scan = KeyScan()
    let encoded = String(decoding: Self.base64(Self.openAI), as: UTF8.self)
    for path in [
      Self.openAI, "a/\(Self.openAI).txt", "\(Self.openAI)/x", "vault/\(encoded)", encoded,
    ] {
      let findings = scan.findings(inPath: path)
      #expect(findings.map(\.code) == ["plaintext-key"], "\(path)")
      let other = Finding(.strayFile, in: path, "'\(path)' is stray", hint: "git rm \(path)")
      for finding in findings + [scan.masking(["README.md", path])(other)] {
        #expect(
          !finding.text.contains("NotARealKey") && !finding.text.contains(encoded), "\(finding)")
      }
    }
    #expect(scan.findings(inPath: "docs/sk-proj-notes.txt").isEmpty)
    let other = Finding(.strayFile, in: "x", "y")
    #expect(scan.masking(["docs/sk-proj-notes.txt"])(other) == other)
  }
}
