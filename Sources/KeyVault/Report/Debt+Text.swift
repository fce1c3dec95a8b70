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
    for key in retired {
      let state = key.proven.map { "proven \($0)" } ?? "unproven"
      table.add([
        TextTable.Cell(key.entry, .bold), TextTable.Cell("retired: \(state)"),
        TextTable.Cell(key.serial.map { "serial \($0)" } ?? "", .dim),
      ])
    }
    let number =
      keys.isEmpty
      ? "no current key is known to have been readable"
      : "\(count(keys.count, "key")) must be rotated at the provider"
    let limits =
      isComplete
      ? "not seen: commits that no branch or tag here reaches (squashed pull requests, forks), rendered "
        + "files, other people's clones"
      : "the history is incomplete here, so this proves nothing: run 'git fetch --unshallow', or "
        + "in a partial clone '\(Git.refetch)'"
    let unproven = retired.count { $0.proven == nil }
    let proof =
      unproven == 0
      ? ""
      : "\(count(unproven, "key")) \(unproven == 1 ? "is" : "are") not proven dead: "
        + "keyvault test --retired ENTRY\n"
    return table.text(style) + "\(number)\n\(proof)\(limits)\n"
  }
}

extension Debt.Reason {
  fileprivate var text: String {
    switch self {
    case .named: "was encrypted to them"
    case .unmapped: "was encrypted to an unknown key"
    case .lineage: "may be a key that they could read here"
    case .unreadable: "was not a ciphertext, so anyone could read it"
    }
  }
}
