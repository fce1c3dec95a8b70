extension Workspace {
  /// Warns of entries that were opened and should be looked at: one warning for each kind of doubt.
  func tell(_ opened: [(entry: String, doubts: [Doubt])]) {
    for doubt in Doubt.allCases {
      let entries = opened.filter { $0.doubts.contains(doubt) }.map(\.entry)
      guard let first = entries.first else { continue }
      let others = entries.count == 1 ? "" : " and \(entries.count - 1) more"
      tell(
        Notice(
          .doubt, .warning, "'\(first)'\(others): \(doubt.message)", hints: doubt.hints(for: first))
      )
    }
  }
}

extension Notice.Code {
  /// An entry can be used, and something about it should be looked at.
  static let doubt = Notice.Code(rawValue: "doubt")
}
