import KeyVault

/// What a command says beside its results.
extension Session {
  /// Says something that is neither a result, a warning, nor an error, and what `--quiet` keeps back: what a
  /// command did, or makes of its arguments. ``Console/warning(_:hint:)``, which is always said, is for what makes
  /// keys less secure, was not done, or will fail.
  func note(_ text: @autoclosure () -> String) {
    if !options.quiet { Console.note(text()) }
  }

  /// Says what may be a slip of the person's, unless `--quiet` is given.
  func remark(_ message: String, hint: String) {
    note("keyvault: note: \(message)")
    note("keyvault: hint: \(hint)")
  }

  func detail(_ text: @autoclosure () -> String) {
    if options.verbose { Console.note(text()) }
  }

  /// Warns of entries that were opened and should be looked at, a line each kind of doubt.
  func warn(_ opened: [(entry: String, doubts: [Doubt])]) {
    for doubt in Doubt.allCases {
      let entries = opened.filter { $0.doubts.contains(doubt) }.map(\.entry)
      guard let first = entries.first else { continue }
      let others = entries.count == 1 ? "" : " and \(entries.count - 1) more"
      Console.warning(
        "'\(first)'\(others): \(doubt.message)", hint: doubt.hints(for: first).first)
    }
  }
}
