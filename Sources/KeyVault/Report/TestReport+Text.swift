internal import Naming

extension TestReport {
  /// The table that `keyvault test` prints: a line a key, what to do below it, and a summary.
  public func text(_ style: Style) -> String { rows(style) + ending }

  /// The lines below the rows.
  public var ending: String { footnotes + summary + "\n" }

  /// The rows alone. `names` are the entries of a table that is printed in parts, so that all of them have
  /// the same columns.
  public func rows(_ style: Style, alignedWith names: [String] = []) -> String {
    var table = TextTable()
    if !names.isEmpty {
      table.minimumWidths = [
        names.map(\.count).max() ?? 0, Verdict.Word.allCases.map(\.rawValue.count).max() ?? 0,
        Verdict.allCases.map(\.rawValue.count).max() ?? 0,
      ]
    }
    for result in shown {
      table.add([
        TextTable.Cell(result.entry, .bold),
        TextTable.Cell(result.word.rawValue, result.word.colour),
        TextTable.Cell(result.verdict.rawValue),
        TextTable.Cell(milliseconds: result.latency?.total),
        TextTable.Cell(result.remark),
      ])
      if let note = result.note, note != result.remark { table.add(remark: .init(note, .dim)) }
      if let last = result.last {
        let age = last.checked.age(at: checked)
        table.add(remark: .init("before: \(last.verdict.rawValue), \(age)", .dim))
      }
      if !result.factsText.isEmpty { table.add(remark: .init(result.factsText, .dim)) }
      if let next = result.next { table.add(remark: .init("→ \(next)", .dim)) }
    }
    return table.text(style)
  }

  /// Keys that are not required and that only another environment has are listed in one line.
  var shown: [TestResult] {
    results.filter { $0.verdict != .notConfigured || $0.isRequired }
  }

  private var footnotes: String {
    let absent = results.filter { $0.verdict == .notConfigured && !$0.isRequired }
    let byEnvironment = Dictionary(grouping: absent) { result in
      Name(result.entry.dropLast(result.provider.count + 1))
    }
    return byEnvironment.sorted { $0.key < $1.key }.map { environment, results in
      let names = results.map(\.provider).joined(separator: ", ")
      return "not configured in \(environment), and not required: \(names)\n"
    }.joined()
  }

  /// `7 keys: 2 valid, 3 invalid, 2 unclear; 1 required key is missing`.
  public var summary: String {
    let present = results.filter { $0.verdict != .notConfigured }
    let parts = [
      (Verdict.Word.valid, "valid"), (.invalid, "invalid"), (.unclear, "unclear"),
      (.locked, "locked"), (.notTested, "not tested"),
    ].compactMap { word, name in
      let number = present.count { $0.word == word }
      return number == 0 ? nil : "\(number) \(name)"
    }
    let missing =
      results.count { $0.verdict == .notConfigured && $0.isRequired } + (omitted ?? 0)
    var text = count(present.count, "key")
    if !parts.isEmpty { text += ": " + parts.joined(separator: ", ") }
    let exposed = present.count { $0.isExposed == true }
    if exposed > 0 { text += "; \(exposed) exposed, to be rotated" }
    if missing > 0 {
      text += "; \(count(missing, "required key")) \(missing == 1 ? "is" : "are") missing"
    }
    return text
  }
}

extension TestResult {
  /// `HTTP 401 · error.code=invalid_api_key`, and what the second request said.
  public var evidence: String {
    let first = (http.map { ["HTTP \($0)"] } ?? []) + matched
    return (first + (quota.map { ["quota: \($0.text)"] } ?? [])).joined(separator: " · ")
  }

  /// The evidence; where there was no answer, the reason.
  fileprivate var remark: String {
    if verdict == .notConfigured { return "required" }
    return evidence.isEmpty ? note ?? "" : evidence
  }

  /// `credit 12.3 USD · models 2`. The request's id helps only where something is to be asked of the
  /// provider.
  fileprivate var factsText: String {
    let told = facts.filter { $0.key != "request_id" || word != .valid }
      .sorted { $0.key < $1.key }
      .map { "\($0.key.text.replacing("_", with: " ")) \($0.value)" }
    let credit = credit == .ok && facts["credit"] == nil ? ["credit ok"] : []
    let rule = isConfirmed == false ? ["by an unconfirmed rule"] : []
    let accepted = acknowledgedUntil.map { ["acknowledged until \($0)"] } ?? []
    let attempts = attempts.map { $0 > 1 ? ["attempts \($0)"] : [] } ?? []
    let control = control == .inconclusive ? ["control inconclusive"] : []
    return (credit + told + accepted + rule + attempts + control).joined(separator: " · ")
  }
}
