internal import Glibc

/// Something that git has begun in a work tree and that ends with a commit of its own.
enum GitOperation: CaseIterable {
  case merge, cherryPick, revert, rebase, patch

  /// What is going on in git's folder of a work tree (absolute); nil for nothing.
  init?(in gitFolder: String) {
    func exists(_ name: String) -> Bool { access(gitFolder + "/" + name, F_OK) == 0 }
    guard let found = Self.allCases.first(where: { exists($0.head) }) else { return nil }
    // A rebase picks commits, too.
    let isRebase = found == .cherryPick && (exists("rebase-merge") || exists("rebase-apply"))
    self = isRebase ? .rebase : found
  }

  /// Whether its own commit is the next one, as opposed to a rebase that stopped for a person to edit.
  func isPending(in gitFolder: String, hasConflicts: @autoclosure () -> Bool) -> Bool {
    self != .rebase || access(gitFolder + "/" + Self.cherryPick.head, F_OK) == 0 || hasConflicts()
  }

  /// The file that names the other side; of a patch, one that only says that there is one.
  var head: String {
    switch self {
    case .merge: "MERGE_HEAD"
    case .rebase: "REBASE_HEAD"
    case .cherryPick: "CHERRY_PICK_HEAD"
    case .revert: "REVERT_HEAD"
    case .patch: "rebase-apply/applying"
    }
  }

  /// With its article.
  var name: String {
    switch self {
    case .merge: "a merge"
    case .rebase: "a rebase"
    case .cherryPick: "a cherry-pick"
    case .revert: "a revert"
    case .patch: "a patch"
    }
  }

  /// The command that ends it.
  var end: String {
    switch self {
    case .merge: "git commit"
    case .rebase: "git rebase --continue"
    case .cherryPick: "git cherry-pick --continue"
    case .revert: "git revert --continue"
    case .patch: "git am --continue"
    }
  }
}
