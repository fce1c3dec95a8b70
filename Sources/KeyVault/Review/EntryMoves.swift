internal import Naming

/// Where one side of a merge has the entries of the common ancestor.
///
/// An entry moved where its id is in another place than before, be it a new one or that of an entry which
/// moved itself, as when two are swapped. The id changes with the key; an entry that moved and got another
/// key is known by its origin.
struct EntryMoves {
  /// By the place of the ancestor; none of an entry that is gone, or of which that is not certain.
  private(set) var places: [EntryName: EntryName] = [:]
  /// The places to which an entry without a place may have moved.
  private(set) var candidates: [EntryName: [EntryName]] = [:]
  /// Places of the ancestor that have another sidecar now.
  let changed: Set<EntryName>

  /// Entries of the ancestor, and places of the side, that are not matched yet.
  private var open: Set<EntryName>
  private var free: Set<EntryName>
  private let before: [EntryName: EntryTrace]
  private let after: [EntryName: EntryTrace]

  init(
    of base: Set<EntryName>, in old: MergeTrees.Files, to entries: Set<EntryName>,
    in files: MergeTrees.Files, _ objects: GitObjects
  ) throws(Failure) {
    let both = base.intersection(entries)
    changed = both.filter { name in
      let path = Name(name.sidecarPath)
      return old[path] != files[path]
    }
    let gone = base.subtracting(entries)
    let new = entries.subtracting(base)
    let before = try EntryTrace.all(of: gone.union(changed), in: old, objects)
    let after = try EntryTrace.all(of: new.union(changed), in: files, objects)
    self.before = before
    self.after = after
    // What has its id has its place.
    let contested = changed.filter { name in
      guard let was = before[name]?.id, let now = after[name]?.id else { return false }
      return was != now
    }
    open = gone.union(contested)
    free = new.union(contested)
    for name in both.subtracting(contested) { places[name] = name }
    keepRotated(contested)
    match(by: \.id)
    for name in contested where isFree(name) {
      let (was, now) = (before[name]?.origin, after[name]?.origin)
      if was == nil || now == nil || was == now { keep(name) }
    }
    match(by: \.origin)
    for name in contested where isFree(name) { keep(name) }
    candidates = candidates.filter { open.contains($0.key) }
  }

  /// Whether an entry and what is in its place now are both unmatched.
  private func isFree(_ name: EntryName) -> Bool { open.contains(name) && free.contains(name) }

  private mutating func keep(_ name: EntryName) { move(name, to: name) }

  private mutating func move(_ name: EntryName, to place: EntryName) {
    places[name] = place
    open.remove(name)
    free.remove(place)
  }

  /// Those that got another key in their place, also where the older one was copied elsewhere.
  private mutating func keepRotated(_ contested: Set<EntryName>) {
    let known = Set(open.compactMap { before[$0]?.id })
    let displacing = Set(contested.compactMap { after[$0]?.id })
    let origins = Dictionary(grouping: open.compactMap { before[$0]?.origin }) { $0 }
    for name in contested {
      guard let was = before[name], let now = after[name], let origin = was.origin,
        origin == now.origin, let id = now.id, !known.contains(id)
      else { continue }
      // Of several that were made at once, the one whose id displaced another moved there.
      let isAlone = origins[origin]?.count == 1
      if isAlone || !(was.id.map(displacing.contains) ?? false) { keep(name) }
    }
  }

  /// Moves each entry to the one place that has its mark: of several, the one of its name. Where
  /// several could have moved, or one to several places, a person must look.
  private mutating func match(by mark: KeyPath<EntryTrace, Name?>) {
    let targets = Dictionary(grouping: free.filter { after[$0]?[keyPath: mark] != nil }) {
      after[$0]?[keyPath: mark]
    }
    let waiting = open.filter { candidates[$0] == nil && before[$0]?[keyPath: mark] != nil }
    var found: [EntryName: [EntryName]] = [:]
    for (value, entries) in Dictionary(grouping: waiting, by: { before[$0]?[keyPath: mark] }) {
      guard let all = targets[value] else { continue }
      for entry in entries {
        let others = all.filter { $0 != entry }
        guard !others.isEmpty else { continue }
        let own = others.filter { $0.name.utf8.elementsEqual(entry.name.utf8) }
        found[entry] = entries.count == 1 && own.count == 1 ? own : others.sorted()
      }
    }
    let takers = Dictionary(grouping: found.keys) { found[$0] }
    for (entry, all) in found {
      candidates[entry] = all
      if all.count == 1, takers[all]?.count == 1 { move(entry, to: all[0]) }
    }
  }
}
