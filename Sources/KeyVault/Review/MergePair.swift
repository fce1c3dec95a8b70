internal import Naming

/// The commits of a merge: what git is applying, or has applied, to HEAD.
struct MergePair {
  /// The common ancestors. None: the histories are unrelated. Several: two branches that had merged each
  /// other, each with its own outcome.
  let bases: [String]
  var ours = "HEAD"
  let theirs: String

  /// Every pair that may be behind the conflicts of a work tree; the one that git names comes first. Each
  /// is only a guess until the objects of the conflicts are found in it: a rebase can stop for a stash, and
  /// 'git merge --squash' names no commit while an older stash is there.
  static func candidates(at root: String) -> [MergePair] {
    let git = Git(in: root)
    guard let folder = git.line(["rev-parse", "--absolute-git-dir"]) else { return [] }
    return named(git, folder) + squashed(git, folder) + stashed(git)
  }

  /// What git names while nothing is in conflict: a merge in progress, else the one that HEAD is.
  static func undisputed(at root: String) -> MergePair? {
    let git = Git(in: root)
    guard let folder = git.line(["rev-parse", "--absolute-git-dir"]) else { return nil }
    if GitOperation(in: folder) != nil { return named(git, folder).first }
    let merged = parents(of: "HEAD", git)
    guard merged.count > 1 else { return nil }
    return MergePair(bases: bases(merged[0], merged[1], git), ours: merged[0], theirs: merged[1])
  }

  private static func named(_ git: Git, _ folder: String) -> [MergePair] {
    switch GitOperation(in: folder) {
    case .merge?:
      // A line each.
      let heads = (try? Folder(folder).read(GitOperation.merge.head, limit: 1 << 16)) ?? []
      return heads.split(separator: UInt8(ascii: "\n"))
        .compactMap { commit(String(decoding: $0, as: UTF8.self), git) }
        .map { MergePair(bases: bases("HEAD", $0, git), theirs: $0) }
    case .cherryPick?, .rebase?:
      let picked = commit("CHERRY_PICK_HEAD", git) ?? commit("REBASE_HEAD", git)
      guard let picked else { return [] }
      let parents = parents(of: picked, git)
      return parents.isEmpty
        ? [MergePair(bases: [], theirs: picked)]
        : parents.map { MergePair(bases: [$0], theirs: picked) }
    case .revert?:
      guard let reverted = commit(GitOperation.revert.head, git) else { return [] }
      return parents(of: reverted, git).map { MergePair(bases: [reverted], theirs: $0) }
    case .patch?, nil: return []
    }
  }

  /// 'git merge --squash' lists the commits that it took in, the last one first.
  private static func squashed(_ git: Git, _ folder: String) -> [MergePair] {
    let message = (try? Folder(folder).read("SQUASH_MSG", limit: 1 << 20)) ?? []
    let line = String(decoding: message, as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix("commit ") }
    guard let id = line?.dropFirst("commit ".count), let theirs = commit(String(id), git) else {
      return []
    }
    return [MergePair(bases: bases("HEAD", theirs, git), theirs: theirs)]
  }

  /// The latest stashes, any of which may have been applied.
  private static func stashed(_ git: Git) -> [MergePair] {
    let arguments = ["rev-list", "--walk-reflogs", "--max-count=20", "refs/stash", "--"]
    guard commit("refs/stash", git) != nil, let answer = git.run(arguments), answer.status == 0
    else { return [] }
    return String(decoding: answer.output, as: UTF8.self).split(separator: "\n").compactMap {
      let stash = String($0)
      return parents(of: stash, git).first.map { MergePair(bases: [$0], theirs: stash) }
    }
  }

  private static func commit(_ name: String, _ git: Git) -> String? {
    git.line(["rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"])
  }

  static func parents(of commit: String, _ git: Git) -> [String] {
    let line = git.line(["rev-list", "--parents", "--max-count=1", commit, "--"]) ?? ""
    return line.split(separator: " ").dropFirst().map(String.init)
  }

  private static func bases(_ ours: String, _ theirs: String, _ git: Git) -> [String] {
    guard let answer = git.run(["merge-base", "--all", ours, theirs]), answer.status == 0 else {
      return []
    }
    return String(decoding: answer.output, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
