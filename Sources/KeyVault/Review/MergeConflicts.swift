internal import Naming

/// What a merge left undecided in a keyvault repository.
public struct MergeConflicts {
  /// Entries in conflict that share places, such as two that a side swapped, with those that moved out of
  /// their way: where they go is decided for all at once. Mostly it is one entry.
  public struct Group: Sendable {
    /// Those in conflict, each by the first place that is known of it; sorted.
    public let names: [EntryName]
    fileprivate var lineages: [EntryLineage]
    /// Of each lineage: where git put files of it that no side has there.
    fileprivate var strays: [[EntryName]]
    /// Where a side has something else than a regular file.
    fileprivate var irregular: EntryName?

    fileprivate func contains(_ place: EntryName) -> Bool {
      lineages.contains { $0.places.contains(place) } || strays.joined().contains(place)
    }
  }

  /// nil where nothing is merged.
  private let trees: MergeTrees?
  private let objects: GitObjects
  /// Sorted.
  public let groups: [Group]
  /// Entries that a side brings, whose key the other side exchanged where it came from.
  public let staleCopies: [StaleCopy]
  /// The command that ends what git has in progress.
  public let nextCommand: String

  /// Of all entries in conflict; sorted.
  public var names: [EntryName] { Set(groups.flatMap(\.names)).sorted() }

  /// `root` is the repository's, absolute. Throws where lists of recipients, public keys or
  /// keyvault.yaml are undecided themselves: it is not known then for whom to encrypt.
  public init(at root: String) throws(Failure) {
    let workTree = try WorkTree(around: root)
    let index = Index(of: workTree)
    let prefix = Git(in: root).prefix ?? ""
    let items =
      try index.conflicts(below: prefix + Paths.vault)
      + index.conflicts(below: prefix + Paths.configuration)
    try Self.checkReadersAreDecided(items, prefix)
    let folder = index.git.line(["rev-parse", "--absolute-git-dir"])
    nextCommand = folder.flatMap { GitOperation(in: $0) }?.end ?? "git commit"
    objects = GitObjects(index.git)
    trees = try MergeTrees(at: root, index: index, prefix: prefix, unmerged: items)
    guard let trees else {
      (groups, staleCopies) = ([], [])
      return
    }
    let known = try EntryLineages(trees, objects)
    groups = Self.groups(of: items, prefix, known)
    staleCopies = try known.staleCopies()
  }

  private static func groups(
    of items: [Index.Item], _ prefix: String, _ known: EntryLineages
  ) -> [Group] {
    // Names of the files of each, other than its places.
    var others: [Int: Set<EntryName>] = [:]
    var irregular: [Int: EntryName] = [:]
    // No side has anything of these.
    var lost: Set<EntryName> = []
    for item in items {
      guard let name = EntryName(ofFile: String(item.path.dropFirst(prefix.count))) else {
        continue
      }
      let side: Side? = item.stage == 3 ? .theirs : item.stage == 2 ? .ours : nil
      guard let number = known.number(of: name, item.object, side) else {
        lost.insert(name)
        continue
      }
      others[number, default: []].formUnion(
        known.all[number].places.contains(name) ? [] : [name])
      if item.kind != .file { irregular[number] = name }
    }
    var groups = known.parts(by: others).map { numbers in
      Group(
        names: numbers.filter { others[$0] != nil }.compactMap { known.all[$0].name }.sorted(),
        lineages: numbers.map { known.all[$0] },
        strays: numbers.map { number in
          (others[number] ?? []).filter { !known.hasEntry(at: $0) }.sorted()
        },
        irregular: numbers.lazy.compactMap { irregular[$0] }.first)
    }
    let found = Set(groups.flatMap(\.lineages).flatMap(\.places))
    groups += lost.subtracting(found).map { name in
      Group(
        names: [name], lineages: [EntryLineage(base: name, ours: nil, theirs: nil)], strays: [[]])
    }
    return groups.sorted { one, other in
      one.names.lexicographicallyPrecedes(other.names)
    }
  }

  private static func checkReadersAreDecided(
    _ items: [Index.Item], _ prefix: String
  ) throws(Failure) {
    let paths = Set(names: items.map { String($0.path.dropFirst(prefix.count)) }).sortedTexts
    let first = paths.filter(Self.decidesReaders)
    guard first.isEmpty else {
      throw Failure(
        .findings,
        "these decide for whom entries are encrypted, and are in conflict themselves: "
          + first.map(\.printable).joined(separator: ", "),
        hints: ["resolve them by hand and 'git add' them, then run this again"])
    }
  }

  /// Whether a file decides for whom entries are encrypted.
  private static func decidesReaders(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    return path == Paths.configuration || parts.contains { $0 == Paths.publicKeys }
      || parts.last.map { $0.hasPrefix(Paths.list) || $0.hasPrefix(".recipients") }
        ?? false
  }

  /// The group of the entry that any side has at `place`; nil if none of it is in conflict.
  public func group(of place: EntryName) -> Group? {
    groups.first { $0.names.contains(place) } ?? groups.first { $0.contains(place) }
  }

  /// The versions of each entry of one of ``groups``. Throws where one of them cannot be used.
  public func conflicts(of group: Group) throws(Failure) -> [Conflict] {
    guard let trees else { return [] }
    if let name = group.irregular {
      throw Failure(
        .malformed, "a side of '\(name)' is not a regular file",
        hints: ["choose a side with git, and 'git add' both files"])
    }
    var conflicts: [Conflict] = []
    for (lineage, strays) in zip(group.lineages, group.strays) {
      let name = lineage.name ?? group.names[0]
      // What both sides removed needs no decision of its own.
      guard lineage.ours != nil || lineage.theirs != nil else {
        guard group.lineages.count == 1 else { continue }
        throw Failure(
          .malformed, "neither side has \(name.ciphertextPath)",
          hints: [
            Shell("git rm -- \(path: name.ciphertextPath) \(path: name.sidecarPath)").description
          ])
      }
      conflicts.append(try Conflict(of: name, lineage, strays: strays, in: trees, objects))
    }
    return conflicts
  }
}
