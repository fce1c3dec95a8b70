extension FindingReport {
  /// JUnit's XML: a case a finding; what is not an error is skipped, since there is no other word
  /// between good and bad.
  public func junit() -> String {
    let cases = findings.map { finding in
      var element = XMLElement(
        "testcase",
        [("classname", finding.file), ("name", "\(finding.code) at line \(finding.line)")])
      let text = finding.advice
      element.add(
        finding.severity == .error
          ? XMLElement("failure", [("type", finding.code), ("message", text)])
          : XMLElement("skipped", [("message", text)]))
      return element
    }
    let shown =
      cases.isEmpty
      ? [XMLElement("testcase", [("classname", "keyvault"), ("name", "every file")])] : cases
    var suite = XMLElement(
      "testsuite",
      [
        ("name", "keyvault validate"), ("tests", String(shown.count)),
        ("failures", String(errors)), ("skipped", String(findings.count - errors)),
      ])
    for element in shown { suite.add(element) }
    var suites = XMLElement("testsuites")
    suites.add(suite)
    return suites.document
  }
}

/// Findings as workflow commands of GitHub Actions, a line each.
public func githubAnnotations(_ findings: [Finding]) -> String {
  findings.map { finding in
    let command =
      switch finding.severity {
      case .error: "error"
      case .warning: "warning"
      case .note: "notice"
      }
    let properties = [
      "file=" + finding.file.asProperty, "line=\(max(1, finding.line))",
      "col=\(max(1, finding.column))", "title=" + finding.code.asProperty,
    ].joined(separator: ",")
    return "::\(command) \(properties)::\(finding.advice.asData)\n"
  }.joined()
}

extension Finding {
  /// The message and the hint on one line.
  var advice: String { hint.map { "\(message); \($0)" } ?? message }
}

extension String {
  /// The text of a workflow command: on one line, and nothing in it begins another.
  fileprivate var asData: String { printable.replacing("%", with: "%25") }

  fileprivate var asProperty: String {
    asData.replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}
