import Secrets
import TestSupport
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

  @Test(arguments: Dialect.allCases)
  func `NUL is refused where no variable can hold it`(dialect: Dialect) {
    let carries: Set = ["json", "yaml", "k8s-secret"]
    let refusal = failure { _ = try dialect.text(of: [variable("A", "a\0b")]) }
    #expect((refusal == nil) == carries.contains(dialect.name))
    if let refusal { #expect(refusal.hints == ["formats that carry it: json, yaml, k8s-secret"]) }
  }

  @Test(arguments: [
    (Dialect.dotenvPython, "a${b}", "'${'"), (.dotenvPython, "a b\\", "a backslash at its end"),
    (.dotenvNode, "a\rb", "a carriage return"),
    (.dotenvNode, "'`\"", "all three quotes, or two and '\\n'"),
    (.dotenvNode, "'`\\n", "all three quotes, or two and '\\n'"),
    (.docker, "a\nb", "a line break"),
    (.docker, String(repeating: "k", count: 65_001), "more than 65000 bytes"),
    (.systemd, "a\u{ffff}", "a noncharacter of Unicode"), (.gitlab, "", "the empty text"),
    (.gitlab, "a$b", "a dollar sign"), (.gitlab, " a", "a space at an end"),
    (.gitlab, "a ", "a space at an end"), (.gitlab, "é", "characters beyond ASCII"),
    (.gitlab, "a\nb", "a line break"), (.gitlab, "a\tb", "a control character"),
  ])
  func `each says what it cannot carry, and which can`(
    dialect: Dialect, value: String, what: String
  ) {
    let refusal = failure { _ = try dialect.text(of: [variable("A_KEY", value)]) }
    #expect(refusal?.kind == .malformed)
    #expect(
      refusal?.message == "\(dialect) cannot carry A_KEY of 'production/x': it holds \(what)")
    #expect(refusal?.hints.first?.hasSuffix("json, yaml, k8s-secret") == true)
  }

  @Test func `a report for GitLab is smaller than 5 KiB`() throws {
    let fits = [variable("A", String(repeating: "k", count: 5 * 1024 - 4))]
    let most = try Dialect.gitlab.text(of: fits)
    #expect(most.count == 5 * 1024 - 1)
    let one = [variable("A", String(repeating: "k", count: 5 * 1024 - 3))]
    #expect(
      failure { _ = try Dialect.gitlab.text(of: one) }?.message
        == "gitlab cannot carry 5120 bytes: its limit is 5120")
  }

  @Test(arguments: [
    ("", ""), ("sk-test-1", "::add-mask::sk-test-1\n"), ("a%25b", "::add-mask::a%2525b\n"),
    ("two\nlines", "::add-mask::two\n::add-mask::lines\n"),
    ("a\r\n \n\nb\n", "::add-mask::a\n::add-mask::b\n"),
    ("::set-env::", "::add-mask::::set-env::\n"),
  ])
  func `each line of a secret is hidden`(value: String, masks: String) {
    var text = SecretBuilder()
    Secret(utf8: value).withBytes { GitHubMask.appendMasks(of: $0, to: &text) }
    #expect(text.finish().text == masks)
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
