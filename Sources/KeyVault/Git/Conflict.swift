internal import Naming
internal import YAML

/// One side of a merge.
public enum Side: String, Sendable, CaseIterable {
  case ours, theirs
}

/// An entry that a merge left undecided, as the index has its versions.
public struct Conflict: Sendable {
  /// The entry as one side has it.
  struct Version: Sendable {
    /// nil where that side has none.
    let ciphertext: [UInt8]?
    let sidecar: CheckedDocument?

    var fields: Sidecar? { sidecar.map(Sidecar.init) }

    /// Whether the sidecar says that it belongs to this ciphertext.
    var isSound: Bool {
      guard let ciphertext, let digest = fields?.digest else { return false }
      return digest == Vault.digest(ciphertext)
    }
  }

  public let name: EntryName
  /// The common ancestor's sidecar.
  let base: CheckedDocument?
  let ours: Version
  let theirs: Version
  /// Whether git itself decided on the ciphertext, which one side alone changed, or neither.
  let isKeyDecided: Bool

  /// `items` are all stages of both files; `blobs` their content.
  init(of name: EntryName, _ items: [Index.Item], _ blobs: [Name: [UInt8]]) throws(Failure) {
    func bytes(_ path: String, _ stage: Int) -> [UInt8]? {
      let own = items.filter { $0.path.hasSuffix(path) }
      let item = own.first { $0.stage == stage } ?? own.first { $0.stage == 0 }
      return item.flatMap { blobs[$0.object] }
    }
    func version(_ stage: Int, _ side: Side) throws(Failure) -> Version {
      Version(
        ciphertext: bytes(name.ciphertextPath, stage),
        sidecar: try Self.sidecar(bytes(name.sidecarPath, stage), of: name, side))
    }
    self.name = name
    // A broken sidecar of the past decides nothing.
    base = try? Self.sidecar(bytes(name.sidecarPath, 1), of: name, .ours)
    ours = try version(2, .ours)
    theirs = try version(3, .theirs)
    isKeyDecided = items.contains { $0.stage == 0 && $0.path.hasSuffix(name.ciphertextPath) }
    try check(
      sidecarIsDecided: items.contains { $0.stage == 0 && $0.path.hasSuffix(name.sidecarPath) })
  }

  private static func sidecar(
    _ bytes: [UInt8]?, of name: EntryName, _ side: Side
  ) throws(Failure) -> CheckedDocument? {
    guard let bytes else { return nil }
    switch CheckedDocument.read(bytes, as: .entry, file: name.sidecarPath) {
    case .success(let checked): return checked
    case .failure(let malformed):
      let first = malformed.findings[0]
      throw Failure(
        .malformed, "\(side.rawValue) of \(first.file):\(first.line): \(first.message)",
        hints: [
          "take the other side: "
            + "\(Shell("git checkout --\(side.other.rawValue) -- \(name.sidecarPath)"))"
        ]
      )
    }
  }

  /// Throws where what a side has does not belong together, so that a swapped ciphertext is not
  /// taken for sound because of a merge.
  private func check(sidecarIsDecided: Bool) throws(Failure) {
    guard ours.ciphertext != nil || theirs.ciphertext != nil else {
      throw Failure(
        .malformed, "neither side has \(name.ciphertextPath)",
        hints: [Shell("git rm -- \(name.sidecarPath)").description])
    }
    // Git's own choice of one file is no version of a side.
    if sidecarIsDecided { return }
    let versions: [(Side, Version)] = [(.ours, ours), (.theirs, theirs)]
    let unsound = versions.filter { $1.ciphertext != nil && $1.sidecar != nil && !$1.isSound }
    guard let (side, _) = unsound.first, !isKeyDecided || unsound.count == 2 else { return }
    let what = isKeyDecided ? "neither side has a" : "\(side.rawValue) has no"
    throw Failure(
      .malformed,
      "\(what) sidecar of '\(name)' that belongs to its ciphertext: one of the two was changed alone",
      hints: [
        "take a sound side: "
          + "\(Shell("git checkout --\(side.other.rawValue) -- \([name.ciphertextPath, name.sidecarPath])"))",
        "then "
          + "'\(Shell("keyvault adopt \(name)"))', once you know that it is right, and 'git add' both",
      ])
  }

  func version(_ side: Side) -> Version { side == .ours ? ours : theirs }

  /// Whether that side removed the entry.
  public func isRemoved(by side: Side) -> Bool { version(side).ciphertext == nil }

  /// The side whose sidecar is the ciphertext's, where git decided on that; nil where both are.
  var keeper: Side? {
    guard isKeyDecided, ours.isSound != theirs.isSound else { return nil }
    return ours.isSound ? .ours : .theirs
  }

  /// The side that was rotated later; nil where none was.
  var later: Side? {
    let ours = ours.fields?.rotated?.seconds ?? 0
    let theirs = theirs.fields?.rotated?.seconds ?? 0
    return ours == theirs ? nil : ours > theirs ? .ours : .theirs
  }

  /// A side for a person who must choose.
  public func text(of side: Side) -> String {
    guard let fields = version(side).fields else {
      return isRemoved(by: side) ? "removed it" : "has no sidecar"
    }
    if isRemoved(by: side) { return "removed it" }
    let parts = [
      fields.preview, fields.serial.map { "serial \($0)" }, fields.owner,
      (fields.rotated ?? fields.created).map(\.day),
    ]
    return parts.compactMap(\.self).joined(separator: ", ").printable(limit: 120)
  }
}

extension Side {
  public var other: Side { self == .ours ? .theirs : .ours }
}
