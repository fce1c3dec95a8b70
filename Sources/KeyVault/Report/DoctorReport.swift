/// The document of `keyvault doctor`.
public struct DoctorReport: Sendable, Codable {
  public enum Outcome: String, Sendable, Codable {
    case ok, warning, failed
  }

  public struct Check: Sendable, Codable {
    public var name: String
    public var outcome: Outcome
    public var message: String
    /// How to fix it.
    public var fix: String?
  }

  public var version = 1
  public var checks: [Check] = []

  public init() {}

  public var hasFailure: Bool { checks.contains { $0.outcome == .failed } }

  public mutating func add(
    _ name: String, _ outcome: Outcome, _ message: String, fix: String? = nil
  ) {
    checks.append(Check(name: name, outcome: outcome, message: message, fix: fix))
  }

  public func text(_ style: Style) -> String {
    var table = TextTable()
    for check in checks {
      let colour: Style.Colour =
        switch check.outcome {
        case .ok: .green
        case .warning: .yellow
        case .failed: .red
        }
      table.add([
        TextTable.Cell(check.name, .bold), TextTable.Cell(check.outcome.rawValue, colour),
        TextTable.Cell(check.message),
      ])
      if let fix = check.fix { table.add(remark: TextTable.Cell("→ \(fix)", .dim)) }
    }
    return table.text(style)
  }
}
