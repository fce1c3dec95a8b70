/// The document of `keyvault providers check`: what a provider's definition says of credentials, or
/// of recorded answers, whose verdicts are known beforehand.
public struct DefinitionReport: Sendable, Codable {
  public struct Row: Sendable, Codable {
    /// `no key`, `bogus key`, an entry, or the name of a recorded answer.
    public var what: String
    public var verdict: Verdict
    public var http: Int?
    public var rule: Int?
    public var matched: [String]
    public var note: String?
    /// Whether it is what it must be.
    public var good: Bool

    public init(_ what: String, _ evidence: Evidence, isGood: Bool) {
      self.what = what
      verdict = evidence.verdict
      http = evidence.http
      rule = evidence.rule
      matched = evidence.matched
      note = evidence.note
      good = isGood
    }
  }

  public var version = 1
  public var provider: String
  public var rows: [Row]

  public init(provider: String, rows: [Row]) {
    self.provider = provider
    self.rows = rows
  }

  /// Whether everything is what it must be.
  public var isGood: Bool { rows.allSatisfy(\.good) }

  /// A line a row; what is wrong with it below.
  public func text(_ style: Style) -> String {
    var table = TextTable()
    for row in rows {
      let evidence = ((row.http.map { ["HTTP \($0)"] } ?? []) + row.matched)
      table.add([
        TextTable.Cell(row.what, .bold),
        TextTable.Cell(row.good ? "ok" : "wrong", row.good ? .green : .red),
        TextTable.Cell(row.verdict.rawValue),
        TextTable.Cell(row.rule.map { "rule \($0)" } ?? ""),
        TextTable.Cell(evidence.joined(separator: " · ")),
      ])
      if let note = row.note { table.add(remark: TextTable.Cell(note, .dim)) }
    }
    return table.text(style)
  }
}
