internal import Naming

extension TestReport {
  /// Reports for services that show findings: one finding for each key that is not good, at its
  /// sidecar.
  public func findings(failOn: FailOn) -> [Finding] {
    results.compactMap { result in
      let fails = failOn.fails(result)
      guard fails || result.deservesNotice else { return nil }
      return Finding(
        code: "key-" + result.verdict.rawValue.replacing("_", with: "-"),
        severity: fails ? .error : .warning, file: result.findingFile,
        message: result.sentence, hint: result.next)
    }
  }

  /// JUnit's XML: a suite an environment, a case a key. A verdict that is unclear is skipped: neither
  /// good nor bad.
  public func junit(failOn: FailOn) -> String {
    let suites = Dictionary(grouping: shown) { Name($0.environment) }.sorted { $0.key < $1.key }
    var root = XMLElement("testsuites", [("name", "keyvault test")])
    for (environment, results) in suites {
      let failures = results.count { failOn.contains($0) }
      let errors = results.count { !failOn.contains($0) && $0.error != nil }
      let good = results.count { $0.word == .valid && !failOn.contains($0) }
      var suite = XMLElement(
        "testsuite",
        [
          ("name", environment.text), ("tests", String(results.count)),
          ("failures", String(failures)),
          ("errors", String(errors)),
          ("skipped", String(results.count - failures - errors - good)),
          ("timestamp", String(checked.text.dropLast())),
        ])
      for result in results { suite.add(result.junit(failOn: failOn)) }
      root.add(suite)
    }
    return root.document
  }

  /// For a job's summary.
  public func markdown() -> String {
    var table = MarkdownTable(["entry", "status", "verdict", "evidence", "what to do"])
    for result in shown {
      table.add([
        result.entry, result.word.rawValue, result.verdict.rawValue,
        [result.evidence, result.note ?? ""].filter { !$0.isEmpty }.joined(separator: "; "),
        result.next ?? "",
      ])
    }
    return table.text(summary: summary)
  }

  /// Without what answers tell about the account: a log may be read by many.
  public func withoutAccountFacts() -> TestReport {
    var report = self
    for index in report.results.indices {
      report.results[index].facts = report.results[index].facts.filter { $0.key == "request_id" }
    }
    return report
  }
}

extension TestResult {
  /// Whether something is not as it should be, whatever is failed on.
  fileprivate var deservesNotice: Bool {
    switch word {
    case .valid: false
    case .unclear: acknowledgedUntil == nil
    case .invalid, .locked: true
    case .notTested: isCutShort
    case .notConfigured: isRequired
    }
  }

  fileprivate var environment: String {
    entry.lastIndex(of: "/").map { String(entry[..<$0]) } ?? "(root)"
  }

  /// Where a person fixes it: the sidecar; of a key that is missing, what requires it.
  fileprivate var findingFile: String {
    verdict == .notConfigured ? Paths.configuration : "\(Paths.vault)/\(entry).yaml"
  }

  private var name: String {
    entry.lastIndex(of: "/").map { String(entry[entry.index(after: $0)...]) } ?? entry
  }

  /// `production/openai: Invalid (revoked): HTTP 401 · error.code=revoked`.
  fileprivate var sentence: String {
    let state = [isExposed == true ? "exposed" : "", isOverdue ? "overdue" : ""]
    let reason = ([error ?? evidence, error == nil ? note ?? "" : ""] + state)
      .filter { !$0.isEmpty }.joined(separator: "; ")
    return "\(entry): \(word.rawValue) (\(verdict.rawValue))"
      + (reason.isEmpty ? "" : ": \(reason)")
  }

  fileprivate func junit(failOn: FailOn) -> XMLElement {
    // Latencies have one decimal, in milliseconds.
    let tenths = Int(((latency?.total ?? 0) * 10).rounded())
    let fraction = String(tenths % 10_000)
    let seconds =
      "\(tenths / 10_000)." + String(repeating: "0", count: 4 - fraction.count) + fraction
    var element = XMLElement(
      "testcase", [("classname", environment), ("name", name), ("time", seconds)])
    if failOn.contains(self) {
      element.add(XMLElement("failure", [("type", verdict.rawValue), ("message", sentence)]))
    } else if error != nil {
      element.add(XMLElement("error", [("type", verdict.rawValue), ("message", sentence)]))
    } else if word != .valid {
      element.add(XMLElement("skipped", [("message", sentence)]))
    }
    return element
  }
}
