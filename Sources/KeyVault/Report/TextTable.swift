/// Lines in columns for a terminal, two spaces apart. What does not fit is cut in the last column.
struct TextTable {
  struct Cell {
    var text: String
    var colour: Style.Colour?

    init(_ text: String, _ colour: Style.Colour? = nil) {
      self.text = text.printable
      self.colour = colour
    }

    /// A time, flush right; the column is as wide in each run.
    init(milliseconds value: Double?) {
      let text = value.map { "\(Int($0.rounded())) ms" } ?? ""
      let gap = text.isEmpty ? 0 : max(0, 8 - text.count)
      self.init(String(repeating: " ", count: gap) + text, .dim)
    }
  }

  private enum Row {
    case cells([Cell])
    /// A remark below a row, indented to the second column.
    case remark(Cell)
  }

  private var rows: [Row] = []
  /// Of the first columns.
  var minimumWidths: [Int] = []

  mutating func add(_ cells: [Cell]) {
    rows.append(.cells(cells))
  }

  mutating func add(remark: Cell) {
    rows.append(.remark(remark))
  }

  func text(_ style: Style) -> String {
    let widths = self.widths
    return rows.map { row in
      switch row {
      case .cells(let cells): line(cells, widths: widths, style)
      case .remark(let cell):
        String(repeating: " ", count: (widths.first ?? 0) + 2) + style.text(cell.text, cell.colour)
      }
    }.map { $0 + "\n" }.joined()
  }

  private var widths: [Int] {
    var widths = minimumWidths
    for case .cells(let cells) in rows {
      for (index, cell) in cells.enumerated() {
        if index == widths.count { widths.append(0) }
        widths[index] = max(widths[index], cell.text.count)
      }
    }
    return widths
  }

  private func line(_ cells: [Cell], widths: [Int], _ style: Style) -> String {
    // Cells at the end that are empty leave no blanks behind.
    let last = cells.lastIndex { !$0.text.isEmpty } ?? 0
    var line = ""
    var column = 0
    for (index, cell) in cells[...last].enumerated() {
      var text = cell.text
      if let limit = style.width, index == last, column + text.count > limit {
        text = text.printable(limit: max(8, limit - column))
      }
      line += style.text(text, cell.colour)
      guard index < last else { break }
      // A column that is empty in every row is none.
      guard widths[index] > 0 else { continue }
      let gap = widths[index] - cell.text.count + 2
      line += String(repeating: " ", count: gap)
      column += widths[index] + 2
    }
    return line
  }
}
