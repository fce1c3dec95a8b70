/// Commits files that an action changed, and nothing else that is staged.
public struct CommitFiles: Sendable {
  public let message: String
  /// Relative to the repository's root.
  public let files: [String]
  /// Who commits; nil for the person that git's configuration and environment name.
  public let author: GitCommit.Author?

  public init(_ message: String, files: [String], as author: GitCommit.Author? = nil) {
    self.message = message
    self.files = files
    self.author = author
  }

  /// Returns whether there was anything to commit. Throws outside of a git work tree, or if git cannot commit; the
  /// files are written all the same.
  public func run(in workspace: Workspace) throws(Failure) -> Bool {
    let root = workspace.repository.root
    guard Git(in: root).isPresent else {
      throw Failure(
        .io,
        "this folder is not in a git work tree, so nothing was committed; the files are written",
        hints: ["git init"])
    }
    let commit = GitCommit(in: root, as: author)
    let isCommitted = try commit.make(message, of: files)
    workspace.tell(
      Notice(.committed, .note, isCommitted ? "committed: \(message)" : "nothing to commit"))
    if isCommitted, commit.isSigningWanted {
      workspace.tell(
        Notice(
          .unsignedCommit, .warning,
          "git is configured to sign commits (commit.gpgSign), but this one is not signed",
          hints: ["sign it: git commit --amend --no-edit -S"]))
    }
    workspace.tellUntracked()
    return isCommitted
  }
}

extension Workspace {
  /// Reports which of these files, relative to the root, git ignores. `validate` reports what git does not answer.
  public func tellIgnored(_ files: [String]) {
    guard let groups = try? IgnoredFiles(in: repository.root).among(files) else { return }
    for group in groups {
      tell(Notice(.ignoredFiles, .warning, group.message, hints: [group.hint]))
    }
  }

  /// Reports which files a clone would lack, and how to commit them.
  public func tellUntracked() {
    guard let files = try? Untracked.files(in: repository.root), !files.isEmpty else { return }
    let shown = files.prefix(4).map { $0.printable(limit: 120) }.joined(separator: ", ")
    let list = files.count > 4 ? "\(shown) and \(files.count - 4) more" : shown
    let parts = files.map { file in String(file.prefix { $0 != "/" }) }
    let folders = parts.indices.filter { !parts[..<$0].contains(parts[$0]) }.map { parts[$0] }
    tell(
      Notice(
        .untrackedFiles, .note, "not committed yet, and a clone needs it: \(list)",
        hints: ["next: \(Shell("git add -- \(paths: folders)")), then git commit"]))
  }
}

extension Notice.Code {
  /// What became of a commit that was asked for.
  static let committed = Notice.Code(rawValue: "committed")
  /// Git's configuration wants signed commits, and this one is not.
  static let unsignedCommit = Notice.Code(rawValue: "unsigned-commit")
  /// Git ignores files that the action wrote.
  static let ignoredFiles = Notice.Code(rawValue: "ignored-files")
  /// Git does not have files that every clone needs.
  static let untrackedFiles = Notice.Code(rawValue: "untracked-files")
}
