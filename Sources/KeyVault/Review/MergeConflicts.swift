internal import Naming

/// What a merge left undecided in a keyvault repository.
public struct MergeConflicts {
  /// nil where nothing is merged.
  private let trees: MergeTrees?
  private let objects: GitObjects
  /// By ``names``, as the next.
  private let lineages: [EntryName: EntryLineage]
  /// Where git put files of it that no side has there.
  private let strays: [EntryName: Set<EntryName>]
  /// Entries that a side brings, whose key the other side exchanged where it came from.
  public let staleCopies: [StaleCopy]
  /// Entries, each by the first place that is known of it; sorted.
  public let names: [EntryName]

  /// The command that ends what git has in progress.
  public let nextCommand: String

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
    guard items.allSatisfy({ $0.kind == .file }) else {
      throw Failure(.malformed, "a side of an entry is not a regular file")
    }
    let folder = index.git.line(["rev-parse", "--absolute-git-dir"])
    nextCommand = folder.flatMap { GitOperation(in: $0) }?.end ?? "git commit"
    objects = GitObjects(index.git)
    trees = try MergeTrees(at: root, index: index, prefix: prefix, unmerged: items)
    guard let trees else {
      (lineages, strays, staleCopies, names) = ([:], [:], [], [])
      return
    }
    let known = try EntryLineages(trees, objects)
    var lineages: [EntryName: EntryLineage] = [:]
    var strays: [EntryName: Set<EntryName>] = [:]
    for item in items {
      let path = String(item.path.dropFirst(prefix.count))
      guard let name = EntryName(ofFile: path) else { continue }
      let side = item.stage == 3 ? Side.theirs : .ours
      let lineage =
        known.lineage(of: name)
        ?? known.entry(with: item.object, side).flatMap { known.lineage(of: $0) }
        ?? EntryLineage(base: name, ours: nil, theirs: nil)
      let first = lineage.name ?? name
      lineages[first] = lineage
      if !lineage.places.contains(name) { strays[first, default: []].insert(name) }
    }
    self.lineages = lineages
    self.strays = strays
    // Of an entry in conflict a person decides.
    let decided = Set(lineages.values.flatMap(\.places))
    staleCopies = try known.staleCopies().filter { !decided.contains($0.place) }
    names = lineages.keys.sorted()
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

  /// Whether a file tells for whom entries are encrypted.
  private static func decidesReaders(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    return path == Paths.configuration || parts.contains { $0 == Paths.publicKeys }
      || parts.last.map { $0.hasPrefix(Paths.list) || $0.hasPrefix(".recipients") }
        ?? false
  }

  /// The one of ``names`` under which an entry is in conflict that any side has at `place`; nil if none is.
  public func name(of place: EntryName) -> EntryName? {
    names.first { name in
      lineages[name]?.places.contains(place) == true || strays[name]?.contains(place) == true
    }
  }

  /// The versions of one of ``names``. Throws where one of them cannot be used.
  public func conflict(of name: EntryName) throws(Failure) -> Conflict {
    guard let trees, let lineage = lineages[name] else {
      throw Failure(.nothingToDo, "'\(name)' is not in conflict")
    }
    guard lineage.ours != nil || lineage.theirs != nil else {
      throw Failure(
        .malformed, "neither side has \(name.ciphertextPath)",
        hints: [Shell("git rm -- \(name.ciphertextPath) \(name.sidecarPath)").description])
    }
    if trees.isGuessed,
      let (name, lineage) = lineages.sorted(by: { $0.key < $1.key })
        .first(where: { $0.value.ours == nil || $0.value.theirs == nil })
    {
      let side = lineage.ours == nil ? Side.ours : .theirs
      throw Failure(
        .findings,
        "git does not name the commit that it applies, so it is not known whether \(side.rawValue) "
          + "removed '\(name)' or moved it",
        hints: ["abort it, and use 'git cherry-pick', 'git rebase' or 'git merge'"])
    }
    return try Conflict(
      of: name, lineage, strays: (strays[name] ?? []).sorted(), in: trees, objects)
  }
}
