import Testing
import YAML

@Suite struct RefusalTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var reason: YAMLError.Reason
    var line: Int
    var column: Int
    var testDescription: String { String(text.prefix(40)).debugDescription }

    init(_ text: String, _ reason: YAMLError.Reason, _ line: Int, _ column: Int) {
      (self.text, self.reason, self.line, self.column) = (text, reason, line, column)
    }
  }

  static let cases: [Case] = [
    Case("a: 1\nb: 2\na: 3\n", .duplicateKey("a", first: Place(line: 1, column: 1)), 3, 1),
    Case("x:\n  'a': 1\n  a: 3\n", .duplicateKey("a", first: Place(line: 2, column: 3)), 3, 3),
    Case("{1: a, \"1\": b}", .duplicateKey("1", first: Place(line: 1, column: 2)), 1, 8),
    Case("é: {ü: 1, ü: 2}", .duplicateKey("ü", first: Place(line: 1, column: 5)), 1, 11),
    Case("a: !!str 1\n", .tag("tag:yaml.org,2002:str"), 1, 4),
    Case("a: ! 1\n", .tag("!"), 1, 4),
    Case("a: ! '1'\n", .tag("!"), 1, 4),
    Case("ä: ! ääää\n", .tag("!"), 1, 4),
    Case("a: !\n", .tag("!"), 1, 4),
    Case("a: !mine\n  b: 1\n", .tag("!mine"), 1, 4),
    Case("a: !!str &x 1\n", .tag("tag:yaml.org,2002:str"), 1, 4),
    Case("!k a: 1\n", .tag("!k"), 1, 1),
    Case("- !<!x> []\n", .tag("!x"), 1, 3),
    Case("%TAG ! tag:example.com,2000:\n---\na\n", .tagDirective, 1, 1),
    Case("a: &x 1\n", .anchor("x"), 1, 4),
    Case("a: &x !!str 1\n", .anchor("x"), 1, 4),
    Case("&k a: 1\n", .anchor("k"), 1, 1),
    Case("- &x [1]\n", .anchor("x"), 1, 3),
    Case("a: *x\n", .alias("x"), 1, 4),
    Case("*x : 1\n", .alias("x"), 1, 1),
    Case("a\n---\nb\n", .secondDocument, 2, 1),
    Case("---\na: 1\n...\n---\nb: 2\n", .secondDocument, 4, 1),
    Case("---\n---\n", .secondDocument, 2, 1),
    Case("? [a]\n: 1\n", .keyNotScalar, 1, 3),
    Case("{{a: 1}: 2}", .keyNotScalar, 1, 2),
    Case(String(repeating: "[", count: 65), .tooDeep, 1, 65),
    Case(String(repeating: "- ", count: 70) + "x", .tooDeep, 1, 129),
    Case("a: b\0c\n", .forbiddenCharacter("\0"), 1, 5),
    Case("a: 1\nb: é\u{7}\n", .forbiddenCharacter("\u{7}"), 2, 5),
    Case("a: \u{7F}\n", .forbiddenCharacter("\u{7F}"), 1, 4),
    Case("a: b\u{85}c\n", .forbiddenCharacter("\u{85}"), 1, 5),
    Case("a: b\u{2028}c\n", .forbiddenCharacter("\u{2028}"), 1, 5),
    Case("a: b\u{FEFF}c\n", .forbiddenCharacter("\u{FEFF}"), 1, 5),
    Case("a: b\u{FFFE}c\n", .forbiddenCharacter("\u{FFFE}"), 1, 5),
    Case("\u{FEFF}a: \u{1}\n", .forbiddenCharacter("\u{1}"), 1, 4),
    Case("a\r\nb: \u{1}\n", .forbiddenCharacter("\u{1}"), 2, 4),
  ]

  @Test(arguments: cases) func `refuses with one reason and its place`(_ item: Case) {
    let error = #expect(throws: YAMLError.self) {
      try Document(parsing: Array(item.text.utf8))
    }
    #expect(
      error == YAMLError(item.reason, at: Place(line: item.line, column: item.column)))
    let message = error?.message ?? ""
    #expect(!message.hasSuffix(".") && message.first?.isUppercase == false)
  }

  @Test func `finds a duplicate among many keys`() {
    let text = (0..<40).map { "k\($0): 1\n" }.joined() + "k17: 2\n"
    #expect(
      throws: YAMLError(
        .duplicateKey("k17", first: Place(line: 18, column: 1)), at: Place(line: 41, column: 1))
    ) { try Document(parsing: Array(text.utf8)) }
  }

  @Test(
    arguments: [
      ([0x61, 0x0A, 0x62, 0xFF], 2, 2), ([0x61, 0x3A, 0x20, 0xC3], 1, 4),
      ([0xC0, 0x80], 1, 1), ([0xC3, 0xA9, 0xED, 0xA0, 0x80], 1, 2),
      ([0xEF, 0xBB, 0xBF, 0x61, 0x80], 1, 2), ([0xF4, 0x90, 0x80, 0x80], 1, 1),
    ] as [([UInt8], Int, Int)])
  func `places bytes that are not UTF-8`(_ bytes: [UInt8], _ line: Int, _ column: Int) {
    #expect(throws: YAMLError(.invalidUTF8, at: Place(line: line, column: column))) {
      try Document(parsing: bytes)
    }
  }

  @Test(arguments: [[0xFE, 0xFF, 0, 0x61], [0xFF, 0xFE, 0x61, 0]] as [[UInt8]])
  func `refuses UTF-16`(_ bytes: [UInt8]) {
    #expect(throws: YAMLError(.utf16, at: .start)) { try Document(parsing: bytes) }
  }

  @Test func `refuses more than 1 MiB and reads exactly that`() throws {
    let limit = [UInt8](repeating: 0x61, count: 1 << 20)
    #expect(throws: YAMLError(.tooLarge(bytes: 1 << 20 + 1), at: .start)) {
      try Document(parsing: limit + [0x61])
    }
    #expect(try Document(parsing: limit).root.string?.utf8.count == 1 << 20)
  }

  @Test func `reads 64 levels`() throws {
    let text = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    var node: Node? = try Document(parsing: Array(text.utf8)).root
    var depth = 0
    while let list = node?.sequence { (node, depth) = (list.first, depth + 1) }
    #expect(depth == 64)
  }

  @Test(arguments: [
    ("a: b: c\n", 1, 5, "mapping values are not allowed in this context"),
    (
      "a:\n\t- b\n", 2, 1,
      "found character that cannot start any token"
    ),
    ("a: 'b\nc: d\n", 1, 4, "found unexpected end of stream while scanning a quoted scalar"),
    (
      "a: [1, 2\nb: 3\n", 2, 2,
      "did not find expected ',' or ']' while parsing a flow sequence that starts on line 1"
    ),
    ("a: \"\\q\"\n", 1, 5, "found unknown escape character while parsing a quoted scalar"),
    ("ключ: 1\n  b: 2\n", 2, 4, "mapping values are not allowed in this context"),
  ])
  func `says what libyaml found`(_ text: String, _ line: Int, _ column: Int, _ message: String) {
    let error = #expect(throws: YAMLError.self) { try Document(parsing: Array(text.utf8)) }
    #expect(error?.place == Place(line: line, column: column))
    #expect(error?.message == message)
    #expect(error?.reason != .outOfMemory)
  }
}
