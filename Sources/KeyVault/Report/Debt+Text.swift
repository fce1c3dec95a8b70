extension Debt {
  /// A line a key, and what the list cannot know.
  public func text(_ style: Style) -> String {
    var table = TextTable()
    for key in keys {
      table.add([
        TextTable.Cell(key.entry, .bold), TextTable.Cell(key.reason.text),
        TextTable.Cell(key.commit.map { "in \($0.prefix(12))" } ?? "not committed yet", .dim),
      ])
    }
    let number =
      keys.isEmpty
      ? "no key that is here now is known to have been readable"
      : "\(count(keys.count, "key")) must be made anew at the provider"
    let limits =
      isComplete
      ? "not seen: squashed pull requests, other people's clones and forks, rendered files"
      : "the history is not whole here, so this proves nothing: run 'git fetch --unshallow'"
    return table.text(style) + "\(number)\n\(limits)\n"
  }
}

extension Debt.Reason {
  fileprivate var text: String {
    switch self {
    case .named: "was encrypted to them"
    case .unmapped: "was encrypted to a key that nobody's file has"
    case .lineage: "may be a key that they could read here"
    case .unreadable: "was no ciphertext, for all to read"
    }
  }
}
