extension DefinitionReport {
  /// A line a row; what is wrong with it below.
  public func text(_ style: Style) -> String {
    var table = TextTable()
    for row in rows {
      let evidence = ((row.http.map { ["HTTP \($0)"] } ?? []) + row.matched)
      table.add([
        TextTable.Cell(row.what, .bold),
        TextTable.Cell(row.outcome.rawValue, row.outcome.colour),
        TextTable.Cell(row.verdict.rawValue),
        TextTable.Cell(row.rule.map { "rule \($0)" } ?? ""),
        TextTable.Cell(evidence.joined(separator: " · ")),
      ])
      if let note = row.note { table.add(remark: TextTable.Cell(note, .dim)) }
    }
    return table.text(style)
  }
}

extension DefinitionReport.Row.Outcome {
  fileprivate var colour: Style.Colour {
    switch self {
    case .ok: .green
    case .wrong: .red
    case .unclear: .yellow
    }
  }
}
