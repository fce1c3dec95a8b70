internal import Glibc
internal import Naming

/// A commit of some files and of nothing else that is staged, by plumbing commands alone: no hook and
/// no signing program runs, and the files go through no filter.
public struct GitCommit {
  /// The person in whose name a commit is made.
  public struct Author: Sendable, Equatable {
    public let name: String
    public let address: String

    /// Throws for what git could not write into a commit.
    public init(name: String, address: String) throws(Failure) {
      for text in [name, address]
      where text.isEmpty || text.utf8.contains(where: { $0 < 0x20 || $0 == 0x3c || $0 == 0x3e }) {
        throw Failure(
          .usage,
          "invalid author '\(text.printable(limit: 80))': expected text without '<', '>', or line breaks"
        )
      }
      self.name = name
      self.address = address
    }

    fileprivate var environment: [Name: String] {
      [
        "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": address, "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": address,
      ]
    }
  }

  private let git: Git
  private let root: String
  private let author: Author?

  static let what = "git could not record the change"
  /// How often a commit is rebuilt because another process committed first.
  private static let attempts = 5

  /// `root` is the repository's, absolute. Without `author`, git's configuration and environment name the person.
  public init(in root: String, as author: Author? = nil) {
    self.root = root
    self.author = author
    git = Git(in: root)
  }

  /// Commits `paths` (relative to the root) as they are in the work tree; one that is gone is removed.
  /// Returns whether there was anything to commit.
  ///
  /// Killed at any time, it leaves the files unchanged, and they are staged before the branch
  /// moves: the next commit contains them, and none removes them. Throws if git cannot commit, with
  /// the index and the branch as they were.
  public func make(_ message: String, of paths: [String]) throws(Failure) -> Bool {
    do throws(Failure) {
      return try commit(message, paths)
    } catch {
      throw Failure(error.kind, error.message, hints: error.hints + byHand(message, paths))
    }
  }

  /// Stages the files as they are in the work tree, which ends a conflict; one that is gone is removed.
  public func stage(_ paths: [String]) throws(Failure) {
    let staging = try GitStaging(in: root, prefix: try prefix())
    let contents = try contents(of: paths)
    let index = try GitIndexSwap(in: staging)
    try index.prepare(items(paths, contents, in: staging))
    try index.swap()
    index.keep()
  }

  /// Whether git is configured to sign commits, which these are not.
  public var isSigningWanted: Bool {
    git.line(["config", "--type=bool", "--get", "commit.gpgSign"]) == "true"
  }

  private func commit(_ message: String, _ paths: [String]) throws(Failure) -> Bool {
    // What root writes into the folders of git would be in the way of the user whose repository it is.
    if geteuid() == 0, let owner = (try? Folder(root))?.owner, owner != 0 {
      throw Failure(
        .cannotWrite, "root commits nothing in the repository of another user (\(owner))")
    }
    let staging = try GitStaging(in: root, prefix: try prefix())
    try checkNothingIsPending(in: staging.gitFolder)
    let contents = try contents(of: paths)
    let index = try GitIndexSwap(in: staging)
    let items = try items(paths, contents, in: staging)
    try index.prepare(items)
    var failure: Failure?
    for attempt in 1...Self.attempts {
      let head = git.line(["rev-parse", "--verify", "--quiet", "HEAD"])
      let tree = try index.tree(of: head, with: items)
      guard head == nil || git.line(["rev-parse", head! + "^{tree}"]) != tree else {
        try index.swap()
        index.keep()
        return false
      }
      let parents = head.map { ["-p", $0] } ?? []
      let commit = try line(["commit-tree", tree] + parents + ["-m", message])
      // The index goes first: a commit that the index does not know would be undone by the next one.
      try index.swap()
      do throws(Failure) {
        // Without a value the branch must not exist.
        _ = try line(["update-ref", "-m", "commit: " + message, "HEAD", commit, head ?? ""])
        index.keep()
        return true
      } catch {
        // A git that was killed may have moved it.
        if git.line(["rev-parse", "--verify", "--quiet", "HEAD"]) == commit {
          index.keep()
          return true
        }
        guard error.message.contains("cannot lock ref") else { throw error }
        failure = Failure(
          .cannotWrite, error.message,
          hints: ["if no git command runs here, remove the lock that it names"])
        if attempt < Self.attempts { usleep(50_000 << UInt32(attempt)) }
      }
    }
    throw failure ?? Failure(.io, Self.what)
  }

  /// A commit of single files would come between what is merged and the commit that ends it; git refuses
  /// it, too.
  private func checkNothingIsPending(in gitFolder: String) throws(Failure) {
    guard let operation = pending(in: gitFolder) else { return }
    throw Failure(
      .cannotWrite,
      "\(operation.name) is in progress, which a commit of single files would break up")
  }

  private func pending(in gitFolder: String?) -> GitOperation? {
    guard let gitFolder, let operation = GitOperation(in: gitFolder) else { return nil }
    return operation.isPending(
      in: gitFolder,
      hasConflicts: git.run(["ls-files", "--unmerged", "-z"])?.output.isEmpty == false)
      ? operation : nil
  }

  private func items(
    _ paths: [String], _ contents: [[UInt8]?], in staging: GitStaging
  ) throws(Failure) -> [GitStaging.Item] {
    var items: [GitStaging.Item] = []
    for (path, content) in zip(paths, contents) { items.append(try staging.item(path, content)) }
    return items
  }

  /// What the files hold while no other keyvault changes them; nil for one that is gone.
  private func contents(of paths: [String]) throws(Failure) -> [[UInt8]?] {
    let lock = RepositoryLock.shared(of: root)
    defer { withExtendedLifetime(lock) {} }
    return try paths.map { path throws(Failure) in try content(path) }
  }

  private func content(_ path: String) throws(Failure) -> [UInt8]? {
    var parts = path.split(separator: "/").map(String.init)
    guard let name = parts.popLast() else { return nil }
    do throws(FileError) {
      let folder = try Folder(root).folder(parts.joined(separator: "/"))
      guard folder.kind(of: name) == .file else { return nil }
      return try folder.read(name, limit: 64 << 20)
    } catch let error where error.isMissing {
      return nil
    } catch {
      throw error.failure
    }
  }

  /// How a person commits the files, which are written.
  private func byHand(_ message: String, _ paths: [String]) -> [String] {
    let listed = git.run(["ls-files", "-z", "--"] + paths.map { ":(literal)" + $0 })?.output ?? []
    let tracked = listed.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    let known = paths.filter { path in
      tracked.contains { $0.utf8.elementsEqual(path.utf8) }
        || ((try? content(path)) ?? nil) != nil
    }
    guard !known.isEmpty else { return ["the files are written"] }
    let command = Shell("git -C \(root)")
    let add = Shell("\(command) add --all -- \(known)")
    if let operation = pending(in: git.line(["rev-parse", "--absolute-git-dir"])) {
      return ["the files are written; stage them: \(add)", "then end it: \(operation.end)"]
    }
    return [
      "the files are written; commit them: "
        + "\(Shell("\(add) && \(command) commit -m \(message) -- \(known)"))"
    ]
  }

  private func prefix() throws(Failure) -> String {
    try git.requiredPrefix(or: Self.what)
  }

  private func line(_ arguments: [String]) throws(Failure) -> String {
    let output = try git.output(
      of: arguments, environment: author?.environment ?? [:],
      or: "\(Self.what) ('git \(arguments[0])' failed)")
    return String(decoding: output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }
}
