internal import Naming

/// What commits did to files: against each parent, merges too, renames not followed. By git's plumbing:
/// what a person sets for `git log`, such as to show signatures, changes nothing.
enum RawLog {
  struct Change: Sendable {
    let commit: String
    /// When it was committed, by the committer's clock.
    let time: Timestamp
    /// Relative to the folder that git runs in.
    let path: String
    /// Of the new content; only zeros where the file is gone, or a submodule has its place.
    let object: String
  }

  /// Whether an id says that there is no file.
  static func isGone(_ object: String) -> Bool {
    object.utf8.allSatisfy { $0 == UInt8(ascii: "0") }
  }

  /// The changes below `paths` in all commits that `revisions` reach, latest first. Throws if git cannot
  /// say, or there are too many; `what` says what could not be listed.
  static func changes(
    _ git: Git, in revisions: [String], below paths: [String], or what: String
  ) throws(Failure) -> [Change] {
    let list = ["rev-list", "--full-history"] + revisions + ["--"] + paths
    let compare = [
      "--literal-pathspecs", "diff-tree", "--stdin", "--format=commit %H %ct", "--raw", "-r", "-m",
      "--root", "--no-abbrev", "--no-renames", "--relative", "--no-ext-diff", "--no-textconv", "-z",
      "--",
    ]
    let commits = try git.output(of: ["--literal-pathspecs"] + list, within: .history, or: what)
    var parser = Parser()
    try git.readFields(compare + paths, input: commits, within: .history, or: what) {
      parser.read($0)
    }
    return parser.changes
  }

  /// `commit <id> <time>`, then for each path `:<mode> <mode> <id> <id> <letter>` and the path.
  private struct Parser {
    private(set) var changes: [Change] = []
    private var commit = ""
    private var time = Timestamp(seconds: 0)
    private var object: String?

    /// Whether there may be more.
    mutating func read(_ field: ArraySlice<UInt8>) -> Bool {
      let text = String(name: field.drop { $0 == UInt8(ascii: "\n") })
      if let new = object {
        changes.append(Change(commit: commit, time: time, path: text, object: new))
        object = nil
      } else if text.hasPrefix("commit ") {
        let words = text.prefix { $0 != "\n" }.split(separator: " ")
        guard words.count == 3, let seconds = Int(words[2]) else { return true }
        commit = String(words[1])
        time = Timestamp(seconds: seconds)
      } else if text.hasPrefix(":") {
        let words = text.split(separator: " ")
        guard words.count == 5 else { return true }
        // The commit of a submodule is not an object of this repository.
        object = words[1] == "160000" ? "0" : String(words[3])
      }
      return changes.count <= Limits.changes
    }
  }
}
