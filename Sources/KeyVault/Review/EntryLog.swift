internal import Naming

/// What became of entries, by the git history of what is checked out: one change a commit. Nothing is decrypted.
struct EntryLog {
  private let walk: EntryWalk
  private let readers: ReaderNames

  /// Whether all commits are here; if not, an entry's changes may begin earlier.
  var isComplete: Bool { walk.isWhole }

  /// `program` is gpg, which knows whose subkey is which; without it, readers are key ids. Throws if the repository
  /// is not in a git work tree.
  init(of repository: Repository, program: GPGProgram?) throws(Failure) {
    walk = try EntryWalk(of: repository)
    readers = ReaderNames(keys: program.flatMap { try? repository.publicKeys($0) })
  }

  /// The changes of an entry, latest first, and those of the places that it was moved or copied from. The entry may
  /// be gone. Empty if git never had it.
  func changes(of name: EntryName) throws(Failure) -> [EntryChange] {
    var changes: [EntryChange] = []
    var place: EntryName? = name
    var start = "HEAD"
    var seen: Set<Name> = []
    while let here = place {
      place = nil
      let steps = try walk.steps(of: here, from: start)
      for step in steps where seen.insert(step.commit.id).inserted {
        var source: (name: EntryName, isGone: Bool)?
        if step.old == nil, let new = step.new, let parent = step.commit.parent {
          source = try walk.source(of: new, at: step.commit, parent: parent)
        }
        changes.append(EntryChange(step, at: here, from: source, readers: readers))
        guard let source, let parent = step.commit.parent else { continue }
        // What was at this place before is another key's history.
        place = source.name
        start = parent
        break
      }
    }
    if !isComplete, changes.last?.what == .added { changes[changes.count - 1].what = .there }
    return changes
  }
}
