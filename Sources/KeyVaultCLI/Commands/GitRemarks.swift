import KeyVault

extension Session {
  /// Says which of these files (relative to the root) git ignores. What cannot be asked is left to `validate`.
  func warnOfIgnored(_ files: [String], in root: String) {
    guard let groups = try? IgnoredFiles(in: root).among(files) else { return }
    for group in groups { Console.warning(group.message, hint: group.hint) }
  }

  /// Says what a clone would lack, and how to commit it.
  func tellUntracked(in root: String) {
    guard let files = try? Untracked.files(in: root), !files.isEmpty else { return }
    note("not committed yet, and a clone needs it: \(Self.list(files))")
    note("next: \(Shell("git add -- \(paths: Self.folders(of: files))")), then git commit")
  }

  private static func list(_ files: [String]) -> String {
    let shown = files.prefix(4).map { $0.printable(limit: 120) }.joined(separator: ", ")
    return files.count > 4 ? "\(shown) and \(files.count - 4) more" : shown
  }

  /// The first part of each path, once.
  private static func folders(of files: [String]) -> [String] {
    let parts = files.map { file in String(file.prefix { $0 != "/" }) }
    return parts.indices.filter { !parts[..<$0].contains(parts[$0]) }.map { parts[$0] }
  }
}
