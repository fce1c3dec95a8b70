import HTTP
import JSONSchema
import Naming
import Testing
import YAML

@testable import KeyVault

/// What an answer is, for tests of rules.
func answer(
  _ status: Int = 200, _ body: String = "", headers: [(String, String)] = [],
  isTruncated: Bool = false
) -> ProbeAnswer {
  ProbeAnswer(
    HTTPAnswer(
      status: status, headers: headers.map { HTTPHeader(name: $0.0, value: $0.1) },
      body: Array(body.utf8), isBodyTruncated: isTruncated,
      timing: .init(nameLookup: 0, connect: 0, tls: 0, firstByte: 0, total: 0), version: "1.1"))
}

/// A definition whose rules are these lines of YAML.
func definition(rules: String, read: String = "{}") throws -> ProbeDefinition {
  let text =
    "request: GET /models\nread: \(read)\nrules:\n"
    + rules.split(separator: "\n").map { "  - \($0)\n" }.joined()
  return try #require(ProbeDefinition(try Document(parsing: Array(text.utf8)).root))
}

struct RuleTests {
  /// A test in YAML, a JSON value, and whether the one holds for the other.
  @Test(arguments: [
    ("1", "1", true), ("1", "1.0", true), ("1", "\"1\"", false), ("\"1\"", "1", false),
    ("\"1\"", "\"1\"", true), ("1", "true", false), ("0", "false", false), ("1.0", "1", true),
    ("1.5", "1.5", true), ("1.5", "\"1.5\"", false),
    ("true", "true", true), ("true", "\"true\"", false), ("true", "1", false),
    ("\"true\"", "true", false), ("false", "false", true), ("false", "null", false),
    ("null", "null", true), ("null", "\"null\"", false), ("null", "false", false),
    ("list", "\"list\"", true), ("list", "\"List\"", false), ("list", "[\"list\"]", false),
    ("\"\"", "\"\"", true), ("\"\"", "null", false), ("\"a\\nb\"", "\"a\\nb\"", true),
    ("[a, b]", "\"b\"", true), ("[a, b]", "\"c\"", false), ("[a, b]", "[\"a\",\"b\"]", false),
    ("[1, \"2\"]", "2", false), ("[1, \"2\"]", "\"2\"", true), ("[null]", "null", true),
    ("{contains: ing s}", "\"Missing scopes\"", true),
    ("{contains: missing}", "\"Missing scopes\"", false), ("{contains: \"1\"}", "1", false),
    ("{contains: a}", "[\"a\"]", false), ("{contains: a}", "{\"a\":1}", false),
    ("{type: object}", "{}", true), ("{type: object}", "[]", false),
    ("{type: array}", "[]", true), ("{type: array}", "{}", false),
    ("{type: string}", "\"\"", true), ("{type: string}", "null", false),
    ("{type: number}", "0", true), ("{type: number}", "0.5", true),
    ("{type: number}", "\"0\"", false), ("{type: number}", "true", false),
    ("{type: boolean}", "false", true), ("{type: boolean}", "0", false),
    ("{min: 1}", "1", true), ("{min: 1}", "0.99", false), ("{min: 1}", "\"2\"", false),
    ("{max: 0}", "0", true), ("{max: 0}", "-0.5", true), ("{max: 0}", "0.01", false),
    ("{max: 0}", "null", false), ("{min: 1, max: 2}", "1.5", true),
    ("{min: 1, max: 2}", "3", false),
    ("{type: string, contains: a}", "\"ba\"", true), ("{min: 0}", "1e300", true),
  ])
  func `a test compares type and value`(test: String, value: String, holds: Bool) throws {
    let rule = try definition(rules: "{body: {/x: \(test)}, verdict: valid}")
    let judgement = rule.judge(answer(200, "{\"x\":\(value)}"))
    #expect(judgement.verdict == (holds ? .valid : .unknown))
  }

  @Test(arguments: [
    ("200", 200, true), ("200", 201, false), ("[401, 403]", 403, true), ("[401, 403]", 402, false),
    ("5xx", 500, true), ("5xx", 599, true), ("5xx", 499, false), ("[4xx, 503]", 503, true),
    ("[4xx, 503]", 502, false), ("[4xx, 503]", 418, true),
  ])
  func `a status is a number, a class or a list`(status: String, code: Int, holds: Bool) throws {
    let rule = try definition(rules: "{status: \(status), verdict: revoked}")
    #expect((rule.judge(answer(code, "{}")).verdict == .revoked) == holds)
  }

  @Test func `a rule needs all of its conditions`() throws {
    let rule = try definition(
      rules: "{status: 401, header: {x-a: b}, body: {/c: d}, text: zz, verdict: invalid}")
    let headers = [("X-A", "b")]
    let body = "{\"c\":\"d\",\"e\":\"zz\"}"
    #expect(rule.judge(answer(401, body, headers: headers)).verdict == .invalid)
    #expect(rule.judge(answer(403, body, headers: headers)).verdict == .unknown)
    #expect(rule.judge(answer(401, body)).verdict == .unknown)
    #expect(rule.judge(answer(401, body, headers: [("x-a", "B")])).verdict == .unknown)
    #expect(rule.judge(answer(401, "{\"c\":\"zz\"}", headers: headers)).verdict == .unknown)
    #expect(rule.judge(answer(401, "{\"c\":\"d\"}", headers: headers)).verdict == .unknown)
  }

  @Test func `what matched is reported in the rule's words`() throws {
    let rule = try definition(
      rules:
        "{header: {x-a: b}, body: {/a/b: {contains: key}, /n: {min: 1, max: 9}}, text: [no, yes], verdict: invalid, note: ask}"
    )
    let judgement = rule.judge(
      answer(401, "{\"a\":{\"b\":\"my key is yes\"},\"n\":5}", headers: [("x-a", "b")]))
    #expect(
      judgement
        == Judgement(
          verdict: .invalid, rule: 1,
          matched: ["x-a=b", "a.b~\"key\"", "n≥1 and ≤9", "text~\"yes\""], note: "ask",
          isConfirmed: true, provesCredit: false))
  }

  @Test(arguments: [
    ("/x", true), ("/y", false), ("/a~1b", true), ("/m~0n", true), ("/l/0", true), ("/l/1", false),
    ("/l/-", false), ("/l/00", false), ("/l/+0", false), ("/l/-1", false), ("/o/", true),
    ("/o", false), ("/x/y", false), ("/~01", true),
  ])
  func `a pointer finds a value or nothing`(pointer: String, isFound: Bool) throws {
    let body = #"{"x":1,"a/b":1,"m~n":1,"l":[1],"o":{"":1},"~1":1}"#
    let rule = try definition(rules: "{body: {\"\(pointer)\": 1}, verdict: valid}")
    #expect((rule.judge(answer(200, body)).verdict == .valid) == isFound)
  }

  @Test func `an absent value never matches, whatever the test`() throws {
    for test in ["null", "[null]", "{type: string}", "{max: 0}", "\"\"", "false"] {
      let rule = try definition(rules: "{body: {/gone: \(test)}, verdict: valid}")
      for body in ["{}", "[]", "", "1", "{\"gon\":1}"] {
        #expect(rule.judge(answer(200, body)).verdict == .unknown, "\(test) on \(body)")
      }
    }
  }

  @Test func `the first rule that holds decides`() throws {
    let rules = try definition(
      rules: """
        {status: 401, body: {/code: scope}, verdict: restricted}
        {status: [401, 429], text: c, verdict: invalid}
        {status: 429, verdict: no_credit}
        """)
    #expect(rules.judge(answer(401, "{\"code\":\"scope\"}")).rule == 1)
    #expect(rules.judge(answer(401, "{\"code\":\"x\"}")).rule == 2)
    #expect(rules.judge(answer(429, "{}")).verdict == .noCredit)
  }

  @Test(arguments: [
    (200, Verdict.unknown), (204, .unknown), (301, .misconfigured), (304, .misconfigured),
    (308, .misconfigured), (400, .unknown), (401, .unknown), (403, .unknown),
    (404, .misconfigured), (405, .misconfigured), (408, .providerError), (418, .unknown),
    (429, .rateLimited), (500, .providerError), (529, .providerError), (600, .unknown),
  ])
  func `a status that no rule knows has a built-in meaning`(status: Int, verdict: Verdict) throws {
    let none = try definition(rules: "{status: 999, verdict: valid}")
    #expect(none.judge(answer(status, "{}")).verdict == verdict)
    #expect(none.judge(answer(status, "{}")).rule == nil)
  }

  @Test(arguments: [
    ("{\"x\":1}", "text/html", true), ("{\"x\":1}", "TEXT/HTML; charset=utf-8", true),
    ("{\"x\":1}", "application/xhtml+xml", true), (" \r\n\t<!DOCTYPE html>", "", true),
    ("<HTML>", "application/json", true), ("\u{feff}<html>", "application/json", true),
    ("<head><title>Sign in", "application/json", true), ("<!-- x --><p>", "text/plain", true),
    ("<Error><Code>x</Code></Error>", "application/xml", false),
    ("{\"x\":1}", "application/json", false),
    ("x <html>", "text/plain", false),
  ])
  func `a page is known by its type or its beginning`(
    body: String, type: String, isPage: Bool
  ) throws {
    let page = answer(200, body, headers: [("content-type", type)])
    #expect(page.isHTML == isPage)
    let rules = try definition(rules: "{status: 200, verdict: invalid}")
    #expect(rules.judge(page).verdict == (isPage ? .blocked : .invalid))
    let text = try definition(
      rules: "{status: 200, text: \"\(isPage ? "" : "x")\", verdict: revoked}")
    #expect(text.judge(page).verdict == .revoked, "a rule that asks for text sees a page")
  }

  @Test func `a body that was cut at the limit is not read as JSON`() throws {
    let rules = try definition(
      rules: "{body: {/x: 1}, verdict: valid}\n{status: 200, verdict: no_credit}")
    #expect(rules.judge(answer(200, "{\"x\":1}", isTruncated: true)).verdict == .noCredit)
  }
}
