internal import Glibc

/// A commit of some files and of nothing else that is staged, by plumbing commands alone: no hook and
/// no signing program runs, and the files go through no filter.
public struct GitCommit {
  private let git: Git
  private let root: String

  static let what = "git could not take the change"

  /// `root` is the repository's, absolute.
  public init(in root: String) {
    self.root = root
    git = Git(in: root)
  }

  /// Commits `paths` (relative to the root) as they lie there; one that is gone is removed. Returns
  /// whether there was anything to commit. Throws if git cannot.
  public func make(_ message: String, of paths: [String]) throws(Failure) -> Bool {
    do throws(Failure) {
      return try commit(message, paths)
    } catch {
      throw Failure(
        error.kind, error.message,
        hints: error.hints + ["the files are written; commit them yourself"])
    }
  }

  /// Stages the files as they lie there, which ends a conflict; one that is gone is removed.
  public func stage(_ paths: [String]) throws(Failure) {
    try GitStaging(in: root, prefix: prefix(), index: "index").stage(paths)
  }

  private func commit(_ message: String, _ paths: [String]) throws(Failure) -> Bool {
    let prefix = try prefix()
    // A name of its own: one that two commits share would be emptied by the first that ends.
    let name = "keyvault-index-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    let staging = try GitStaging(in: root, prefix: prefix, index: name)
    defer { staging.discard() }
    let head = git.line(["rev-parse", "--verify", "--quiet", "HEAD"])
    try staging.run(["read-tree"] + (head.map { [$0] } ?? ["--empty"]))
    try staging.stage(paths)
    let tree = try staging.run(["write-tree", "--missing-ok"])
    if let head, git.line(["rev-parse", head + "^{tree}"]) == tree { return false }
    let parents = head.map { ["-p", $0] } ?? []
    let commit = try line(["commit-tree", tree] + parents + ["-m", message])
    _ = try line(
      ["update-ref", "-m", "commit: " + message, "HEAD", commit] + (head.map { [$0] } ?? []))
    // The real index follows, for these paths alone.
    try GitStaging(in: root, prefix: prefix, index: "index").stage(paths)
    return true
  }

  private func prefix() throws(Failure) -> String {
    try git.requiredPrefix(or: Self.what)
  }

  private func line(_ arguments: [String]) throws(Failure) -> String {
    let output = try git.output(
      of: arguments, or: "\(Self.what) ('git \(arguments[0])' failed)")
    return String(decoding: output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }
}
