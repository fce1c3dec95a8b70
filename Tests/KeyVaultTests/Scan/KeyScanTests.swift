import Foundation
import TestSupport
import Testing

@testable import KeyVault

/// Plaintext keys, of each form that the catalogue knows.
@Suite struct KeyScanTests {
  private struct Example {
    let provider: String
    let format: KeyFormat
  }

  private static let examples = BuiltIn.all.flatMap { provider in
    provider.formats.filter { $0.prefix.utf8.count >= 3 }.map {
      Example(provider: provider.name, format: $0)
    }
  }

  /// A key that does not exist, with `random` of the format's alphabet after its prefix.
  static func key(_ format: KeyFormat, _ random: (UInt8) -> Bool) -> [UInt8] {
    let prefix = Array(format.prefix.utf8)
    let length = min(max(format.length.lowerBound, prefix.count + 40), format.length.upperBound)
    let letters = (0x21...0x7e).map { UInt8($0) }.filter {
      format.alphabet.contains($0) && random($0)
    }
    return prefix + (prefix.count..<length).map { _ in letters.randomElement()! }
  }

  static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
  }

  @Test func `a key of every form with a prefix is found, on its line`() {
    let scan = KeyScan()
    #expect(Self.examples.count > 20)
    for example in Self.examples {
      let text =
        Array("first\nTOKEN=\"".utf8) + Self.key(example.format, Self.isWord) + Array("\"\n".utf8)
      // Several providers have the same prefix.
      #expect(scan.firstKey(in: text)?.line == 2, "\(example.provider) \(example.format.name)")
    }
  }

  @Test func `what a person writes in place of a key is none`() {
    let scan = KeyScan()
    for example in Self.examples {
      let mask = Self.key(example.format) { [0x78, 0x30, 0x61].contains($0) }
      #expect(scan.firstKey(in: mask) == nil, "\(example.provider) \(example.format.name)")
      let cut = Array(
        Self.key(example.format, Self.isWord).prefix(example.format.prefix.utf8.count + 4))
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
    let run = (0..<KeySearch.windowSize).map { prefix[$0 % 3] }
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

  static func base64(_ text: String) -> [UInt8] {
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

  /// What stands before, in, and behind a key in texts of every kind, and its line.
  static let escapes: [(text: String, line: Int)] = [
    (#"{"log": "started\n\#(openAI)\n"}"#, 1), (#"a\t\#(openAI)"#, 1), (#"x\b\#(openAI)\0"#, 1),
    (#"a\nb\\n\#(openAI)"#, 1), (#"first\x3d\#(openAI)"#, 1), (#"\u003A\#(openAI)\u0022"#, 1),
    (#"\u{3d}\#(openAI)"#, 1), (#"\U0000003d\#(openAI)"#, 1), (#"x\075\#(openAI)"#, 1),
    ("https://x.test/?a=1&key%3D\(openAI)%26b", 1), ("key%253D\(openAI)", 1),
    ("a%u003d\(openAI)", 1), ("line\nKEY=3D\(openAI)=20x", 2), ("&quot;\(openAI)&quot;", 1),
    ("key&#61;\(openAI)", 1), ("key&#x3D\(openAI)", 1), ("key&#061\(openAI)", 1),
    ("\u{1b}[32m\(openAI)\u{1b}[0m", 1), ("a\n\u{1b}[1;31mb\u{1b}[38;5;12m\(openAI)", 2),
    (#"echo -e \e[32m\#(openAI)"#, 1), (#"\033[0m\#(openAI)"#, 1), (#"\x1b[0;1m\#(openAI)"#, 1),
    ("2026 [32m\(openAI)[0m", 1), ("^[[0m\(openAI)", 1), ("\u{1b}(B\(openAI)", 1),
    // The escapes are in the key.
    (#"sk\u002dproj\u002dNotARealKey-NotARealKey-NotARealKey-1"#, 1),
    ("sk%2Dproj%2DNotARealKey%2DNotARealKey%2DNotARealKey%2D1", 1),
    ("sk&#45;proj&#x2d;NotARealKey&hyphen;NotARealKey&#45;NotARealKey&#45;1", 1),
    ("one\nsk-proj-NotARealKey-NotARealKey-=\nNotARealKey-1\nlast", 2),
    ("a=\nb=\r\nc\n\nsk-proj-NotAReal\\\nKey-NotARealKey-NotARealKey-1", 5),
    ("sk-proj-NotARealKey\u{1b}[01;31m-NotARealKey\u{1b}[m-NotARealKey-1", 1),
    // A header, and base64 in a URL.
    ("Authorization: Basic \(String(decoding: base64("user:" + openAI), as: UTF8.self))", 1),
    (#"{"auth": "\nBasic\n\#(String(decoding: base64(":" + openAI), as: UTF8.self))"}"#, 1),
    (
      "?auth=\(String(decoding: base64("?>" + openAI + "?>~"), as: UTF8.self).replacing("+", with: "%2B").replacing("/", with: "%2F"))%3D",
      1
    ),
  ]

  @Test(arguments: escapes)
  func `a key behind an escape is found, and one that has escapes in it`(
    example: (text: String, line: Int)
  ) {
    for text in [Array(example.text.utf8), Self.bytes(example.text, .utf16LittleEndian)] {
      #expect(
        KeyScan().firstKey(in: text) == KeyScan.Hit(provider: "OpenAI", line: example.line),
        "\(example.text)")
    }
  }

  @Test func `a key is found in data that does not separate it from other words`() {
    let key = "sk-proj-A7f3Kp9QxZ2mB8vL4nR6tY1wC5"
    for data in [
      // Of a database, of a message with lengths, of a command line, of a name.
      Array("OPENAI_API_KEY\(key)created_at".utf8), [0x0a, 0x22] + Array(key.utf8),
      Array("mysql -p\(key)".utf8), Array("backup_\(key).txt".utf8),
    ] {
      #expect(KeyScan().firstKey(in: data)?.provider == "OpenAI")
    }
    // Behind a length, short prefixes count too.
    let short = Array("hf_A7f3Kp9QxZ2mB8vL4nR6tY1wC5".utf8)
    #expect(KeyScan().firstKey(in: [0x01, 0x08, 0x33] + short) != nil)
    #expect(KeyScan().firstKey(in: [0xd9, 0x41] + short) != nil)
    #expect(KeyScan().firstKey(in: Array("shel".utf8) + short) == nil)
  }

  @Test(arguments: [
    #"C:\disk-ForEverybody12\task_WithAVeryLongName34"#, #"\mask-ThatHidesEverything2024and25"#,
    "%risk-AssessmentOfTheYear2024And2025", "=flask-SQLAlchemyExtension20Version30",
    "task-proj-NotARealKey-NotARealKey-NotARealKey-0001", "[12mask_of_the_Thing_2024_and_2025",
    "\u{1b}[0mdesk_WithAVeryLongName_2024_2025", "&flask_WithAVeryLongName2024_2025",
    "COHERE_API_KEY: ${{ secrets.COHERE_API_KEY_OF_2024_A1B2C3D4 }}",
    "MISTRAL_API_KEY=$(vault read a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6)",
    "MISTRAL_API_KEY = settings.get('a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6')",
    "export MISTRAL_API_KEY=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "MISTRAL_API_KEY=yourMistralApiKeyGoesHere1",
    "mistralApiKey = configuration.requiredMistralApiKeyOfTheTenant2",
    "MISTRAL_API_KEY: ENC[AES256_GCM,data:a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6,iv:x]",
    "env: MISTRAL_API_KEY\nid: 01JD7Z3K8Q5M2N4P6R8T0V1W2X",
    "env: COHERE_API_KEY\ndigest: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "MISTRAL_API_KEY\n\n\na1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6",
    "GLOBAL_KEY=a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6",
    "MISTRAL_API_KEY_FILE=/run/secrets/a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6",
  ])
  func `what looks a little like a key is none`(text: String) {
    #expect(KeyScan().firstKey(in: Array(text.utf8)) == nil, "\(text)")
  }

  @Test func `a large file is searched in parts, over whose borders a key may extend`() {
    let scan = KeyScan()
    let key = Array(Self.openAI.utf8)
    let line = Array("nothing of interest in this line\n".utf8)
    let filler = Array((0..<140_000).map { _ in line }.joined())
    for border in [KeySearch.windowSize - 20, KeySearch.windowSize, KeySearch.windowSize - 60_000] {
      var search = KeySearch(with: scan, judgesLines: false)
      let text = filler[..<border] + [0x20] + key + [0x0a] + filler
      // As git gives it.
      for start in stride(from: 0, to: text.count, by: 65_537) {
        search.read(text[start..<min(start + 65_537, text.count)])
      }
      search.finish()
      let number = filler[..<border].count { $0 == 0x0a } + 1
      #expect(search.result == .key(KeyScan.Hit(provider: "OpenAI", line: number)))
    }
    // Where a part begins, no word begins.
    var search = KeySearch(with: scan, judgesLines: false)
    let word = Array("task-proj-NotARealKey-NotARealKey-NotARealKey-0001 ".utf8)
    for _ in 0..<200_000 { search.read(word[...]) }
    search.finish()
    #expect(search.result == .nothing)
  }

  /// Texts in which each byte may begin something. Twice the length may take twice the time of a processor, and not
  /// four times.
  @Test(arguments: [
    "\\", "\\u{", "%", "%25", "&#", "&#x", "=", "\u{1b}[", "[0", "MISTRAL_API_KEY=",
    "MISTRAL_API_KEY ",
    "FAL_KEY:", "sk-", "sk-proj-a", "A0", "\\n", "=\n", "AZURE_API_KEY=a",
  ])
  func `the time is linear`(part: String) {
    let scan = KeyScan()
    func seconds(_ size: Int) -> Double {
      let unit = Array(part.utf8)
      let text = (0..<size).map { unit[$0 % unit.count] }
      let start = threadSeconds()
      _ = scan.firstKey(in: text)
      return threadSeconds() - start
    }
    let (short, long) = (seconds(10_000), seconds(80_000))
    #expect(long < 8 * short * 3 + 0.5, "\(part): \(short) s, \(long) s")
  }
}
