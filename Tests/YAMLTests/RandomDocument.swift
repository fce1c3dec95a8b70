/// A seeded source of numbers, so that a failure can be run again (SplitMix64).
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

/// A document as a person would write it, line by line, and whose each line is.
struct RandomDocument {
  struct Line {
    var text: String
    /// The keys from the root to the value that the line belongs to.
    var owner: [String]
  }

  private(set) var lines: [Line] = []
  /// Every key, from the root.
  private(set) var paths: [[String]] = []
  let lineBreak: String
  let isEnded: Bool
  private var random: Seeded
  /// Blank lines below `>+` are its text.
  private var blankOwner: [String]?

  init(seed: UInt64) {
    random = Seeded(state: seed)
    lineBreak = random.chance(30) ? "\r\n" : "\n"
    isEnded = random.chance(80)
    noise(owner: [], column: 0)
    mapping(path: [], column: 0, depth: 0)
  }

  var text: String {
    lines.map(\.text).joined(separator: lineBreak) + (isEnded ? lineBreak : "")
  }

  private static let words = [
    "x", "héllo", "日本", "1", "1.5", "true", "no", "~", "2026-11-20", "a b", "http://x.example/?q",
    "sk-fake", "it's", "a: b", "# c", "", " lead", "trail ", "[x", "😀", "null", "say \"hi\"",
  ]

  /// A string that is now and then awkward to write.
  static func string(_ random: inout Seeded) -> String {
    random.chance(10) ? "two\nlines\t\u{7}\u{2028}" : words.randomElement(using: &random)!
  }

  private mutating func mapping(path: [String], column: Int, depth: Int) {
    let count = Int.random(in: 1...4, using: &random)
    for index in 0..<count {
      let key = ["k", "ключ", "a-b", "K_"].randomElement(using: &random)! + String(index)
      let owner = path + [key]
      paths.append(owner)
      let name = random.chance(15) ? "'\(key)'" : key
      value(String(repeating: " ", count: column) + name + ":", owner, column, depth)
      noise(owner: path, column: column)
    }
  }

  private mutating func value(_ head: String, _ owner: [String], _ column: Int, _ depth: Int) {
    let inner = column + (random.chance(70) ? 2 : 4)
    let indentation = String(repeating: " ", count: inner)
    switch Int.random(in: 0..<11, using: &random) {
    case 0 where depth < 3, 1 where depth < 3, 2 where depth < 3:
      add(head + comment(), owner)
      noise(owner: owner, column: inner)
      mapping(path: owner, column: inner, depth: depth + 1)
    case 3: add(head + comment(), owner)
    case 4:
      let style = [" |", " >", " |-", " >+"].randomElement(using: &random)!
      add(head + style + comment(), owner)
      add(indentation + "text # no comment", owner)
      if random.chance(50) { add("", owner) }
      add(indentation + "  more: [", owner)
      if style == " >+" { blankOwner = owner }
      if random.chance(30) { add("", owner) }
    case 5:
      add(head + comment(), owner)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        add(String(repeating: " ", count: column) + "- item" + comment(), owner)
      }
    case 6: flow(head, owner)
    case 7:
      add(head + " \"two", owner)
      add(indentation + "lines\"" + comment(), owner)
    default: add(head + " " + scalar() + comment(), owner)
    }
  }

  private mutating func flow(_ head: String, _ owner: [String]) {
    let keys = (0..<Int.random(in: 0...3, using: &random)).map { "f\($0)" }
    paths += keys.map { owner + [$0] }
    let pairs = keys.map {
      $0 + ": " + ["1", "'q'", "\"d\"", "[1, 2]", "{}", "p"].randomElement(using: &random)!
    }
    let space = random.chance(30) ? " " : ""
    add(head + " {" + space + pairs.joined(separator: ", ") + space + "}" + comment(), owner)
  }

  private mutating func scalar() -> String {
    [
      "plain", "plain text", "'it''s'", "\"q\\n\"", "12", "1.5", "true", "null", "~", "é", "[a, b]",
      "[]", "{}",
    ]
    .randomElement(using: &random)!
  }

  private mutating func comment() -> String {
    random.chance(25) ? "  # nöte: {x" : ""
  }

  /// Comments and blank lines between values.
  private mutating func noise(owner: [String], column: Int) {
    guard random.chance(25) else { return }
    if random.chance(50) { add("", blankOwner ?? owner) }
    if random.chance(70) { add(String(repeating: " ", count: column) + "# about: ünten", owner) }
  }

  private mutating func add(_ text: String, _ owner: [String]) {
    if !text.isEmpty && owner != blankOwner { blankOwner = nil }
    lines.append(Line(text: text, owner: owner))
  }
}
