import Foundation
import Testing

@testable import KeyVault

@Suite(.oneAtATime)
struct DialectTests {
  private func variable(_ name: String, _ value: String) -> Rendering.Variable {
    .test(name, value)
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
