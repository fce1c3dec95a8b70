extension EntryLog {
  /// A line a commit: day, author, what was done, the commit.
  public func text(_ style: Style) -> String {
    var table = TextTable()
    for change in changes {
      table.add([
        TextTable.Cell(change.at.day, .dim), TextTable.Cell(change.author.printable(limit: 30)),
        TextTable.Cell(String(change.commit.prefix(10)), .dim), TextTable.Cell(change.text),
      ])
    }
    let limit =
      isComplete
      ? ""
      : "the history is incomplete here, so it may begin earlier: run 'git fetch --unshallow', or in "
        + "a partial clone '\(Git.refetch)'\n"
    return table.text(style) + limit
  }
}

extension EntryChange {
  /// `rotated, serial 2→3, readers +Bob −Carol, owner changed`.
  fileprivate var text: String {
    var parts = [verb]
    if what == .rotated, let oldSerial, let serial, oldSerial != serial {
      parts.append("serial \(oldSerial)→\(serial)")
    }
    if !gained.isEmpty || !lost.isEmpty {
      let people = gained.map { "+" + $0.short } + lost.map { "−" + $0.short }
      parts.append("readers " + people.joined(separator: " "))
    }
    if let isDisabled { parts.append(isDisabled ? "disabled" : "enabled") }
    let others = fields.filter { $0 != "disabled" }
    if !others.isEmpty { parts.append(others.joined(separator: " and ") + " changed") }
    let told = parts.filter { !$0.isEmpty }
    return told.isEmpty ? "comments of its sidecar changed" : told.joined(separator: ", ")
  }

  private var verb: String {
    switch what {
    case .added: "added"
    case .moved: "moved from \(from ?? "")"
    case .copied: "copied from \(from ?? "")"
    case .removed: "removed"
    case .rotated: "rotated"
    case .encrypted: "encrypted again"
    case .edited: "its ciphertext changed, but not its sidecar"
    case .there: "older than the known history"
    case .described: ""
    }
  }
}

extension EntryChange.Reader {
  /// The name of `Bob <bob@example.com>`.
  fileprivate var short: String {
    var name = name.prefix { $0 != "<" }
    while name.last == " " { name = name.dropLast() }
    return (name.isEmpty ? self.name : String(name)).printable(limit: 40)
  }
}
