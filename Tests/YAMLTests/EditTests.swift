import Testing
import YAML

/// An edit as a value, so that tables and generators can hold it.
enum Edit: Sendable {
  case set([String], Scalar)
  case setMapping([String], [(key: String, value: Scalar)])
  case setSequence([String], [String])
  case remove([String])

  func apply(to document: inout Document) throws(EditError) {
    switch self {
    case .set(let path, let value): try document.set(path, to: value)
    case .setMapping(let path, let pairs): try document.set(path, toMapping: pairs)
    case .setSequence(let path, let items): try document.set(path, toSequence: items)
    case .remove(let path): try document.remove(path)
    }
  }
}

@Suite struct EditTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var before: String
    var edit: Edit
    var after: String
    var testDescription: String { "\(before.debugDescription) \(edit)" }

    init(_ before: String, _ edit: Edit, _ after: String) {
      (self.before, self.edit, self.after) = (before, edit, after)
    }
  }

  private func check(_ item: Case) throws {
    var document = try Document(parsing: Array(item.before.utf8))
    try item.edit.apply(to: &document)
    #expect(String(decoding: document.bytes, as: UTF8.self) == item.after)
    #expect(try Tree(document.root) == Tree.read(item.after))
  }

  static let replaced = [
    Case("a: 1\nb: 2\n", .set(["a"], .int(7)), "a: 7\nb: 2\n"),
    Case("a:   1   # one\n", .set(["a"], .string("x")), "a:   x   # one\n"),
    Case("a: 1 # one\r\nb: 2\r\n", .set(["a"], .bool(true)), "a: true # one\r\nb: 2\r\n"),
    Case("é: ü\nñ: ø # ß\n", .set(["ñ"], .string("z")), "é: ü\nñ: z # ß\n"),
    Case("\u{FEFF}é: 1", .set(["é"], .int(2)), "\u{FEFF}é: 2"),
    Case("a: 'x'\n", .set(["a"], .string("it's")), "a: 'it''s'\n"),
    Case("a: \"x\"\n", .set(["a"], .string("say \"hi\"\\")), "a: \"say \\\"hi\\\"\\\\\"\n"),
    Case("a: 'x'\n", .set(["a"], .string("b\nc")), "a: \"b\\nc\"\n"),
    Case("a: 'x'\n", .set(["a"], .int(3)), "a: 3\n"),
    Case("a: 'x'\n", .set(["a"], .string("true")), "a: 'true'\n"),
    Case("a: x\n", .set(["a"], .string("true")), "a: \"true\"\n"),
    Case("a: x\n", .set(["a"], .null), "a: null\n"),
    Case("a: null # none\n", .set(["a"], .string("x")), "a: x # none\n"),
    Case("a: # none\nb: 1\n", .set(["a"], .string("x")), "a: x # none\nb: 1\n"),
    Case("a:\nb: 1\n", .set(["a"], .string("x")), "a: x\nb: 1\n"),
    Case("a:", .set(["a"], .string("x")), "a: x"),
    Case("a:\n  long\n  text\nb: 1\n", .set(["a"], .string("x")), "a:\n  x\nb: 1\n"),
    Case("a: |\n  one\n  two\n\n# end\nb: 1\n", .set(["a"], .string("x")), "a: x\n\n# end\nb: 1\n"),
    Case("a: >-2 # why\n    one\n\n  two\nb: 1\n", .set(["a"], .string("x")), "a: x # why\nb: 1\n"),
    Case("a: |+\n  one\n\n\nb: 1\n", .set(["a"], .string("x")), "a: x\nb: 1\n"),
    Case("a: |\n  one", .set(["a"], .string("x")), "a: x"),
    Case("a: |\n  one\n", .set(["a"], .string("x\ny\n")), "a: \"x\\ny\\n\"\n"),
    Case("a: |\nb: 1\n", .set(["a"], .string("x")), "a: x\nb: 1\n"),
    Case("a: [1, 2] # l\n", .set(["a"], .string("x")), "a: x # l\n"),
    Case(
      "a: # l\n- 1\n# in\n- 2 # two\n# out\nb: 1\n", .set(["a"], .int(3)), "a: 3 # l\n# out\nb: 1\n"
    ),
    Case(
      "a:\n  # in\n  b: 1\n  c: [1,\n   2]\n\nd: 1\n", .set(["a"], .int(3)),
      "a: 3\n  # in\n\nd: 1\n"),
    Case("a: {b: 1, c: 'x'}\n", .set(["a", "c"], .string("y")), "a: {b: 1, c: 'y'}\n"),
    Case("a: {b: 1, c: x}\n", .set(["a", "b"], .string("p, q")), "a: {b: \"p, q\", c: x}\n"),
    Case("{a: , b}", .set(["a"], .int(1)), "{a: 1 , b}"),
    Case("{a: , b}", .set(["b"], .int(1)), "{a: , b: 1}"),
    Case("{\"a\":1,\"b\":2}", .set(["b"], .int(3)), "{\"a\":1,\"b\":3}"),
    Case("? a\n: 1\n? b\n: 2\n", .set(["b"], .int(3)), "? a\n: 1\n? b\n: 3\n"),
    Case(
      "a:\n  b:\n    c: 1 # deep\n", .set(["a", "b", "c"], .int(2)), "a:\n  b:\n    c: 2 # deep\n"),
    Case("a: 0x10\n", .set(["a"], .int(16)), "a: 0x10\n"),
    Case(
      "x: {old: 1}\n",
      .setMapping(["x"], [("to", .string("ABC")), ("since", .string("2026-11-20"))]),
      "x: {to: ABC, since: 2026-11-20}\n"),
    Case(
      "x:\n- a\n- b\n", .setSequence(["x"], ["c", "d e", "f,g", ""]), "x: [c, d e, \"f,g\", \"\"]\n"
    ),
    Case("x: [a]\n", .setSequence(["x"], []), "x: []\n"),
  ]

  @Test(arguments: replaced) func `replaces a value and nothing else`(_ item: Case) throws {
    try check(item)
  }

  static let added = [
    Case("a: 1\n", .set(["b"], .int(2)), "a: 1\nb: 2\n"),
    Case("a: 1", .set(["b"], .int(2)), "a: 1\nb: 2"),
    Case("a: 1\r\n", .set(["b"], .int(2)), "a: 1\r\nb: 2\r\n"),
    Case("a: 1 # one\n\n# end\n", .set(["b"], .int(2)), "a: 1 # one\nb: 2\n\n# end\n"),
    Case(
      "a:\n  b: 1 # b\n# c\nd: 1\n", .set(["a", "c"], .int(2)),
      "a:\n  b: 1 # b\n  c: 2\n# c\nd: 1\n"),
    Case(
      "a:\n    b: 1\n\n    # last\n\nd: 1\n", .set(["a", "c"], .int(2)),
      "a:\n    b: 1\n    c: 2\n\n    # last\n\nd: 1\n"),
    Case("", .set(["a"], .int(1)), "a: 1\n"),
    Case("\u{FEFF}", .set(["a"], .int(1)), "\u{FEFF}a: 1\n"),
    Case("# head\n", .set(["a"], .int(1)), "# head\na: 1\n"),
    Case("# head", .set(["a"], .int(1)), "# head\na: 1"),
    Case("# head\r\n", .set(["a", "b"], .int(1)), "# head\r\na:\r\n  b: 1\r\n"),
    Case("---\n", .set(["a"], .int(1)), "---\na: 1\n"),
    Case("~\n", .set(["a"], .int(1)), "{a: 1}\n"),
    Case("{}\n", .set(["a"], .int(1)), "{a: 1}\n"),
    Case("a: {}\nb: 1\n", .set(["a", "x"], .string("y")), "a: {x: y}\nb: 1\n"),
    Case("a: {x: 1 }\n", .set(["a", "y"], .int(2)), "a: {x: 1, y: 2 }\n"),
    Case("a: {x: 1, }\n", .set(["a", "y"], .int(2)), "a: {x: 1, y: 2, }\n"),
    Case("a: {x}\n", .set(["a", "y"], .int(2)), "a: {x, y: 2}\n"),
    Case("a: {\n  x: 1 # c\n}\n", .set(["a", "y"], .int(2)), "a: {\n  x: 1, y: 2 # c\n}\n"),
    Case("a: {x: }\n", .set(["a", "x", "y"], .int(2)), "a: {x: {y: 2} }\n"),
    Case(
      "e: # envs\n  # none yet\n  # really\nb: 1\n", .set(["e", "p"], .int(1)),
      "e: # envs\n  # none yet\n  # really\n  p: 1\nb: 1\n"),
    Case("e:\n    # none yet\n", .set(["b"], .int(1)), "e:\n    # none yet\nb: 1\n"),
    Case("e:\n", .set(["e", "p", "q"], .int(1)), "e:\n  p:\n    q: 1\n"),
    Case("e: ~ # x\n", .set(["e", "p"], .int(1)), "e: {p: 1} # x\n"),
    Case("a: |\n  x\n\n# c\n", .set(["b"], .int(1)), "a: |\n  x\nb: 1\n\n# c\n"),
    Case("a: |\n  x", .set(["b"], .int(1)), "a: |\n  x\nb: 1"),
    Case("a: |+\n  x\n\n# c\n", .set(["b"], .int(1)), "a: |+\n  x\n\nb: 1\n# c\n"),
    Case("a:\n- 1\n- b: 2\n", .set(["c"], .int(1)), "a:\n- 1\n- b: 2\nc: 1\n"),
    Case("a: 'x\n\n  y'\n", .set(["c"], .int(1)), "a: 'x\n\n  y'\nc: 1\n"),
    Case("  a: 1\n  b: 2\n", .set(["c"], .int(1)), "  a: 1\n  b: 2\n  c: 1\n"),
    Case("é: {ü: ö}\n", .set(["é", "ß"], .string("ø")), "é: {ü: ö, ß: ø}\n"),
    Case("a: 1\n", .set(["key: x", "- y"], .int(1)), "a: 1\n\"key: x\":\n  \"- y\": 1\n"),
    Case("a: 1\n...\n", .set(["b"], .int(1)), "a: 1\nb: 1\n...\n"),
    Case(
      "a: 1\n", .setMapping(["exposed"], [("to", .string("AB")), ("n", .int(2))]),
      "a: 1\nexposed: {to: AB, n: 2}\n"),
    Case("a: 1\n", .setMapping(["x"], []), "a: 1\nx: {}\n"),
  ]

  @Test(arguments: added) func `adds a key behind the last value`(_ item: Case) throws {
    try check(item)
  }

  static let removed = [
    Case("a: 1\nb: 2 # two\nc: 3\n", .remove(["b"]), "a: 1\nc: 3\n"),
    Case("a: 1\r\nb: 2\r\n", .remove(["a"]), "b: 2\r\n"),
    Case("a: 1\nb: 2", .remove(["b"]), "a: 1"),
    Case(
      "# head\na: 1\n# of b\nb:\n  - 1\n\n  - 2\n# tail\n", .remove(["b"]),
      "# head\na: 1\n# of b\n# tail\n"),
    Case("a: |\n  x\n\n  y\n\nb: 2\n", .remove(["a"]), "\nb: 2\n"),
    Case("a:\n  b: 1\n  c: 2\nd: 3\n", .remove(["a", "c"]), "a:\n  b: 1\nd: 3\n"),
    Case("a: # why\n  b: 1 # one\nd: 3\n", .remove(["a", "b"]), "a: {} # why\nd: 3\n"),
    Case("# head\na: 1 # one\n# tail\n", .remove(["a"]), "# head\n{}\n# tail\n"),
    Case("a: {x: 1}\n", .remove(["a", "x"]), "a: {}\n"),
    Case("a: {x: 1, y: 2, z: 3}\n", .remove(["a", "x"]), "a: {y: 2, z: 3}\n"),
    Case("a: {x: 1, y: 2, z: 3}\n", .remove(["a", "y"]), "a: {x: 1, z: 3}\n"),
    Case("a: {x: 1, y: 2, z: 3}\n", .remove(["a", "z"]), "a: {x: 1, y: 2}\n"),
    Case("a: {x: 1, y: 2,}\n", .remove(["a", "y"]), "a: {x: 1, }\n"),
    Case("a: {x, y}\n", .remove(["a", "x"]), "a: {y}\n"),
    Case(
      "a: {\n  x: 1, # one\n  y: 2, # two\n  z: 3 # three\n}\n", .remove(["a", "y"]),
      "a: {\n  x: 1, # one\n  z: 3 # three\n}\n"),
    Case("a: {\n  x: 1, # one\n  y: 2 # two\n}\n", .remove(["a", "y"]), "a: {\n  x: 1 # one\n}\n"),
    Case("a: 1\nb:\n  # none yet\nc: 2\n", .remove(["b"]), "a: 1\nc: 2\n"),
    Case("a: |+\n  x\nb: 1\n\nc: 2\n", .remove(["b"]), "a: |+\n  x\nc: 2\n"),
    Case(
      "a:\n  b: |\n    x\n  c: 1\n    # of c\nd: 2\n", .remove(["a", "c"]),
      "a:\n  b: |\n    x\nd: 2\n"),
    Case("a: |+\n  x\n\nb: 1", .remove(["b"]), "a: |+\n  x\n\n"),
    Case("ä: é\nö: ü\nß: ø\n", .remove(["ö"]), "ä: é\nß: ø\n"),
    Case("{\"a\":1,\"b\":2}", .remove(["a"]), "{\"b\":2}"),
  ]

  @Test(arguments: removed) func `removes a key and nothing else`(_ item: Case) throws {
    try check(item)
  }
}
