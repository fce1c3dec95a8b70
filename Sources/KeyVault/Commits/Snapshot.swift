internal import Naming
internal import Synchronization

/// The repository's files as a commit has them, whatever the work tree has. Nothing is checked out
/// and no filter runs.
struct Snapshot: Sendable {
  /// What the person named, such as `origin/main`.
  let revision: String
  /// The full id.
  let commit: String
  /// Every regular file that a keyvault repository has, relative to its root: the id of its content.
  let files: [Name: String]
  private let git: Git
  private let known = Known()

  /// Reads the list of the files of `revision` by one git process; the root may be below the work
  /// tree's top. Throws if it names no commit, or more than one.
  init(_ revision: String, of root: String) throws(Failure) {
    git = Git(in: root)
    self.revision = revision
    commit = try Self.resolve(revision, git, root: root)
    let arguments = ["ls-tree", "-r", "-z", commit, "--"] + Self.places
    var files: [Name: String] = [:]
    try git.readFields(
      ["--literal-pathspecs"] + arguments, within: .listing,
      or: "git could not list the files of '\(revision.printable(limit: 80))'"
    ) { line in
      if let (path, id) = Self.file(line) { files[path] = id }
      return files.count <= Limits.files
    }
    self.files = files
  }

  private static let places = [
    Paths.vault, Paths.configuration, Paths.providers, Paths.schemas,
  ]

  /// `<mode> blob <id>`, a tab and a path each; links and submodules are left out.
  private static func file(_ line: ArraySlice<UInt8>) -> (path: String, id: String)? {
    guard let tab = line.firstIndex(of: UInt8(ascii: "\t")) else { return nil }
    let words = line[..<tab].split(separator: UInt8(ascii: " "))
    guard words.count == 3, words[0].starts(with: Array("100".utf8)) else { return nil }
    let path = String(name: line[(tab + 1)...])
    return (path, String(decoding: words[2], as: UTF8.self))
  }

  private static func resolve(
    _ revision: String, _ git: Git, root: String
  ) throws(Failure) -> String {
    let shown = revision.printable(limit: 80)
    guard !revision.isEmpty, !revision.hasPrefix("-") else {
      throw Failure(.usage, "invalid revision '\(shown)'", hints: ["such as origin/main"])
    }
    _ = try git.requiredPrefix(or: "cannot look for the commit '\(shown)'")
    // A tag 'origin/main' would take precedence over the branch, and anyone who may push can create
    // one.
    let names = ["", "tags/", "heads/", "remotes/"].map { "refs/\($0)\(revision)" }
    let listed = try git.output(
      of: ["for-each-ref", "--format=%(refname)"] + names,
      or: "cannot look for the commit '\(shown)'")
    let found = String(decoding: listed, as: UTF8.self).split(separator: "\n").map(String.init)
      .filter(names.contains)
    guard found.count < 2 else {
      throw Failure(
        .usage, "'\(shown)' is the name of more than one thing",
        hints: found.map { "say \($0.printable(limit: 120))" })
    }
    let arguments = [
      "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}",
    ]
    guard let commit = git.line(arguments) else {
      let isShallow = git.line(["rev-parse", "--is-shallow-repository"]) == "true"
      throw Failure(
        .notFound, "no commit '\(shown)' is here",
        hints: isShallow
          ? ["this clone is shallow: git fetch --unshallow, or fetch-depth: 0 in the workflow"]
          : ["'git branch -a' shows what there is; 'git fetch' brings what is missing"])
    }
    return commit
  }

  /// The content of files, in their order; nil where the commit has none of that path. Throws if it has one
  /// that cannot be read.
  func read(_ paths: [String]) throws(Failure) -> [[UInt8]?] {
    let known = paths.compactMap { path in files[path].map { (path: path, id: $0) } }
    let contents = Dictionary(
      zip(known.map { Name($0.path) }, try GitObjects(git).contents(ofFiles: known)),
      uniquingKeysWith: { first, _ in first })
    return paths.map { contents[$0] }
  }

  /// Whether the commit has exactly these bytes at that path.
  func holds(_ bytes: [UInt8], at path: String) -> Bool {
    guard let id = files[path] else { return false }
    return GitObjects.id(of: bytes, like: id) == id
  }

  /// Whether all commits before this one are here.
  var hasWholeHistory: Bool { git.isWhole }

  /// Whether the commit that is checked out has this one in its history. Asked once, since many
  /// findings mention it.
  var isMerged: Bool {
    known.isMerged.withLock { known in
      let isMerged = known ?? isAncestor(of: "HEAD")
      known = isMerged
      return isMerged
    }
  }

  private final class Known: Sendable {
    let isMerged = Mutex<Bool?>(nil)
  }

  /// Whether this commit is that one, or in its history.
  func isAncestor(of other: String) -> Bool {
    git.run(["merge-base", "--is-ancestor", commit, other])?.status == 0
  }

  /// Ids of every content that a file of each path had in this commit or any before it, merged ones
  /// too, with the commit that brought it. Throws if git cannot say.
  func history(of paths: [String]) throws(Failure) -> [Name: [Version]] {
    guard !paths.isEmpty else { return [:] }
    // So many that the arguments could grow too long: all of the vault, then.
    let places = paths.count > 500 ? [Paths.vault] : paths
    let changes = try RawLog.changes(
      git, in: [commit], below: places,
      or: "git could not list the history of '\(revision.printable(limit: 80))'")
    let wanted = Set(names: paths)
    var versions: [Name: [Version]] = [:]
    var seen: Set<Name> = []
    for change in changes where wanted.contains(change.path) {
      guard seen.insert(change.path + "\0" + change.object).inserted else { continue }
      versions[change.path, default: []].append(
        Version(id: change.object, commit: change.commit))
    }
    return versions
  }

  /// One content that a file had.
  struct Version: Sendable {
    let id: String
    let commit: String
  }

  /// What `body` makes of the content of each version, in their order. nil for a version that is not a
  /// file, as after a removal, or that is larger than any file of a vault. Throws if git lacks one and
  /// does not say that this clone is partial.
  func contents<Value: Sendable>(
    of versions: [Version], _ body: @Sendable ([UInt8]) -> Value
  ) throws(Failure) -> [Value?] {
    let objects = GitObjects(git)
    let found = try objects.find(versions.map(\.id))
    let lacking = zip(versions, found).first { !RawLog.isGone($0.id) && $1 == nil }
    if let (version, _) = lacking, hasWholeHistory {
      throw GitObjects.lacking("a file of commit \(version.commit.prefix(12))")
    }
    return try objects.read(found, limit: Limits.ciphertext, body)
  }
}
