import Foundation
import FoundationXML
import Naming
import Testing

@testable import KeyVault

/// Reports that services of CI read: whatever a text holds, it stays one text.
struct CIReportTests {
  private static let hostile = [
    "plain", "a\nb", "a\r\n::error::b", "::stop-commands::x", "100 % %0A", "a,b:c=d", "]]>",
    "<a b=\"c\">",
    "&amp; & 'x' \"y\"", "\u{0}\u{1}\u{7}\u{1b}[2J", "\u{202e}evil", "\u{fffe}\u{ffff}",
    "é 🔑 e\u{301}",
    "| `x` | [a](b) <img> \\",
  ]

  private func finding(_ text: String, _ severity: Finding.Severity = .error) -> Finding {
    Finding(
      code: "key-invalid", severity: severity, file: "vault/\(text).yaml", message: text,
      hint: text)
  }

  /// What an XML parser finds: each element with its attributes.
  private final class Elements: NSObject, XMLParserDelegate {
    var found: [(name: String, attributes: [String: String])] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      found.append((name, attributes))
    }

    static func of(_ text: String) throws -> [(name: String, attributes: [String: String])] {
      let parser = XMLParser(data: Data(text.utf8))
      let elements = Elements()
      parser.delegate = elements
      try #require(parser.parse(), "\(text)")
      return elements.found
    }
  }

  private func result(_ verdict: Verdict, _ entry: String, note: String? = nil) -> TestResult {
    TestResult(
      entry: entry, provider: "openai", verdict: verdict, note: note, checked: World.now)
  }

  @Test(arguments: hostile)
  func `JUnit's XML is read back whole`(text: String) throws {
    let findings = [finding(text), finding(text, .warning)]
    let report = FindingReport(.init(findings: findings, providers: 1, entries: 1))
    let elements = try Elements.of(report.junit())
    #expect(
      elements.map(\.name) == [
        "testsuites", "testsuite", "testcase", "failure", "testcase", "skipped",
      ])
    let shown = text.printable.replacing("\u{fffe}", with: "\u{fffd}")
      .replacing("\u{ffff}", with: "\u{fffd}")
    #expect(elements[2].attributes["classname"] == "vault/\(shown).yaml")
    #expect(elements[3].attributes["message"] == "\(shown); \(shown)")

    let run = TestReport(
      checked: World.now, results: [result(.invalid, "p/openai", note: text)])
    let message = try Elements.of(run.junit(failOn: .standard)).last?.attributes["message"]
    #expect(message == "p/openai: Invalid (invalid): \(shown)")
  }

  @Test(arguments: hostile)
  func `an annotation is one line and one command`(text: String) {
    let lines = githubAnnotations([finding(text), finding(text, .note)])
      .split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 3 && lines[2].isEmpty)
    #expect(lines[0].hasPrefix("::error file=") && lines[1].hasPrefix("::notice file="))
    // A property ends at a comma, and the properties at two colons.
    let properties = lines[0].dropFirst("::error ".count).firstRange(of: "::").map {
      lines[0].dropFirst("::error ".count)[..<$0.lowerBound]
    }
    #expect(properties?.split(separator: ",").count == 4)
    #expect(!lines[0].contains("\r"))
    #expect(!text.contains("%") || lines[0].contains("%25"))
  }

  @Test(arguments: hostile)
  func `SARIF names files by URI`(text: String) throws {
    let document = try sarif([finding(text)], toolVersion: "1")
    let object = try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any]
    let run = try #require((object?["runs"] as? [[String: Any]])?.first)
    let found = try #require((run["results"] as? [[String: Any]])?.first)
    let locations = try #require(found["locations"] as? [[String: [String: [String: Any]]]])
    let uri = try #require(
      locations[0]["physicalLocation"]?["artifactLocation"]?["uri"] as? String)
    #expect(uri.removingPercentEncoding == "vault/\(text).yaml")
    #expect(uri.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f })
  }

  @Test(arguments: hostile)
  func `a row of Markdown stays a row`(text: String) {
    let report = TestReport(checked: World.now, results: [result(.invalid, "p/x", note: text)])
    let lines = report.markdown().split(separator: "\n")
    #expect(lines.count == 4, "two of the head, one of the key, the summary")
    let bars = lines[2].replacing("\\\\", with: "").replacing("\\|", with: "").count { $0 == "|" }
    #expect(bars == 6)
  }

  @Test func `each verdict has its place in JUnit, and none that is unclear is green`() throws {
    let results = Verdict.allCases.map { verdict in
      var result = result(verdict, "p/\(verdict.rawValue)")
      result.isRequired = true
      return result
    }
    var broken = result(.misconfigured, "p/broken")
    broken.error = "was moved"
    let report = TestReport(checked: World.now, results: results + [broken])
    let elements = try Elements.of(report.junit(failOn: .standard))
    var outcomes: [String: String] = [:]
    var last = ""
    for element in elements.dropFirst(2) {
      if element.name == "testcase" {
        last = element.attributes["name"] ?? ""
        outcomes[last] = "passed"
      } else {
        outcomes[last] = element.name
      }
    }
    for verdict in Verdict.allCases {
      let expected =
        switch verdict.word {
        case .valid: "passed"
        case .invalid, .notConfigured: "failure"
        case .unclear, .locked, .notTested: "skipped"
        }
      #expect(outcomes[verdict.rawValue] == expected, "\(verdict)")
    }
    #expect(outcomes["broken"] == "error")
    let suite = elements[1].attributes
    func number(_ outcome: String) -> String { String(outcomes.values.count { $0 == outcome }) }
    #expect(suite["tests"] == String(outcomes.count))
    #expect(suite["failures"] == number("failure") && suite["errors"] == number("error"))
    #expect(suite["skipped"] == number("skipped"))
  }

  @Test func `facts about an account are left out, the request's id is not`() {
    var result = result(.valid, "p/openai")
    result.facts = ["credit": "5 USD", "organization": "org", "request_id": "r"]
    let report = TestReport(checked: World.now, results: [result]).withoutAccountFacts()
    #expect(report.results.map(\.facts) == [["request_id": "r"]])
  }
}
