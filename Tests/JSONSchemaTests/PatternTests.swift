import JSONSchema
import Testing
import YAML

struct PatternTests {
  @Test(arguments: [
    ("a+", "xaay", true), ("^a*$", "aab", false), ("", "anything", true),
    ("^(?:ab|c)+$", "abcab", true), ("^a{2,3}$", "aaaa", false), ("^a{2,}$", "aaaa", true),
    (#"^\.\*\/$"#, ".*/", true), (#"^\.$"#, "x", false), ("^/$", "/", true),
    // One sign is one sign, however many bytes it has.
    ("^.$", "é", true), ("^..$", "é", false), ("^.{2}$", "🐲é", true), ("^🐲*$", "🐲🐲", true),
    ("^🐲*$", "🐲x", false), ("^[^a]$", "é", true), ("^[^a][^a]$", "é", false),
    ("^[aé]$", "é", true), ("^[aé]$", "a", true), ("^[aé]$", "è", false),
    // The dot leaves out what ends a line, the dollar is the end of all.
    ("^.$", "\n", false), ("^.$", "\u{2028}", false), ("^.$", "\u{2027}", true),
    ("^a$", "a\n", false), ("^a$", "b\na", false), ("^[^a]$", "\n", true),
    // A NUL is a sign like another and no end.
    ("^a$", "a\0b", false), ("^a.b$", "a\0b", true), ("^a[^x]b$", "a\0b", true),
    // Brackets.
    (#"^[\]\[\\^-]+$"#, #"][\^-"#, true), (#"^[\]]$"#, #"\"#, false), ("^[a-c-]+$", "b-", true),
    ("^[-^]+$", "^-", true), ("^[^-]$", "-", false),
    ("^[!-~]+$", "a~!]", true), ("^[.]$", "x", false), ("^[+--]$", ",", true),
    ("^[^^]$", "^", false),
  ])
  func `means what it means to ECMA-262`(pattern: String, text: String, matches: Bool) throws {
    let escaped = pattern.replacing("\\", with: "\\\\")
    let schema = try Schema(#"{"pattern": "\#(escaped)"}"#)
    #expect(schema.check(.init(.string(text))).isEmpty == matches)
  }

  @Test(arguments: [
    (#"^\d+$"#, PatternError.escape("d")), (#"\w"#, .escape("w")), (#"\s"#, .escape("s")),
    (#"\p{Letter}"#, .escape("p")), (#"\bword"#, .escape("b")), (#"(a)\1"#, .escape("1")),
    (#"\n"#, .escape("n")), (#"[\d]"#, .escape("d")), (#"\-"#, .escape("-")),
    ("(?=a)", .group), ("(?!a)", .group), ("(?<name>a)", .group),
    ("a*?", .quantifier), ("a**", .quantifier), ("*a", .quantifier), ("(+a)", .quantifier),
    ("^*", .quantifier), ("a{", .quantifier), ("a{x}", .quantifier), ("a{2,1}", .quantifier),
    ("a{256}", .quantifier), ("a{,2}", .quantifier), ("a{+1}", .quantifier),
    ("[]", .brackets), ("[^]", .brackets), ("[z-a]", .brackets), ("[[:alpha:]]", .brackets),
    ("[a-é]", .brackets), ("[^é]", .brackets), ("[a-c-e]", .brackets),
    ("(a", .unbalanced), ("a)", .unbalanced), ("[a", .unbalanced), ("a]", .unbalanced),
    ("a}", .unbalanced), (#"a\"#, .unbalanced), ("a\0", .containsNUL),
  ])
  func `refuses what the two languages read differently`(
    pattern: String, error: PatternError
  ) throws {
    let escaped = pattern.replacing("\\", with: "\\\\").replacing("\0", with: "\\u0000")
    let found = #expect(throws: SchemaError.self) {
      try Schema(#"{"properties": {"a": {"pattern": "\#(escaped)"}}}"#)
    }
    #expect(found?.reason == .pattern(pattern, error))
    #expect(found?.pointer == "/properties/a/pattern")
  }
}
