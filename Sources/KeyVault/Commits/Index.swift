internal import Naming

/// What is staged: the content that the next commit will have.
struct Index {
  /// A path as the index has it.
  struct Item {
    enum Kind { case file, link, submodule }
    let kind: Kind
    let object: String
    /// 0, or the side of a conflict: 1 the common ancestor, 2 ours, 3 theirs.
    let stage: Int
    /// Relative to the top of the work tree.
    let path: String
  }

  /// A path that differs from the last commit; `item` is nil where it is gone.
  struct Change {
    let path: String
    let item: Item?
    /// Whether the commit does not have the path.
    let isNew: Bool
  }

  let git: Git

  /// `workTree`'s own, or the one that git names to its hooks.
  init(of workTree: WorkTree) {
    git = workTree.git
  }

  /// What differs from `commit`, or from the last commit where none is given; all where there is none yet.
  func changes(since commit: String? = nil) throws(Failure) -> [Change] {
    let head = commit ?? git.line(["rev-parse", "--verify", "--quiet", "HEAD^{tree}"])
    guard let base = head ?? git.line(["hash-object", "-t", "tree", "/dev/null"]) else {
      throw failure
    }
    let output = try output([
      "diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff",
      "--no-textconv", base, "--",
    ])
    var changes: [Change] = []
    for index in stride(from: 0, to: output.count - 1, by: 2) {
      // `:100644 100644 OLD NEW M`, then the path.
      let words = output[index].split(separator: " ")
      guard words.count == 5 else { throw failure }
      let path = output[index + 1]
      let item = Self.item(mode: words[1], object: words[3], stage: 0, path: path)
      changes.append(
        Change(path: path, item: words[4] == "D" ? nil : item, isNew: words[4] == "A"))
    }
    return changes
  }

  /// All that is below these paths, relative to the top.
  func items(below paths: [String]) throws(Failure) -> [Item] {
    try items(["ls-files", "--stage", "-z", "--"] + paths.map { ":(literal)" + $0 })
  }

  /// What a merge left undecided below `path`.
  func conflicts(below path: String) throws(Failure) -> [Item] {
    try items(["ls-files", "--unmerged", "-z", "--", ":(literal)" + path])
  }

  private func items(_ arguments: [String]) throws(Failure) -> [Item] {
    try output(arguments).compactMap { record in
      // `100644 OBJECT 0`, a tab, the path.
      guard let tab = record.firstIndex(of: "\t") else { return nil }
      let words = record[..<tab].split(separator: " ")
      guard words.count == 3, let stage = Int(words[2]) else { return nil }
      return Self.item(
        mode: words[0], object: words[1], stage: stage,
        path: String(record[record.index(after: tab)...]))
    }
  }

  private static func item(
    mode: Substring, object: Substring, stage: Int, path: String
  ) -> Item {
    let kind: Item.Kind =
      switch mode {
      case "120000": .link
      case "160000": .submodule
      default: .file
      }
    return Item(kind: kind, object: String(object), stage: stage, path: path)
  }

  private func output(_ arguments: [String]) throws(Failure) -> [String] {
    try git.output(of: arguments, or: Self.what).split(separator: 0)
      .map { String(name: $0) }
  }

  private static let what = "git could not read its index"
  private var failure: Failure { Failure(.io, Self.what) }
}
