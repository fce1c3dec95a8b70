extension Timeline {
  /// A line a record: when (UTC), who, the commit, and what happened; of several entries, also which.
  public func text(_ style: Style) -> String {
    var table = TextTable()
    for record in records {
      let entry = isOfOne ? [] : [TextTable.Cell(record.entry, .bold)]
      table.add([TextTable.Cell(record.at.minute, .dim)] + entry + record.cells)
    }
    var text = table.text(style)
    if isComplete == false {
      text +=
        "git history is incomplete here, so it may begin earlier: run 'git fetch --unshallow', or in a "
        + "partial clone '\(Git.refetch)'\n"
    }
    if ignored > 0 { text += Self.text(ignored: ignored) + "\n" }
    return text
  }

  /// `2 recorded verdicts are ignored: not written by this machine`.
  static func text(ignored: Int) -> String {
    "\(count(ignored, "recorded verdict")) \(ignored == 1 ? "is" : "are") ignored: "
      + "not written by this machine"
  }
}

extension Timeline.Record {
  fileprivate var cells: [TextTable.Cell] {
    switch self {
    case .change(let change):
      [
        TextTable.Cell(change.author.printable(limit: 30)),
        TextTable.Cell(String(change.commit.prefix(10)), .dim), TextTable.Cell(change.text),
      ]
    case .verdict(let run):
      [
        TextTable.Cell("this machine"), TextTable.Cell(""),
        TextTable.Cell(run.text, run.word.colour),
      ]
    }
  }
}

extension VerdictRun {
  /// `tested: Unclear (provider_error), HTTP 500, 3 times until 2026-11-23 18:50`.
  fileprivate var text: String {
    let isSame = word.rawValue.lowercased() == verdict.rawValue
    var parts = ["tested: " + word.rawValue + (isSame ? "" : " (\(verdict.rawValue))")]
    if let http { parts.append("HTTP \(http)") }
    if isOtherCiphertext { parts.append("another ciphertext") }
    if tests > 1 { parts.append("\(tests) times until \(last.minute)") }
    return parts.joined(separator: ", ")
  }
}

extension Timestamp {
  /// `2026-11-23 17:45`, in UTC.
  fileprivate var minute: String { text.prefix(16).replacing("T", with: " ") }
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
    case .edited: "its ciphertext changed, and not its sidecar"
    case .there: "present where the known history begins"
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
