/// The document of `keyvault doctor`.
public struct DoctorReport: Sendable, Codable {
  public var version = 1
  public var checks: [CheckSetup.Check]

  public init(_ checks: [CheckSetup.Check]) {
    self.checks = checks
  }

  public var hasFailure: Bool { checks.contains { $0.outcome == .failed } }

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
