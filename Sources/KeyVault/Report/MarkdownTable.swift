/// A table for a wiki or a job's summary.
struct MarkdownTable {
  private var lines: [String]

  init(_ titles: [String]) {
    lines = [
      "| " + titles.map(\.capitalizedFirst).joined(separator: " | ") + " |",
      "|" + String(repeating: " --- |", count: titles.count),
    ]
  }

  mutating func add(_ cells: [String]) {
    lines.append("| " + cells.map(\.markdown).joined(separator: " | ") + " |")
  }

  /// The table, and a sentence below it.
  func text(summary: String) -> String { (lines + ["", summary, ""]).joined(separator: "\n") }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }

  /// For one cell of a Markdown table: nothing in it is markup.
  fileprivate var markdown: String {
    printable.split(separator: " ", omittingEmptySubsequences: false)
      .map { word in word.isLive ? word.codeSpan : word.escaped }
      .joined(separator: " ")
  }
}

extension Substring {
  fileprivate var escaped: String {
    var result = ""
    // Scalar by scalar: a combining mark would hide the '|' that it follows.
    for scalar in unicodeScalars {
      if "\\`*_{}[]<>()#+!|&~".unicodeScalars.contains(scalar) { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  /// Whether services would make something of a word although it is escaped: a link of an address, a
  /// mention, a reference, an emoji, a formula.
  fileprivate var isLive: Bool {
    contains { $0 == "@" || $0 == "$" } || contains("://") || contains("www.")
      || unicodeScalars.count { $0 == ":" } > 1
      || contains("#") && contains { ("0"..."9").contains($0) }
  }

  /// In such a span nothing is markup but the backtick, and in a table the '|' and the backslash before it.
  fileprivate var codeSpan: String {
    "`"
      + replacing("`", with: "'").replacing("\\", with: "/").replacing("|", with: "\\|") + "`"
  }
}
