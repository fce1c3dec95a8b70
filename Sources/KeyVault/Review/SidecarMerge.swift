internal import Naming
internal import YAML

/// The sidecar that two sides make together: what one of them changed is taken, field by field.
struct SidecarMerge {
  /// nil where no side has a sidecar.
  private(set) var document: Document?
  /// The side as whose text it begins.
  let start: Side
  /// Fields that both sides changed, differently, while nothing says which counts.
  private(set) var undecided: [String] = []

  private static let fields = [
    "provider", "owner", "description", "env", "expires", "disabled", "rotation",
    Acknowledgement.field,
  ]

  /// `lead` is the side whose key stays; nil where both have the same. `preferred` decides where both
  /// changed a field.
  init(of conflict: Conflict, lead: Side?, preferred: Side?) throws(Failure) {
    let first = lead ?? preferred ?? .ours
    self.start = conflict.version(first).sidecar == nil ? first.other : first
    guard let start = conflict.version(self.start).sidecar else { return }
    self.document = start.document
    // A side without a sidecar did not mean to empty each field.
    guard conflict.ours.sidecar != nil, conflict.theirs.sidecar != nil else { return }
    var document = start.document
    let ours = conflict.ours.sidecar?.root
    let theirs = conflict.theirs.sidecar?.root
    let base = conflict.base.sidecar?.root
    for field in Self.fields {
      let (mine, other, before) = (ours?[field], theirs?[field], base?[field])
      let value: Node?
      if mine?.json == other?.json || other?.json == before?.json {
        value = mine
      } else if mine?.json == before?.json {
        value = other
      } else if let side = preferred {
        value = side == .ours ? mine : other
      } else {
        undecided.append(field)
        continue
      }
      try Self.set(field, to: value, in: &document)
    }
    try mergeMarks(ours, theirs, lead, in: &document)
    if lead == nil {
      // Of one key: made first, rotated last.
      func times(_ field: String) -> [String] {
        [ours, theirs].compactMap { $0?[field]?.string }.sorted()
      }
      if let first = times("created").first { try Self.set("created", first, in: &document) }
      if let last = times("rotated").last { try Self.set("rotated", last, in: &document) }
    }
    self.document = document
  }

  /// What is known of the key itself: of one key, or of two whose lineage is one, any mark counts, since
  /// one too many costs a rotation and one too few a leak; of two keys, the mark of the one that stays.
  /// What is proven of older keys is proven on either side.
  private func mergeMarks(
    _ ours: Node?, _ theirs: Node?, _ lead: Side?, in document: inout Document
  ) throws(Failure) {
    let isOneLineage = ours?["id"]?.string == theirs?["id"]?.string
    let own = lead == .theirs ? theirs : ours
    let marked =
      lead == nil || isOneLineage ? ours?["exposed"] ?? theirs?["exposed"] : own?["exposed"]
    try Self.set("exposed", to: marked, in: &document)
    var retired: [Name: String] = [:]
    for pair in (ours?["retired"]?.mapping ?? []) + (theirs?["retired"]?.mapping ?? []) {
      guard let value = pair.value.string else { continue }
      // A day is a proof.
      let known = retired[pair.key]
      if known == nil || known == Sidecar.Retired.unproven { retired[pair.key] = value }
    }
    // A key that is dropped with a mark may still be in a former reader's hands.
    let other = lead == .theirs ? ours : theirs
    if lead != nil, !isOneLineage, other?["exposed"] != nil, let serial = other?["serial"]?.serial {
      let key = Name(String(serial))
      retired[key] = retired[key] ?? Sidecar.Retired.unproven
    }
    guard !retired.isEmpty else { return }
    let pairs = retired.sorted { $0.key < $1.key }.map {
      Node.Pair(key: $0.key.text, Node.Value.string($0.value))
    }
    try Self.set("retired", to: Node(.mapping(pairs)), in: &document)
  }

  private static func set(_ field: String, _ text: String, in document: inout Document)
    throws(Failure)
  {
    try set(field, to: Node(.string(text)), in: &document)
  }

  private static func set(
    _ field: String, to value: Node?, in document: inout Document
  ) throws(Failure) {
    guard document.root[field]?.json != value?.json else { return }
    do throws(EditError) {
      guard let value else { return try document.remove([field]) }
      if let pairs = value.mapping {
        let texts = pairs.compactMap { pair in
          pair.value.string.map { (pair.key, Scalar.string($0)) }
        }
        try document.set([field], toMapping: texts.map { (key: $0.0, value: $0.1) })
      } else if let bool = value.bool {
        try document.set([field], to: .bool(bool))
      } else {
        try document.set([field], to: .string(value.string ?? ""))
      }
    } catch {
      throw Failure(.malformed, "cannot set '\(field)' in the sidecar: \(error.message)")
    }
  }
}
