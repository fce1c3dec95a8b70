internal import Naming

/// One entry of a merge: where the common ancestor had it, and where each side has it.
struct EntryLineage: Sendable {
  /// nil where there was none.
  let base: EntryName?
  /// nil where that side has none.
  let ours: EntryName?
  let theirs: EntryName?
  /// Where a side may have moved it, if it is not known: entries with its id.
  var candidates: [Side: [EntryName]] = [:]

  func place(_ side: Side) -> EntryName? { side == .ours ? ours : theirs }

  /// Where the side has it of which a file in conflict is; the ancestor's for nil.
  func place(of side: Side?) -> EntryName? { side.map(place) ?? base }

  /// The first place that is known of it.
  var name: EntryName? { base ?? ours ?? theirs }

  /// All of them, each once.
  var places: [EntryName] {
    Set([base, ours, theirs].compactMap(\.self)).sorted()
  }
}

/// The entries of a merge, each followed from place to place.
struct EntryLineages {
  /// Sorted by their names. No side has two of them in one place.
  let all: [EntryLineage]
  private let trees: MergeTrees
  private let moves: [Side: EntryMoves]
  /// By the side, nil for the ancestor, and the place: the number of its lineage.
  private let numbers: [Side?: [EntryName: Int]]
  private let objects: GitObjects

  init(_ trees: MergeTrees, _ objects: GitObjects) throws(Failure) {
    self.trees = trees
    self.objects = objects
    let base = Self.entries(in: trees.base)
    var moves: [Side: EntryMoves] = [:]
    var added: [Side: Set<EntryName>] = [:]
    var candidates: [Side: [EntryName: [EntryName]]] = [:]
    for side in Side.allCases {
      let files = trees.files(of: side)
      let entries = Self.entries(in: files)
      let own = try EntryMoves(of: base, in: trees.base, to: entries, in: files, objects)
      moves[side] = own
      added[side] = entries.subtracting(own.places.values)
      candidates[side] = own.candidates
    }
    let unsure = base.filter { trees.isAssumed($0) && moves[.ours]?.places[$0] == nil }
    for (name, others) in try Self.namesakes(of: unsure, in: trees, objects) {
      candidates[.ours]?[name] = others
    }
    var all = base.map { name in
      var lineage = EntryLineage(
        base: name, ours: moves[.ours]?.places[name], theirs: moves[.theirs]?.places[name])
      for side in Side.allCases where lineage.place(side) == nil {
        lineage.candidates[side] = candidates[side]?[name]
      }
      return lineage
    }
    let (ours, theirs) = (added[.ours] ?? [], added[.theirs] ?? [])
    all += ours.union(theirs).map { name in
      EntryLineage(
        base: nil, ours: ours.contains(name) ? name : nil,
        theirs: theirs.contains(name) ? name : nil)
    }
    all.sort { one, other in
      guard let name = one.name, let second = other.name, name != second else {
        return one.base != nil && other.base == nil
      }
      return name < second
    }
    self.all = all
    self.moves = moves
    numbers = Dictionary(
      ([nil] + Side.allCases).map { side in
        let places = all.enumerated().compactMap { number, lineage in
          lineage.place(of: side).map { ($0, number) }
        }
        return (side, Dictionary(places) { first, _ in first })
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The number in ``all`` of the entry that a side, or for nil the ancestor, has under that name with a
  /// file of that content: git may have put the file elsewhere. nil if no side has any.
  func number(of name: EntryName, _ object: String, _ side: Side?) -> Int? {
    let files = side.map(trees.files) ?? trees.base
    func has(_ path: String) -> Bool {
      files[Name(path)].map { $0.utf8.elementsEqual(object.utf8) } ?? false
    }
    let own = numbers[side]?[name]
    if has(name.ciphertextPath) || has(name.sidecarPath), let own { return own }
    let path = files.first { $0.value.utf8.elementsEqual(object.utf8) }?.key
    return path.flatMap { EntryName(ofFile: $0.text) }.flatMap { numbers[side]?[$0] } ?? own
      ?? ([nil] + Side.allCases).lazy.compactMap { numbers[$0]?[name] }.first
  }

  /// Whether the ancestor or a side has an entry there.
  func hasEntry(at place: EntryName) -> Bool { numbers.values.contains { $0[place] != nil } }

  /// The numbers in ``all`` of the keys of `others`, and of entries that share a place with one of
  /// these, by way of more entries too: where one of them goes decides about the others. `others`
  /// are further names under which git has files of an entry. Those that belong together are in one
  /// part, sorted.
  func parts(by others: [Int: Set<EntryName>]) -> [[Int]] {
    func names(_ number: Int) -> [EntryName] { all[number].places + (others[number] ?? []) }
    var byName: [EntryName: [Int]] = [:]
    for number in all.indices {
      for name in names(number) { byName[name, default: []].append(number) }
    }
    var seen: Set<Int> = []
    var parts: [[Int]] = []
    for first in others.keys.sorted() where seen.insert(first).inserted {
      var part = [first]
      var next = 0
      while next < part.count {
        let neighbours = names(part[next]).flatMap { byName[$0] ?? [] }
        part += neighbours.filter { seen.insert($0).inserted }
        next += 1
      }
      parts.append(part.sorted())
    }
    return parts
  }

  /// Entries of ours with the id of one of which it is not known what became of it.
  private static func namesakes(
    of unsure: Set<EntryName>, in trees: MergeTrees, _ objects: GitObjects
  ) throws(Failure) -> [EntryName: [EntryName]] {
    guard !unsure.isEmpty else { return [:] }
    let lost = try EntryTrace.all(of: unsure, in: trees.base, objects)
    let present = try EntryTrace.all(of: entries(in: trees.ours), in: trees.ours, objects)
    var byID: [Name: [EntryName]] = [:]
    for (name, trace) in present {
      if let id = trace.id { byID[id, default: []].append(name) }
    }
    return lost.compactMapValues { trace in trace.id.flatMap { byID[$0]?.sorted() } }
  }

  /// Entries that one side put in their places and that have the key which another entry had before the
  /// other side exchanged it.
  func staleCopies() throws(Failure) -> [StaleCopy] {
    var copies: [StaleCopy] = []
    for side in Side.allCases {
      let (files, others) = (trees.files(of: side), trees.files(of: side.other))
      let copied = try ids(of: Set(all.flatMap { placesOfCopies($0, by: side.other) }), in: others)
      guard !copied.isEmpty else { continue }
      let rotated = all.filter { lineage in
        guard let base = lineage.base, let place = lineage.place(side) else { return false }
        return trees.base[Name(base.ciphertextPath)] != files[Name(place.ciphertextPath)]
      }
      let before = try ids(of: Set(rotated.compactMap(\.base)), in: trees.base)
      let now = try ids(of: Set(rotated.compactMap { $0.place(side) }), in: files)
      for lineage in rotated {
        guard let base = lineage.base, let origin = lineage.place(side), let id = before[base],
          now[origin] != id
        else { continue }
        copies += copied.filter { $0.value == id && $0.key != lineage.place(side.other) }
          .map { StaleCopy(place: $0.key, origin: origin, rotatedBy: side, id: id) }
      }
    }
    return copies.sorted { ($0.place, $0.origin) < ($1.place, $1.origin) }
  }

  /// Where that side may have put a copy of another key: in a new place, in that of another key, or
  /// where an entry may have moved.
  private func placesOfCopies(_ lineage: EntryLineage, by side: Side) -> [EntryName] {
    guard let place = lineage.place(side) else { return lineage.candidates[side] ?? [] }
    let isKept = lineage.base.map { $0 != place || moves[side]?.changed.contains($0) != true }
    return isKept ?? false ? [] : [place]
  }

  private func ids(
    of entries: Set<EntryName>, in files: MergeTrees.Files
  ) throws(Failure) -> [EntryName: Name] {
    try EntryTrace.all(of: entries, in: files, objects).compactMapValues(\.id)
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
