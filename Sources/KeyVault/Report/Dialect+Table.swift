extension Dialect {
  /// Who reads each, and what it cannot carry.
  public static func table(_ style: Style) -> String {
    var table = TextTable()
    for dialect in allCases {
      table.add([TextTable.Cell(dialect.name), TextTable.Cell(dialect.consumer)])
      table.add(remark: TextTable.Cell(dialect.restrictions, .dim))
    }
    return table.text(style)
  }

  private var restrictions: String {
    var parts = obstacles.map(\.what)
    if !keptNames.what.isEmpty { parts.append("the names of \(keptNames.what)") }
    if let limit { parts.append("\(limit) bytes or more in all") }
    return parts.isEmpty ? "carries all bytes" : "not: " + parts.joined(separator: ", ")
  }
}
