import Foundation
import Testing

@testable import KeyVault

/// A value that no consumer expects, made from a seed.
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
    "{", "}", "${", "${HOME}", "$(id)", "`id`", "$HOME", "\\n", "\\'", "\\\"", "\\\\", "''", "\"\"",
    "\n", "\r", "\r\n", "\u{1}", "\u{1b}[2J", "\u{7f}", "\u{85}", "\u{a0}", "\u{2028}", "\u{2029}",
    "\u{feff}", "\u{202e}", "\u{1f511}", "é", "e\u{301}", "鍵", "~", "*", "?", "[a]", "<", ">", ",",
    ":", "@", "/", "export A=1", "A=B", "a", "Z", "0", "-", "_", ".", "+", "fake-key", "%s", "!!",
    "\u{10ffff}", "\u{e000}",
  ]

  mutating func value() -> String {
    let count = Int.random(in: 1...8, using: &self)
    return (0..<count).map { _ in Self.pieces.randomElement(using: &self)! }.joined()
  }

  /// Each piece alone, at both ends and in the middle, and random ones.
  static let all: [String] = {
    var generator = HostileValues(seed: 20_261_123)
    let fixed =
      pieces + pieces.map { "\($0)x" } + pieces.map { "x\($0)" } + pieces.map { "x\($0)y" }
    return ["", "plain"] + fixed + (0..<1000).map { _ in generator.value() }
  }()
}

struct DialectTests {
  private func variable(_ name: String, _ value: String) -> Rendering.Variable {
    Rendering.Variable(name: name, value: .text(value), origin: "production/x")
  }

  /// What a dialect accepts, under names of its own.
  private func accepted(_ dialect: Dialect) -> [(name: String, value: String)] {
    HostileValues.all.filter { (try? dialect.text(of: [variable("V", $0)])) != nil }
      .enumerated().map { ("KV_TEST_\($0.offset)", $0.element) }
  }

  /// Renders what the dialect accepts, has one process read it, and compares every byte.
  private func roundTrip(
    _ dialect: Dialect, atLeast least: Int, reader: (String) -> [String]
  ) throws {
    let accepted = accepted(dialect)
    #expect(accepted.count >= least)
    let scratch = Scratch()
    let text = try dialect.text(of: accepted.map { variable($0.name, $0.value) }).text
    try scratch.write(text, to: "file")
    let read = try run(reader(scratch.path("file")))
    #expect(read.status == 0, "\(read.errors)")
    let values = read.output.split(separator: 0, omittingEmptySubsequences: false).dropLast()
    #expect(values.count == accepted.count)
    for (value, expected) in zip(values, accepted) {
      #expect(
        Array(value) == Array(expected.value.utf8),
        "\(expected.value.debugDescription) was read as \(String(decoding: value, as: UTF8.self).debugDescription)"
      )
    }
  }

  /// Shell text that prints every variable, NUL after each.
  private var printAll: String {
    #"i=0; while eval "[ \"\${KV_TEST_$i+x}\" ]"; do eval "printf '%s\\0' \"\$KV_TEST_$i\""; i=$((i+1)); done"#
  }

  @Test func `bash reads what shell writes`() throws {
    try roundTrip(.shell, atLeast: 1000) {
      ["/bin/bash", "-c", ". \"$1\"; \(printAll)", "bash", $0]
    }
  }

  @Test func `eval of any shell reads what shell writes`() throws {
    try roundTrip(.shell, atLeast: 1000) {
      ["/bin/sh", "-c", "eval \"$(cat \"$1\")\"; \(printAll)", "sh", $0]
    }
  }

  @Test func `a child of the shell has what shell writes`() throws {
    try roundTrip(.shell, atLeast: 1000) {
      [
        "/bin/bash", "-c", ". \"$1\"; exec /bin/sh -c '\(printAll.replacing("'", with: "'\\''"))'",
        "bash", $0,
      ]
    }
  }

  @Test(.enabled(if: isAvailable("jq --version"), "jq is not installed"))
  func `jq reads what json writes`() throws {
    try roundTrip(.json, atLeast: 1000) {
      [
        "/bin/bash", "-c",
        #"jq -j 'to_entries | sort_by(.key | ltrimstr("KV_TEST_") | tonumber) | .[] | .value + "\u0000"' "$1""#,
        "bash", $0,
      ]
    }
  }

  @Test(.enabled(if: isAvailable("python3 -c 'import dotenv'"), "python-dotenv is not installed"))
  func `python-dotenv reads what dotenv writes`() throws {
    let program = """
      import sys, dotenv
      values = dotenv.dotenv_values(sys.argv[1])
      for i in range(len(values)):
          sys.stdout.buffer.write(values['KV_TEST_%d' % i].encode() + b'\\0')
      """
    try roundTrip(.dotenv, atLeast: 500) {
      ["/bin/bash", "-c", "exec python3 -c \"$1\" \"$2\"", "bash", program, $0]
    }
  }

  @Test(.enabled(if: isAvailable("node --env-file=/dev/null -e 0"), "node is not installed"))
  func `node reads what dotenv writes`() throws {
    let program =
      "for (let i = 0; `KV_TEST_${i}` in process.env; i++) process.stdout.write(process.env[`KV_TEST_${i}`] + '\\0')"
    try roundTrip(.dotenv, atLeast: 500) {
      ["/bin/bash", "-c", "exec node --env-file=\"$2\" -e \"$1\"", "bash", program, $0]
    }
  }

  @Test func `bash reads what dotenv writes`() throws {
    try roundTrip(.dotenv, atLeast: 500) {
      ["/bin/bash", "-c", "set -a; . \"$1\"; \(printAll)", "bash", $0]
    }
  }

  @Test(.enabled(if: isAvailable("python3 -c 'import json'"), "python3 is not installed"))
  func `python reads what json writes, which carries every text`() throws {
    let program = """
      import sys, json
      values = json.load(open(sys.argv[1], encoding='utf-8'))
      for i in range(len(values)):
          sys.stdout.buffer.write(values['KV_TEST_%d' % i].encode() + b'\\0')
      """
    try roundTrip(.json, atLeast: HostileValues.all.count) {
      ["/bin/bash", "-c", "exec python3 -c \"$1\" \"$2\"", "bash", program, $0]
    }
  }

  @Test(arguments: [
    ("it's", "a single quote"), ("back\\slash", "a backslash"), ("line\nbreak", "a line break"),
    ("line\rbreak", "a line break"), ("tab\tulator", "a control character"),
    ("es\u{1b}c", "a control character"), ("a${b}", "'${'"), ("nul\0", "a control character"),
  ])
  func `what dotenv cannot carry is refused, never quoted`(value: String, what: String) throws {
    let refusal = try #require(
      failure { _ = try Dialect.dotenv.text(of: [variable("OPENAI_API_KEY", value)]) })
    #expect(refusal.kind == .malformed)
    #expect(
      refusal.message
        == "dotenv cannot carry OPENAI_API_KEY of 'production/x': it holds \(what)")
  }

  @Test func `a shell cannot carry NUL`() {
    #expect(failure { _ = try Dialect.shell.text(of: [variable("A", "a\0b")]) }?.kind == .malformed)
  }

  @Test func `dialects look as people write them`() throws {
    let variables = [
      variable("A_KEY", "sk-proj-Fake_key/1.2:3@4%5+6,7=8"), variable("B_KEY", "two words"),
      variable("C_KEY", ""), variable("D_KEY", "\"$x`"),
    ]
    #expect(
      try Dialect.dotenv.text(of: variables).text == """
        A_KEY=sk-proj-Fake_key/1.2:3@4%5+6,7=8
        B_KEY='two words'
        C_KEY=''
        D_KEY='"$x`'

        """)
    #expect(
      try Dialect.shell.text(of: [variable("A_KEY", "it's")]).text == "export A_KEY='it'\\''s'\n")
    #expect(
      try Dialect.json.text(of: variables.dropFirst(2) + [variable("E", "\u{1}\u{1f}\n\t\r\\é")])
        .text
        == "{\n  \"C_KEY\": \"\",\n  \"D_KEY\": \"\\\"$x`\",\n  \"E\": \"\\u0001\\u001f\\n\\t\\r\\\\é\"\n}\n"
    )
    #expect(try Dialect.json.text(of: []).text == "{\n}\n")
  }
}
