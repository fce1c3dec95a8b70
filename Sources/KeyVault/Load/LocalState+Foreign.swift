/// Lines of `.keyvault/` that do not carry this machine's code: of another machine that uses the same
/// folder, of a key that is gone, or forged.
extension LocalState {
  /// Every file of lines, and what the codes of its lines are for.
  private static let files = [
    (name: History.fileName, purpose: History.purpose),
    (name: Memory.fileName, purpose: Memory.purpose),
    (name: Memory.names, purpose: Memory.namesPurpose),
    (name: PublicKeyMemo.fileName, purpose: PublicKeyMemo.purpose),
    (name: toldFile, purpose: toldPurpose),
  ]

  private static let toldFile = "told.jsonl"
  private static let toldPurpose = "keyvault-told-v1"

  /// Whether a file's foreign lines have not been reported yet. Marks them as reported; where the mark cannot be
  /// written, they are reported again.
  func isNews(foreignIn name: String) -> Bool {
    let record = Array("\"\(name)\"".utf8)
    let told = records(of: Self.toldFile, purpose: Self.toldPurpose).ours
    guard !told.contains(where: { $0.elementsEqual(record) }) else { return false }
    try? append([record], to: Self.toldFile, purpose: Self.toldPurpose)
    return true
  }

  /// How many there are.
  public var foreignLines: Int {
    Self.files.reduce(0) { $0 + records(of: $1.name, purpose: $1.purpose).foreign }
  }

  /// Removes them, and the marks that they were reported. Returns how many there were. Throws if a file cannot be
  /// written.
  public func dropForeignLines() throws(Failure) -> Int {
    let count = foreignLines
    guard count > 0 else { return 0 }
    try reporting { () throws(FileError) in
      for (name, purpose) in Self.files {
        for name in [name + Self.oldSuffix, name] where !lines(of: name).isEmpty {
          try rewrite(name, purpose: purpose) { ours in
            name.hasPrefix(Self.toldFile) ? [] : ours.map(Array.init)
          }
        }
      }
    }
    return count
  }
}

extension Memory {
  /// Whether lines of other machines have not been reported yet.
  public func foreignIsNews() -> Bool {
    (try? state())?.isNews(foreignIn: Self.fileName) ?? true
  }
}

extension History {
  /// Whether lines of other machines have not been reported yet.
  public func foreignIsNews() -> Bool { state.isNews(foreignIn: Self.fileName) }
}
