internal import Naming

/// The files of a merge as the common ancestor and as each side has them, whatever git made of them.
///
/// git follows a file that moves by its text. A ciphertext has none in common with what it was, so an index
/// tells the sides of an entry apart only while the entry stays in its place.
struct MergeTrees {
  /// Ids of contents, by path relative to the keyvault repository's root.
  typealias Files = [Name: String]

  let base: Files
  let ours: Files
  let theirs: Files
  /// Whether git names no commit, as for a patch that it applies: it is not known then what moved.
  let isGuessed: Bool

  func files(of side: Side) -> Files { side == .ours ? ours : theirs }

  /// Of what git has in progress at `root` (absolute): the commits that it names, if they are those of the
  /// conflicts, else as far as the index tells. `unmerged` are the conflicts; without any, the commits alone
  /// count, and those of the last merge. nil if there was none.
  init?(
    at root: String, index: Index, prefix: String, unmerged: [Index.Item]
  ) throws(Failure) {
    var best: (score: Int, pair: Pair, base: Files, theirs: Files)?
    for pair in Self.pairs(root, isInProgress: !unmerged.isEmpty) {
      let base = try Self.files(of: pair.base, root)
      let theirs = try Self.files(of: pair.theirs, root)
      let known = (Set(names: base.values), Set(names: theirs.values))
      let score = unmerged.count { item in
        item.stage == 1 && known.0.contains(item.object)
          || item.stage == 3 && known.1.contains(item.object)
      }
      if score > best?.score ?? (unmerged.isEmpty ? -1 : 0) { best = (score, pair, base, theirs) }
    }
    if let best {
      ours = try Self.files(of: best.pair.ours, root)
      (base, theirs) = (best.base, best.theirs)
      isGuessed = false
    } else if !unmerged.isEmpty {
      ours = try Self.files(of: "HEAD", root)
      (base, theirs) = try Self.files(in: index, prefix: prefix, over: ours)
      isGuessed = true
    } else {
      return nil
    }
  }

  /// The commits of a merge.
  private struct Pair {
    /// The common ancestor, if there is one.
    let base: String?
    var ours = "HEAD"
    let theirs: String
  }

  /// What may be merged into HEAD, or was.
  private static func pairs(_ root: String, isInProgress: Bool) -> [Pair] {
    let git = Git(in: root)
    guard let folder = git.line(["rev-parse", "--absolute-git-dir"]) else { return [] }
    func commit(_ name: String) -> String? {
      git.line(["rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"])
    }
    func parents(of commit: String) -> [String] {
      let line = git.line(["rev-list", "--parents", "--max-count=1", commit, "--"]) ?? ""
      return line.split(separator: " ").dropFirst().map(String.init)
    }
    switch GitOperation(in: folder) {
    case .merge?:
      // A line each.
      let heads = (try? Folder(folder).read(GitOperation.merge.head, limit: 1 << 16)) ?? []
      return heads.split(separator: UInt8(ascii: "\n"))
        .compactMap { commit(String(decoding: $0, as: UTF8.self)) }
        .map { Pair(base: git.line(["merge-base", "HEAD", $0]), theirs: $0) }
    case .cherryPick?, .rebase?:
      guard let picked = commit("CHERRY_PICK_HEAD") ?? commit("REBASE_HEAD") else { return [] }
      let bases = parents(of: picked)
      return bases.isEmpty
        ? [Pair(base: nil, theirs: picked)] : bases.map { Pair(base: $0, theirs: picked) }
    case .revert?:
      guard let reverted = commit(GitOperation.revert.head) else { return [] }
      return parents(of: reverted).map { Pair(base: reverted, theirs: $0) }
    case nil where isInProgress:
      guard let stash = commit("refs/stash"), let base = parents(of: stash).first else { return [] }
      return [Pair(base: base, theirs: stash)]
    case nil:
      let merged = parents(of: "HEAD")
      return merged.dropFirst().map {
        Pair(base: git.line(["merge-base", merged[0], $0]), ours: merged[0], theirs: $0)
      }
    }
  }

  private static func files(of commit: String?, _ root: String) throws(Failure) -> Files {
    guard let commit else { return [:] }
    do throws(Failure) {
      return try Snapshot(commit, of: root).files
    } catch let error where error.kind == .notFound && commit == "HEAD" {
      return [:]
    } catch {
      throw error
    }
  }

  /// The ancestor and the other side, where no commit is known: what git could merge is in both.
  private static func files(
    in index: Index, prefix: String, over ours: Files
  ) throws(Failure) -> (base: Files, theirs: Files) {
    var (base, theirs): (Files, Files) = (ours, [:])
    let items = try index.items(below: [prefix + Paths.vault]).filter { $0.kind == .file }
      .map { (path: Name($0.path.dropFirst(prefix.count)), item: $0) }
    for (path, item) in items where item.stage != 0 { base[path] = nil }
    for (path, item) in items {
      if item.stage == 1 { base[path] = item.object }
      if item.stage == 0 || item.stage == 3 { theirs[path] = item.object }
    }
    return (base, theirs)
  }
}
