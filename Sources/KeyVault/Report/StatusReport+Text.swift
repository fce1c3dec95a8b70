extension StatusReport {
  /// The table for a terminal.
  public func text(_ style: Style) -> String {
    var table = TextTable()
    table.add(Self.titles.map { TextTable.Cell($0, .dim) })
    for row in shown {
      table.add([
        TextTable.Cell(row.entry, .bold),
        TextTable.Cell(row.word.rawValue, row.word.colour),
        TextTable.Cell(row.verdictDetail(at: at)),
        TextTable.Cell(row.preview ?? ""),
        TextTable.Cell(row.owner ?? ""),
        TextTable.Cell(row.rotationText, row.isLate || row.isExposed ? .red : nil),
      ])
    }
    let figures = tests.map { $0.text + "\n" } ?? ""
    return table.text(style) + summary + "\n" + figures
  }

  /// A table for a wiki or a job's summary.
  public func markdown() -> String {
    var table = MarkdownTable(Self.titles)
    for row in shown {
      table.add([
        row.entry, row.word.rawValue, row.verdictDetail(at: at), row.preview ?? "",
        row.owner ?? "", row.rotationText,
      ])
    }
    return table.text(summary: summary)
  }

  private static let titles = ["entry", "status", "last test", "key", "owner", "rotation"]

  private var shown: [Row] {
    results.filter { $0.verdict != .notConfigured || $0.isRequired }
  }

  /// `7 keys: 2 valid, 5 not tested; 1 exposed; 1 overdue; 1 required key is missing`.
  public var summary: String {
    let present = results.filter { $0.verdict != .notConfigured }
    let words: [Verdict.Word] = [.valid, .invalid, .unclear, .locked, .notTested]
    let parts = words.compactMap { word in
      let number = present.count { $0.word == word }
      return number == 0 ? nil : "\(number) \(word.rawValue.lowercased())"
    }
    let late = present.count(where: \.isLate)
    let missing =
      results.count { $0.verdict == .notConfigured && $0.isRequired } + (omitted ?? 0)
    var text = count(present.count, "key")
    if !parts.isEmpty { text += ": " + parts.joined(separator: ", ") }
    let exposed = present.count(where: \.isExposed)
    if exposed > 0 { text += "; \(exposed) exposed" }
    if late > 0 { text += "; \(late) overdue" }
    if missing > 0 {
      text += "; \(count(missing, "required key")) \(missing == 1 ? "is" : "are") missing"
    }
    return text
  }
}

extension StatusReport.Row {
  /// Whether the day on which the key should have been rotated has passed.
  var isLate: Bool { rotation == "overdue" || rotation == "expired" }

  fileprivate func verdictDetail(at now: Timestamp) -> String {
    if verdict == .notConfigured { return "required" }
    if isDisabled { return "disabled" }
    guard let checked else { return "" }
    let accepted = acknowledgedUntil.map { ", acknowledged until \($0)" } ?? ""
    return "\(verdict.rawValue), \(checked.age(at: now))\(accepted)"
  }

  fileprivate var rotationText: String {
    if let fault { return fault }
    if isExposed {
      return "exposed\(exposedSince.map { " since \($0)" } ?? ""): rotate it"
    }
    let past = retired == Sidecar.Retired.unproven ? "; retired: unproven" : ""
    let text =
      switch rotation {
      case "due": "due by \(rotationDay ?? "")"
      case "overdue": "overdue since \(rotationDay ?? "")"
      case "expired": "expired \(rotationDay ?? "")"
      default: (rotated ?? created).map { "\(rotated == nil ? "made" : "rotated") \($0.day)" } ?? ""
      }
    return text + past
  }
}
