internal import Naming
internal import YAML

/// One side of a merge.
public enum Side: String, Sendable, CaseIterable {
  case ours, theirs

  public var other: Side { self == .ours ? .theirs : .ours }
}

/// An entry that a merge left undecided, as the common ancestor and each side have it.
public struct Conflict: Sendable {
  /// The entry as one of them has it.
  struct Version: Sendable {
    /// nil where it has none; so are the others.
    let place: EntryName?
    let ciphertext: [UInt8]?
    let sidecar: CheckedDocument?

    var fields: Sidecar? { sidecar.map(Sidecar.init) }

    /// Whether the sidecar says that it belongs to this ciphertext.
    var isSound: Bool {
      guard let ciphertext, let digest = fields?.digest else { return false }
      return digest == Vault.digest(ciphertext)
    }
  }

  /// Where the ancestor had it, or the sides.
  public let name: EntryName
  let lineage: EntryLineage
  /// The name, apart from that of an entry that was in the same place before.
  public var label: String { lineage.base == nil ? "the new \(name)" : name.path }
  /// Where git put files of it that no side has there.
  let strays: [EntryName]
  let base: Version
  let ours: Version
  let theirs: Version

  init(
    of name: EntryName, _ lineage: EntryLineage, strays: [EntryName], in trees: MergeTrees,
    _ objects: GitObjects
  ) throws(Failure) {
    self.lineage = lineage
    self.strays = strays
    self.name = name
    func version(_ place: EntryName?, _ files: MergeTrees.Files, _ side: Side?) throws(Failure)
      -> Version
    {
      guard let place else { return Version(place: nil, ciphertext: nil, sidecar: nil) }
      let paths = [place.ciphertextPath, place.sidecarPath]
      let known = paths.filter { files[$0] != nil }
      let blobs = try objects.blobs(known.map { files[$0] ?? "" })
      guard blobs.allSatisfy({ $0 != nil }) else {
        throw Failure(.malformed, "a side of '\(place)' is missing, or larger than 1024 KiB")
      }
      let text = known.count == 2 ? blobs[1] : nil
      return Version(
        place: place, ciphertext: blobs[0],
        sidecar: try Self.sidecar(text, of: place, side))
    }
    // What was broken in the past decides nothing, and neither does what the ancestors do not agree on.
    if let place = lineage.base, !trees.isAgreed(on: place) {
      base = Version(place: place, ciphertext: nil, sidecar: nil)
    } else {
      base =
        (try? version(lineage.base, trees.base, nil))
        ?? Version(place: nil, ciphertext: nil, sidecar: nil)
    }
    ours = try version(lineage.ours, trees.ours, .ours)
    theirs = try version(lineage.theirs, trees.theirs, .theirs)
    try check()
  }

  private static func sidecar(
    _ bytes: [UInt8]?, of name: EntryName, _ side: Side?
  ) throws(Failure) -> CheckedDocument? {
    guard let bytes else { return nil }
    switch CheckedDocument.read(bytes, as: .entry, file: name.sidecarPath) {
    case .success(let checked): return checked
    case .failure(let malformed):
      let first = malformed.findings[0]
      let side = side ?? .ours
      throw Failure(
        .malformed, "\(side.rawValue) of \(first.file):\(first.line): \(first.message)",
        hints: [
          "take the other side: "
            + "\(Shell("git checkout --\(side.other.rawValue) -- \(path: name.sidecarPath)"))"
        ]
      )
    }
  }

  /// Throws where what a side has does not belong together, so that a merge does not make a swapped
  /// ciphertext look valid.
  private func check() throws(Failure) {
    // A sidecar that both sides have, or that one of them left alone, was not changed for a ciphertext.
    let texts = [ours, theirs].map { $0.sidecar?.document.bytes }
    guard texts[0] != texts[1], !texts.contains(base.sidecar?.document.bytes) else { return }
    let unsound = Side.allCases.filter { side in
      let version = version(side)
      return version.ciphertext != nil && version.sidecar != nil && !version.isSound
        && version.ciphertext != base.ciphertext
    }
    guard let side = unsound.first else { return }
    let place = version(side).place ?? name
    throw Failure(
      .malformed,
      "\(side.rawValue) has no sidecar of '\(place)' that belongs to its ciphertext: one of the two "
        + "was changed alone",
      hints: [
        "take a valid side: "
          + "\(Shell("git checkout --\(side.other.rawValue) -- \(paths: [place.ciphertextPath, place.sidecarPath])"))",
        "then '\(Shell("keyvault adopt \(place)"))', once you have verified it, and 'git add' both",
      ])
  }

  func version(_ side: Side) -> Version { side == .ours ? ours : theirs }

  /// Where that side has the entry; nil where it removed it.
  public func place(_ side: Side) -> EntryName? { version(side).place }

  /// Whether that side removed the entry.
  public func isRemoved(by side: Side) -> Bool { version(side).place == nil }

  /// The side that alone has another ciphertext than the ancestor; nil where both have.
  var keeper: Side? {
    guard let before = base.ciphertext else { return nil }
    let changers = Side.allCases.filter { version($0).ciphertext != before }
    return changers.count == 1 ? changers[0] : nil
  }

  /// Whether one side alone has the entry, and the ancestor had none.
  var isOneSided: Bool { base.place == nil && (ours.place == nil) != (theirs.place == nil) }

  /// Where the entry is after the merge, if one side at most moved it; else nil.
  var mergedPlace: EntryName? {
    if isOneSided { return ours.place ?? theirs.place }
    guard let ours = ours.place, let theirs = theirs.place else { return nil }
    if ours == theirs || theirs == lineage.base { return ours }
    return ours == lineage.base ? theirs : nil
  }

  /// The side that was rotated later; nil where none was.
  var later: Side? {
    let ours = ours.fields?.rotated?.seconds ?? 0
    let theirs = theirs.fields?.rotated?.seconds ?? 0
    return ours == theirs ? nil : ours > theirs ? .ours : .theirs
  }

  /// What a side did, in words that follow its name, such as `moved it to production/openai`.
  public func deed(of side: Side) -> String {
    let version = version(side)
    guard let place = version.place else {
      if lineage.base == nil { return "does not have it" }
      let candidates = (lineage.candidates[side] ?? []).map(\.path)
      if candidates.isEmpty { return "removed it" }
      return "removed it, or moved it to \(candidates.joined(separator: " or "))"
    }
    guard base.place != nil else { return "added it" }
    let id = version.fields?.id
    // A sidecar that is not the ciphertext's does not tell which key that held.
    let before = base.isSound ? base.fields?.id : nil
    var deeds: [String] = []
    if place != base.place { deeds.append("moved it to \(place)") }
    if let id, let before, id != before {
      deeds.append("rotated it")
    } else if deeds.isEmpty {
      let isKept = version.ciphertext == base.ciphertext
      deeds.append(isKept ? "kept the key" : before == nil ? "changed it" : "encrypted it again")
    }
    return deeds.joined(separator: " and ")
  }

  /// The key of a side for a person who must choose.
  public func text(of side: Side) -> String {
    guard !isRemoved(by: side) else {
      let candidates = (lineage.candidates[side] ?? []).map(\.path)
      guard !candidates.isEmpty else { return deed(of: side) }
      return
        "\(name) is removed; the key of \(candidates.joined(separator: ", ")) stays as on that side"
    }
    guard let fields = version(side).fields else { return "has no sidecar" }
    let parts = [
      fields.preview, fields.serial.map { "serial \($0)" }, fields.owner,
      (fields.rotated ?? fields.created).map(\.day),
    ]
    return parts.compactMap(\.self).joined(separator: ", ").printable(limit: 120)
  }
}
