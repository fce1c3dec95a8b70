import Testing
import YAML

@Suite struct ReadingTests {
  static let scalars: [(String, Tree)] = [
    ("", .null), ("~", .null), ("null", .null), ("Null", .null), ("NULL", .null),
    ("nULL", .string("nULL")), ("true", .bool(true)), ("True", .bool(true)),
    ("FALSE", .bool(false)), ("tRue", .string("tRue")), ("yes", .string("yes")),
    ("no", .string("no")), ("on", .string("on")), ("Off", .string("Off")), ("y", .string("y")),
    ("0", .int(0)), ("-17", .int(-17)), ("+12", .int(12)), ("007", .int(7)), ("0o17", .int(15)),
    ("0xfF", .int(255)), ("0o8", .string("0o8")), ("0xg", .string("0xg")), ("0x", .string("0x")),
    ("-0x1", .string("-0x1")), ("0b1", .string("0b1")), ("1_000", .string("1_000")),
    ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
    ("9223372036854775808", .double(9_223_372_036_854_775_808)),
    ("0xFFFFFFFFFFFFFFFF", .double(18_446_744_073_709_551_616)),
    ("1.5", .double(1.5)), ("-.5", .double(-0.5)), ("1.", .int(1)), ("1e3", .int(1000)),
    ("2.5E-1", .double(0.25)), ("1e", .string("1e")), ("1e+", .string("1e+")), (".", .string(".")),
    ("-", .list([.null])), ("+", .string("+")), ("..", .string("..")), (".inf", .double(.infinity)),
    ("-.INF", .double(-.infinity)), ("+.Inf", .double(.infinity)), (".iNF", .string(".iNF")),
    ("-.nan", .string("-.nan")), ("1.2.3", .string("1.2.3")), ("12:30:45", .string("12:30:45")),
    ("2026-11-20", .string("2026-11-20")),
    ("2026-11-23T17:45:00Z", .string("2026-11-23T17:45:00Z")),
    ("'1'", .string("1")), ("\"true\"", .string("true")), ("''", .string("")),
    ("|\n  1\n", .string("1\n")), (">-\n  a\n  b\n", .string("a b")), ("a b", .string("a b")),
    ("\"\\u00e9\\n\\x41\"", .string("é\nA")), ("<<", .string("<<")), ("=", .string("=")),
  ]

  @Test(arguments: scalars) func `reads scalars by the core schema`(
    _ text: String, _ expected: Tree
  ) throws {
    #expect(try Tree.read(text) == expected)
  }

  @Test(arguments: [".nan", ".NaN", ".NAN"]) func `reads what is not a number`(_ text: String)
    throws
  {
    #expect(try Document(parsing: Array(text.utf8)).root.number?.isNaN == true)
  }

  @Test(arguments: [
    "", "\n", "# only a comment\n", "---\n", "--- # comment\n", "\u{FEFF}", "---\n...\n",
  ])
  func `reads an empty document as null`(_ text: String) throws {
    #expect(try Tree.read(text) == .null)
  }

  @Test(arguments: [
    "---\na: 1\n", "--- {a: 1}\n", "a: 1\n...\n", "%YAML 1.2\n---\na: 1\n", "\u{FEFF}a: 1\n",
    "{\"a\":1}", "? a\n: 1\n", "a: 1\r\n", "a: 1\r",
  ])
  func `reads one document however it is framed`(_ text: String) throws {
    #expect(try Tree.read(text) == .map([.init(key: "a", value: .int(1))]))
  }

  @Test func `keeps keys as their text`() throws {
    let node = try Document(parsing: Array("1: a\ntrue: b\n~: c\n? \n: d\n0x1: e\n".utf8)).root
    #expect(node.mapping?.map(\.key) == ["1", "true", "~", "", "0x1"])
  }

  @Test func `knows the place of every key and value`() throws {
    let text = "é: {ü: 1, b: [x]}\r\nlist:\r\n- 'a'\r\n-\r\n  k: |\r\n    t\r\n"
    let root = try Document(parsing: Array(text.utf8)).root
    #expect(root.place == .start)
    let flow = try #require(root["é"])
    #expect(flow.place == Place(line: 1, column: 4))
    #expect(flow.mapping?.map(\.keyPlace.column) == [5, 11])
    #expect(flow["b"]?.sequence?.first?.place == Place(line: 1, column: 15))
    let list = try #require(root["list"])
    #expect(list.place == Place(line: 3, column: 1))
    #expect(list.sequence?.map(\.place) == [Place(line: 3, column: 3), Place(line: 5, column: 3)])
    #expect(list.sequence?.last?["k"]?.place == Place(line: 5, column: 6))
  }

  @Test func `keeps the bytes as they were`() throws {
    let bytes = Array("\u{FEFF}a: 1 # x\r\n".utf8)
    #expect(try Document(parsing: bytes).bytes == bytes)
  }
}
