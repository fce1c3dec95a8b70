extension LocalState {
  /// A file of lines.
  struct Log: Sendable {
    let name: String
    /// Goes into the MACs of its lines.
    let purpose: String
    /// Whether it is kept in the state home, since it protects the user.
    var protectsUser = false

    var oldName: String { name + LocalState.oldSuffix }

    /// What providers said of keys.
    static let verdicts = Log(name: "history.jsonl", purpose: "keyvault-history-v1")
    /// The highest serial of each entry, and of the lists.
    static let serials = Log(
      name: "serials.jsonl", purpose: "keyvault-serials-v1", protectsUser: true)
    /// Variables under which a person permits keys.
    static let names = Log(name: "names.jsonl", purpose: "keyvault-names-v1", protectsUser: true)
    /// What gpg said of public key files.
    static let publicKeys = Log(name: "public-keys.jsonl", purpose: "keyvault-public-keys-v1")
    /// Files whose foreign lines were reported.
    static let told = Log(name: "told.jsonl", purpose: "keyvault-told-v1")

    static let all = [verdicts, serials, names, publicKeys, told]
  }

  /// Whether a file's foreign lines have not been reported yet. Marks them as reported; where the mark cannot be
  /// written, they are reported again.
  func isNews(foreignIn log: Log) -> Bool {
    let record = Array("\"\(log.name)\"".utf8)
    let told = records(of: .told).ours
    guard !told.contains(where: { $0.elementsEqual(record) }) else { return false }
    try? append([record], to: .told)
    return true
  }

  /// How many lines do not carry this machine's MAC: those of another machine that uses the same folder, those of a
  /// key that is gone, and forged ones.
  public var foreignLines: Int {
    Log.all.reduce(0) { $0 + records(of: $1).foreign }
  }

  /// Removes them, and the marks that they were reported. Returns how many there were. Throws if a file cannot be
  /// written.
  public func dropForeignLines() throws(Failure) -> Int {
    let count = foreignLines
    guard count > 0 else { return 0 }
    try reporting { () throws(FileError) in
      for log in Log.all {
        for isOld in [true, false] where !lines(of: log, isOld: isOld).isEmpty {
          try rewrite(log, isOld: isOld) { ours in
            log.name == Log.told.name ? [] : ours.map(Array.init)
          }
        }
      }
    }
    return count
  }
}
