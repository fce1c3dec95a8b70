internal import GPG
internal import Naming
internal import YAML

/// The pair of an entry in each commit that changed it.
struct EntryWalk {
  struct Commit: Sendable {
    let id: String
    /// The first one, with which it is compared.
    let parent: String?
    let time: Timestamp
    /// Unchecked text.
    let author: String
    let email: String
  }

  /// What a ciphertext and its sidecar say, as a commit has them.
  struct Pair {
    /// git's id of the ciphertext; nil where there is none.
    let ciphertext: String?
    /// Whom it names, by key ids.
    let readers: [UInt64]
    /// nil if there is no sidecar, or if its file is not a sidecar.
    let fields: Node?

    fileprivate init?(
      _ ciphertext: GitObjects.Blob?, _ readers: [UInt64]??, _ sidecar: GitObjects.Blob?,
      _ fields: Node??
    ) {
      guard ciphertext != nil || sidecar != nil else { return nil }
      self.ciphertext = ciphertext?.id
      self.readers = (readers ?? nil) ?? []
      self.fields = fields ?? nil
    }
  }

  /// A commit, and the entry before and after it.
  struct Step {
    let commit: Commit
    let old: Pair?
    let new: Pair?
  }

  private let git: Git
  private let objects: GitObjects
  /// The repository's folder in the work tree: empty, or with a slash at the end.
  private let prefix: String
  /// Whether all commits are here.
  let isWhole: Bool

  init(of repository: Repository) throws(Failure) {
    git = Git(in: repository.root)
    prefix = try git.requiredPrefix(or: "cannot read the history")
    objects = GitObjects(git)
    isWhole = git.isWhole
  }

  /// Every commit that `start` reaches and that changed the entry at this place, latest first.
  func steps(of name: EntryName, from start: String) throws(Failure) -> [Step] {
    let commits = try commits(of: name, from: start)
    func names(_ commit: String, _ path: String) -> String { "\(commit):\(prefix)\(path)" }
    // A commit without a parent asks for what does not exist.
    let revisions = commits.flatMap { [$0.id, $0.parent ?? "no-parent"] }
    let ciphertexts = try objects.find(revisions.map { names($0, name.ciphertextPath) })
    let sidecars = try objects.find(revisions.map { names($0, name.sidecarPath) })
    let readers = try objects.read(ciphertexts, limit: Limits.ciphertext) {
      try? Message($0).recipients
    }
    let fields = try objects.read(sidecars, limit: Limits.sidecar, Self.fields)
    func pair(_ index: Int) -> Pair? {
      Pair(ciphertexts[index], readers[index], sidecars[index], fields[index])
    }
    return commits.enumerated().map { index, commit in
      Step(commit: commit, old: pair(2 * index + 1), new: pair(2 * index))
    }
  }

  private static func fields(_ sidecar: [UInt8]) -> Node? {
    try? Document(parsing: sidecar).root
  }

  private func commits(of name: EntryName, from start: String) throws(Failure) -> [Commit] {
    guard git.line(["rev-parse", "--verify", "--quiet", start + "^{commit}"]) != nil else {
      return []
    }
    let arguments = [
      "rev-list", "--topo-order", "--encoding=UTF-8", "--format=%H %at %P%n%an%n%ae", start, "--",
      ":(literal)" + name.ciphertextPath, ":(literal)" + name.sidecarPath,
    ]
    let output = try git.output(
      of: arguments, within: .history, or: "git could not list the history of '\(name)'")
    // `commit ID`, and the three lines of the format.
    let lines = output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    return stride(from: 0, to: lines.count - 3, by: 4).compactMap { index in
      let words = lines[index + 1].split(separator: " ").map(String.init)
      guard words.count >= 2, let seconds = Int(words[1]) else { return nil }
      return Commit(
        id: words[0], parent: words.dropFirst(2).first, time: Timestamp(seconds: seconds),
        author: lines[index + 2], email: lines[index + 3])
    }
  }

  /// Where an entry that a commit added came from: the one with the same lineage in the commit before,
  /// and whether that is gone now. nil for a new key.
  func source(
    of pair: Pair, at commit: Commit, parent: String
  ) throws(Failure) -> (name: EntryName, isGone: Bool)? {
    guard let lineage = pair.fields?["id"]?.string else { return nil }
    let arguments = ["ls-tree", "-r", "-z", "--name-only", parent, "--", Paths.vault + "/"]
    var names: [EntryName] = []
    try git.readFields(
      arguments, within: .listing, or: "git could not list a commit of its history"
    ) { field in
      let path = String(name: field)
      if path.hasSuffix(".yaml"),
        let name = EntryName(found: String(path.dropFirst(Paths.vault.count + 1).dropLast(5)))
      {
        names.append(name)
      }
      return names.count <= Limits.files
    }
    let sidecars = try objects.find(names.map { "\(parent):\(prefix)\($0.sidecarPath)" })
    let isSource = try objects.read(sidecars, limit: Limits.sidecar) { sidecar in
      Self.fields(sidecar)?["id"]?.string == lineage
    }
    let sources = zip(names, isSource).filter { $0.1 == true }.map(\.0)
    let after = try objects.find(sources.map { "\(commit.id):\(prefix)\($0.sidecarPath)" })
    // One that is gone was moved; where all stay, it is a copy.
    if let gone = zip(sources, after).first(where: { $0.1 == nil }) { return (gone.0, true) }
    return sources.first.map { ($0, false) }
  }
}
