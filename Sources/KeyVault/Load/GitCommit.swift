internal import Glibc

/// A commit of some files and of nothing else that is staged, by plumbing commands alone: no hook and
/// no signing program runs, and the files go through no filter.
public struct GitCommit {
  private let git: Git
  private let root: String

  /// `root` is the repository's, absolute.
  public init(in root: String) {
    self.root = root
    git = Git(in: root)
  }

  /// Commits `paths` (relative to the root) as they lie there; one that is gone is removed. Returns
  /// whether there was anything to commit. Throws if git cannot.
  public func make(_ message: String, of paths: [String]) throws(Failure) -> Bool {
    // A name of its own: one that two commits share would be emptied by the first that ends.
    let name = "keyvault-index-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    let index = try output(["rev-parse", "--git-path", name])
    let indexFile = index.hasPrefix("/") ? index : root + "/" + index
    let file = ["GIT_INDEX_FILE": indexFile]
    defer { unlink(indexFile) }
    let head = git.line(["rev-parse", "--verify", "--quiet", "HEAD"])
    try check(["read-tree"] + (head.map { [$0] } ?? ["--empty"]), file)
    let prefix = git.prefix ?? ""
    for path in paths { try stage(path, prefix: prefix, environment: file) }

    let tree = try output(["write-tree"], file)
    if let head, git.line(["rev-parse", head + "^{tree}"]) == tree { return false }
    let parents = head.map { ["-p", $0] } ?? []
    let commit = try output(["commit-tree", tree] + parents + ["-m", message])
    try check(
      ["update-ref", "-m", "commit: " + message, "HEAD", commit] + (head.map { [$0] } ?? []))
    // The real index follows, for these paths alone.
    for path in paths { try stage(path, prefix: prefix, environment: [:]) }
    return true
  }

  /// Stages the files as they lie there, which ends a conflict; one that is gone is removed.
  public func stage(_ paths: [String]) throws(Failure) {
    let prefix = git.prefix ?? ""
    for path in paths { try stage(path, prefix: prefix, environment: [:]) }
  }

  private func stage(
    _ path: String, prefix: String, environment: [String: String]
  ) throws(Failure) {
    guard (try? Folder(root))?.holds(path) == true else {
      return try check(["update-index", "--force-remove", "--", path], environment)
    }
    let object = try output(["hash-object", "-w", "--no-filters", "--", path])
    let entry = "100644,\(object),\(prefix)\(path)"
    try check(["update-index", "--add", "--cacheinfo", entry], environment)
  }

  private func output(
    _ arguments: [String], _ environment: [String: String] = [:]
  ) throws(Failure) -> String {
    guard let line = git.line(arguments, environment: environment) else {
      throw failure(arguments)
    }
    return line
  }

  private func check(
    _ arguments: [String], _ environment: [String: String] = [:]
  ) throws(Failure) {
    guard git.run(arguments, environment: environment)?.status == 0 else {
      throw failure(arguments)
    }
  }

  private func failure(_ arguments: [String]) -> Failure {
    Failure(
      .io, "git could not take the change ('git \(arguments.first ?? "")' failed)",
      hints: ["the files are written; commit them yourself"])
  }
}
