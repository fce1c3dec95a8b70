internal import Naming
internal import YAML

/// The changes of an entry, from the git history of HEAD: one item a commit. Nothing is opened.
public struct EntryLog: Sendable, Codable {
  public var version = 1
  public var entry: String
  /// Whether the history is all here; if not, it may begin earlier.
  public var isComplete: Bool
  /// Latest first.
  public var changes: [EntryChange]

  private enum CodingKeys: String, CodingKey {
    case version, entry
    case isComplete = "complete"
    case changes
  }

  /// Follows `name`, which need not exist any more, to the places that it came from. `program` is
  /// gpg, which knows who has which subkey; without one, readers are key ids. Throws if git has no
  /// such entry.
  public init(
    of name: EntryName, in repository: Repository, program: GPGProgram?
  ) throws(Failure) {
    let walk = try EntryWalk(of: repository)
    let keys = program.flatMap { try? repository.publicKeys($0) }
    let readers = ReaderNames(keys: keys)
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
    guard !changes.isEmpty else {
      let hint =
        (try? repository.vault.entry(name)) == nil
        ? "'keyvault ls' shows every entry" : "it is not committed yet"
      throw Failure(.notFound, "git history has no entry '\(name)'", hints: [hint])
    }
    if !walk.isWhole, changes.last?.what == .added { changes[changes.count - 1].what = .there }
    entry = name.path
    isComplete = walk.isWhole
    self.changes = changes
  }
}
