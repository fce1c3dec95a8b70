import GPG
import KeyVault
import Machine

/// What this machine keeps outside of repositories, and what others left in them.
extension Session {
  /// The root of the repository that the working folder belongs to.
  func root() throws(Failure) -> String {
    let root = try Repository.root(from: surroundings.workingFolder, owner: surroundings.owner) {
      root throws(Failure) in try userConfiguration().names(root)
    }
    Standpoint(of: Surroundings.startingFolder, root: root).take()
    return root
  }

  /// Removes what processes left that were killed: folders with keys, and homes of gpg.
  func sweep() {
    ThrowawayHomes.sweepStale(runtimeDirectory: surroundings.runtimeDirectory)
    let places = surroundings.scratchPlaces(allowsDisk: false)
    for folder in ScratchFolder.stale(.files, in: places) { folder.remove() }
  }

  /// Says once why nothing is remembered, where others could know or change what would be.
  func tellDanger(of root: String) {
    guard let danger = LocalState.danger(in: surroundings.stateHome, of: root) else { return }
    tellObstacle(danger)
  }

  /// Says that a command could not keep what it learned: once, where the person can do something about it;
  /// of a file system that is read-only, only if more is wanted.
  func tellUnkept(_ what: String, _ failure: Failure, in root: String) {
    if !surroundings.isCI, let obstacle = LocalState.obstacle(in: surroundings.stateHome, of: root)
    {
      tellObstacle(obstacle)
    } else {
      detail("keyvault: \(what): \(failure.message)")
    }
  }

  /// Says once why this machine remembers nothing.
  func tellObstacle(_ obstacle: FileError) {
    guard !hasToldDanger else { return }
    hasToldDanger = true
    Console.warning(
      "\(obstacle.message), so this machine remembers nothing of this repository",
      hint: obstacle.failure.hints.first)
  }

  func localState(of repository: Repository) throws(Failure) -> LocalState {
    try LocalState(of: repository, stateHome: surroundings.stateHome)
  }

  func tellForeignLines(of memory: Memory) {
    tell(memory.foreign, "the memory of entries", isNews: memory.foreignIsNews)
  }

  func tellForeignLines(of history: History, _ past: History.Past) {
    tell(past.foreign, "the history", isNews: history.foreignIsNews)
  }

  /// Once for each file, until they are removed: another machine may go on writing its own.
  private func tell(_ count: Int, _ what: String, isNews: () -> Bool) {
    guard count > 0, isNews() else { return }
    let notice = Notice.foreignLines(count, of: what)
    Console.warning(notice.message, hint: notice.hints.first)
  }
}
