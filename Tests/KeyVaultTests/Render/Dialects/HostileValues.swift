@testable import KeyVault

/// Values that no consumer expects, made from a seed.
struct HostileValues: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    // SplitMix64.
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  static let pieces = [
    "'", "\"", "`", "$", "\\", "#", " #", "=", " ", "  ", "\t", "%", "!", "&", ";", "|", "(", ")",
    "{", "}", "${", "${HOME}", "$(id)", "`id`", "$HOME", "$$", "\\n", "\\'", "\\\"", "\\\\", "\\$",
    "\\x41", "\\101", "\\u0041", "%41", "''", "\"\"", "\n", "\r", "\r\n", "\u{1}", "\u{1b}[2J",
    "\u{7f}", "\u{85}", "\u{a0}", "\u{2028}", "\u{2029}", "\u{feff}", "\u{202e}", "\u{1f511}", "é",
    "e\u{301}", "鍵", "~", "*", "?", "[a]", "<", ">", "<<EOF", ",", ":", "@", "/", "export A=1",
    "A=B",
    "\nA=B", "::add-mask::", "a", "Z", "0", "-", "_", ".", "+", "fake-key", "%s", "!!",
    "\u{10ffff}",
    "\u{e000}", "\u{f600}", "\u{fffe}",
  ]

  mutating func value() -> String {
    let count = Int.random(in: 1...8, using: &self)
    return (0..<count).map { _ in Self.pieces.randomElement(using: &self)! }.joined()
  }

  /// Each piece alone, at both ends and in the middle, and large ones.
  private static let fixed: [String] =
    ["", "plain", String(repeating: "k", count: 64 << 10)] + pieces
    + pieces.map { "\($0)x" } + pieces.map { "x\($0)" } + pieces.map { "x\($0)y" }
    + [pieces.joined(), String(repeating: pieces.joined(), count: 200), "'\"`", "'\"\\n"]

  /// The fixed ones and the first 2,000 others that a dialect accepts, and how many were drawn for that.
  static func accepted(by dialect: Dialect) -> (values: [String], drawn: Int) {
    var generator = HostileValues(seed: 20_261_124)
    var accepted: [String] = []
    var drawn = 0
    var others = 0
    while others < 2000, drawn < 40_000 {
      let isFixed = drawn < fixed.count
      let value = isFixed ? fixed[drawn] : generator.value()
      drawn += 1
      guard dialect.objection(to: .test("V", value)) == nil else { continue }
      accepted.append(value)
      if !isFixed { others += 1 }
    }
    return (accepted, drawn)
  }
}

extension HostileValues {
  /// Names that mean something to some program, and 500 others.
  static func names(acceptedBy dialect: Dialect) -> [String] {
    var generator = HostileValues(seed: 20_261_127)
    var names = known
    while names.count < known.count + 500 { names.insert(generator.name()) }
    return names.filter {
      VariableName.objection(to: $0) == nil && dialect.objection(to: .test($0, "x")) == nil
    }.sorted()
  }

  static let known: Set<String> = [
    "Y", "N", "YES", "NO", "ON", "OFF", "TRUE", "FALSE", "NULL", "A", "LANG", "LC_ALL", "TERM",
    "USER", "PWD", "OLDPWD", "SHLVL", "MAILPATH", "CDPATH", "MANPATH", "FOO_PATH", "OPTARG",
    "OPTIND", "PS1", "LINES", "COLUMNS", "RANDOM", "SECONDS", "UID", "EUID", "PPID", "REPLY",
    "TMOUT", "TZ", "POSIXLY_CORRECT", "HISTORY", "STATUS", "PROMPT", "EXPORT", "SET",
    // Words of formats and shells that are not settings.
    "IF", "THEN", "ELSE", "FI", "DO", "DONE", "CASE", "ESAC", "IN", "END", "BEGIN", "FUNCTION",
    "LOCAL",
    "RETURN", "EVAL", "EXIT", "INF", "NAN", "E10", "X_KEY", "Z9_TOKEN", "DATABASE_URL",
  ]

  /// Words of formats and shells among letters, digits and underscores.
  private mutating func name() -> String {
    let pieces = ["A", "Z", "0", "9", "_", "__", "EOF", "EXPORT", "NAN", "E1", "X", "0X", "ON"]
    let first = String("ABCDEFGHIJKLMNOPQRSTUVWXYZ".randomElement(using: &self)!)
    let count = Int.random(in: 0...6, using: &self)
    return first + (0..<count).map { _ in pieces.randomElement(using: &self)! }.joined()
  }
}

extension Rendering.Variable {
  static func test(_ name: String, _ value: String) -> Self {
    Rendering.Variable(name: name, value: .text(value), origin: "production/x")
  }
}
