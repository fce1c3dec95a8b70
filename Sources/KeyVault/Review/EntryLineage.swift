internal import Naming

/// One entry of a merge: where the common ancestor had it, and where each side has it.
struct EntryLineage: Sendable {
  /// nil where there was none.
  let base: EntryName?
  /// nil where that side has none.
  let ours: EntryName?
  let theirs: EntryName?
  /// Where a side may have moved it, if it is not known: entries with its id that are new there.
  var candidates: [Side: [EntryName]] = [:]

  func place(_ side: Side) -> EntryName? { side == .ours ? ours : theirs }

  /// The first place that is known of it.
  var name: EntryName? { base ?? ours ?? theirs }

  /// All of them, each once.
  var places: [EntryName] {
    Set([base, ours, theirs].compactMap(\.self)).sorted()
  }
}

/// The entries of a merge, followed from place to place by their sidecars' ids: one that a side has no more
/// moved to where the same id is new on that side.
struct EntryLineages {
  private let trees: MergeTrees
  private let base: Set<EntryName>
  private let ours: Set<EntryName>
  private let theirs: Set<EntryName>
  private let moves: [Side: [EntryName: EntryName]]
  private let candidates: [Side: [EntryName: [EntryName]]]
  private let objects: GitObjects

  init(_ trees: MergeTrees, _ objects: GitObjects) throws(Failure) {
    self.trees = trees
    self.objects = objects
    base = Self.entries(in: trees.base)
    ours = Self.entries(in: trees.ours)
    theirs = Self.entries(in: trees.theirs)
    var candidates: [Side: [EntryName: [EntryName]]] = [:]
    for (side, entries) in [(Side.ours, ours), (.theirs, theirs)] {
      candidates[side] = try Self.candidates(
        for: base.subtracting(entries), from: trees.base,
        among: entries.subtracting(base), in: trees.files(of: side), objects)
    }
    self.candidates = candidates
    var moves: [Side: [EntryName: EntryName]] = [:]
    for side in Side.allCases {
      let own = candidates[side] ?? [:]
      let others = side == .ours ? theirs : ours
      let targets = Dictionary(grouping: own.keys) { own[$0] }
      for (old, new) in own {
        // Where several could have gone, or one to several places, a person must look. In a place that
        // the other side filled, too, two keys meet.
        guard new.count == 1, targets[new]?.count == 1,
          !others.contains(new[0]) || candidates[side.other]?[old] == new
        else { continue }
        moves[side, default: [:]][old] = new[0]
      }
    }
    self.moves = moves
  }

  /// The lineage of which an entry of that name is a part; nil if no side has any.
  func lineage(of name: EntryName) -> EntryLineage? {
    let origin =
      base.contains(name)
      ? name : Side.allCases.lazy.compactMap { self.origin(of: name, $0) }.first
    guard let origin else {
      let sides = [ours, theirs].map { $0.contains(name) ? name : nil }
      guard sides != [nil, nil] else { return nil }
      return EntryLineage(base: nil, ours: sides[0], theirs: sides[1])
    }
    func place(_ side: Side, _ entries: Set<EntryName>) -> EntryName? {
      entries.contains(origin) ? origin : moves[side]?[origin]
    }
    let (ours, theirs) = (place(.ours, self.ours), place(.theirs, self.theirs))
    var lineage = EntryLineage(base: origin, ours: ours, theirs: theirs)
    for side in Side.allCases where lineage.place(side) == nil {
      lineage.candidates[side] = candidates[side]?[origin]
    }
    return lineage
  }

  private func origin(of name: EntryName, _ side: Side) -> EntryName? {
    moves[side]?.first { $0.value == name }?.key
  }

  /// The entry that a side has with a file of that content, for git may have put it elsewhere.
  func entry(with object: String, _ side: Side) -> EntryName? {
    let path = trees.files(of: side).first { $0.value.utf8.elementsEqual(object.utf8) }?.key
    return path.flatMap { EntryName(ofFile: $0.text) }
  }

  /// Entries that are new on one side and have the key that another entry had before the other side
  /// exchanged it.
  func staleCopies() throws(Failure) -> [StaleCopy] {
    var copies: [StaleCopy] = []
    for side in Side.allCases {
      let (rotating, copying) = side == .ours ? (ours, theirs) : (theirs, ours)
      let copied = try Self.ids(
        of: copying.subtracting(base).subtracting((moves[side.other] ?? [:]).values),
        in: trees.files(of: side.other), objects)
      guard !copied.isEmpty else { continue }
      let changed = base.filter { name in
        let place = rotating.contains(name) ? name : moves[side]?[name]
        guard let place else { return false }
        return trees.base[Name(name.ciphertextPath)]
          != trees.files(of: side)[Name(place.ciphertextPath)]
      }
      let before = try Self.ids(of: changed, in: trees.base, objects)
      let places = Dictionary(
        changed.map { ($0, rotating.contains($0) ? $0 : moves[side]?[$0] ?? $0) }
      ) { first, _ in first }
      let now = try Self.ids(of: Set(places.values), in: trees.files(of: side), objects)
      for (origin, id) in before {
        guard let place = places[origin], now[place] != id else { continue }
        copies += copied.filter { $0.value == id }
          .map { StaleCopy(place: $0.key, origin: place, rotatedBy: side, id: id) }
      }
    }
    return copies.sorted { ($0.place, $0.origin) < ($1.place, $1.origin) }
  }

  // MARK: Ids

  /// What of a sidecar stays while its entry moves.
  private struct Trace {
    let id: Name?
    /// When the entry was made, and for which provider: that stays even where the key is exchanged.
    let origin: Name?
  }

  /// For each entry that is gone, those that are new and have its id, or at least its origin: of several,
  /// the one of its name.
  private static func candidates(
    for gone: Set<EntryName>, from old: MergeTrees.Files, among new: Set<EntryName>,
    in files: MergeTrees.Files, _ objects: GitObjects
  ) throws(Failure) -> [EntryName: [EntryName]] {
    guard !gone.isEmpty, !new.isEmpty else { return [:] }
    let before = try traces(of: gone, in: old, objects)
    let after = try traces(of: new, in: files, objects)
    var candidates: [EntryName: [EntryName]] = [:]
    for mark in [\Trace.id, \Trace.origin] {
      let left = before.filter { candidates[$0.key] == nil && $0.value[keyPath: mark] != nil }
      let taken = Set(candidates.values.joined())
      let targets = Dictionary(grouping: after.keys.filter { !taken.contains($0) }) {
        after[$0]?[keyPath: mark]
      }
      for (value, entries) in Dictionary(grouping: left.keys, by: { left[$0]?[keyPath: mark] }) {
        guard let found = targets[value] else { continue }
        for entry in entries {
          let own = found.filter { $0.name.utf8.elementsEqual(entry.name.utf8) }
          candidates[entry] = entries.count == 1 && own.count == 1 ? own : found.sorted()
        }
      }
    }
    return candidates
  }

  private static func ids(
    of entries: Set<EntryName>, in files: MergeTrees.Files, _ objects: GitObjects
  ) throws(Failure) -> [EntryName: Name] {
    try traces(of: entries, in: files, objects).compactMapValues(\.id)
  }

  /// Of the entries that have a sound sidecar.
  private static func traces(
    of entries: Set<EntryName>, in files: MergeTrees.Files, _ objects: GitObjects
  ) throws(Failure) -> [EntryName: Trace] {
    let known = entries.compactMap { name in
      files[Name(name.sidecarPath)].map { (name: name, object: $0) }
    }
    let blobs = try objects.blobs(known.map(\.object), limit: Limits.sidecar)
    var traces: [EntryName: Trace] = [:]
    for (entry, bytes) in zip(known, blobs) {
      guard let bytes,
        case .success(let checked) = CheckedDocument.read(
          bytes, as: .entry, file: entry.name.sidecarPath)
      else { continue }
      let sidecar = Sidecar(checked)
      traces[entry.name] = Trace(
        id: sidecar.id.map { Name($0) },
        origin: sidecar.created.map {
          Name("\($0.text) \(sidecar.provider ?? entry.name.name)")
        })
    }
    return traces
  }

  private static func entries(in files: MergeTrees.Files) -> Set<EntryName> {
    Set(
      files.keys.lazy.filter { $0.text.hasSuffix(".gpg") }.compactMap { EntryName(ofFile: $0.text) }
    )
  }

}

/// An entry that a merge brings, whose key is an older one of another entry.
public struct StaleCopy: Sendable, Equatable {
  public let place: EntryName
  /// Where the newer key is.
  public let origin: EntryName
  public let rotatedBy: Side
  /// The sidecar's id while it has that key.
  let id: Name

  /// Whether the entry still has that key, by the present sidecar.
  public func isThere(in vault: Vault) -> Bool {
    (try? vault.entry(place))?.sidecar?.id.map { Name($0) } == id
  }
}
