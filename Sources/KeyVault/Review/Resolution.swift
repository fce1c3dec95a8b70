public import GPG
internal import Secrets
internal import YAML

/// A conflict whose ciphertexts are open, on the way to an end.
public struct Resolution: Sendable {
  /// What is still to be chosen by a person.
  public enum Question: Sendable {
    /// One side has the entry no more.
    case removal
    /// Where the key goes; which key it is follows from both sides.
    case place
    case key
    /// The key is the same, but described differently.
    case fields([String])
  }

  public let conflict: Conflict
  /// nil where that side removed the entry.
  private let ours: OpenedEntry?
  private let theirs: OpenedEntry?
  /// The side that alone has another key than the ancestor; nil where both have, or it is unknown.
  private let newer: Side?

  /// Opens what both sides have. Throws where one does not belong to its place, or is bound to none.
  /// Blocks.
  public init(of conflict: Conflict, in vault: Vault, with gpg: GPG) throws(Failure) {
    self.conflict = conflict
    ours = try Self.open(.ours, of: conflict, in: vault, with: gpg)
    theirs = try Self.open(.theirs, of: conflict, in: vault, with: gpg)
    newer = Self.newer(of: conflict, ours, theirs, in: vault, with: gpg)
  }

  private static func open(
    _ side: Side, of conflict: Conflict, in vault: Vault, with gpg: GPG
  ) throws(Failure) -> OpenedEntry? {
    let version = conflict.version(side)
    guard let place = version.place, let ciphertext = version.ciphertext else { return nil }
    let entry = Vault.Entry(name: place, sidecar: version.fields, fault: nil)
    do throws(Failure) {
      let opened = try vault.open(ciphertext, of: entry, with: gpg)
      try vault.checkSide(entry, digest: opened.digest)
      return opened
    } catch {
      throw Failure(
        error.kind, "\(side.rawValue): \(error.message)",
        hints: [
          "take the other side with git, then 'git add' both files: "
            + "\(Shell("git checkout --\(side.other.rawValue) -- \(paths: [place.ciphertextPath, place.sidecarPath])"))"
        ])
    }
  }

  /// Ids and serials of sidecars can be written by anyone, so the keys themselves are compared.
  private static func newer(
    of conflict: Conflict, _ ours: OpenedEntry?, _ theirs: OpenedEntry?, in vault: Vault,
    with gpg: GPG
  ) -> Side? {
    guard let ours, let theirs, !ours.holdsSameCredential(as: theirs) else { return nil }
    if let keeper = conflict.keeper { return keeper }
    guard let place = conflict.base.place, let ciphertext = conflict.base.ciphertext,
      let base = try? vault.open(past: ciphertext, at: place, with: gpg)
    else { return nil }
    if theirs.holdsSameCredential(as: base) { return .ours }
    return ours.holdsSameCredential(as: base) ? .theirs : nil
  }

  public func opened(_ side: Side) -> OpenedEntry? { side == .ours ? ours : theirs }

  /// Whether both sides have the same key with the same additional fields.
  public var isSameKey: Bool {
    guard let ours, let theirs else { return false }
    return ours.holdsSameCredential(as: theirs)
  }

  /// nil where nothing is left to choose.
  public func question() throws(Failure) -> Question? {
    if conflict.isOneSided { return nil }
    if ours == nil || theirs == nil { return .removal }
    if isSameKey {
      if conflict.mergedPlace == nil { return .place }
      let fields = try SidecarMerge(of: conflict, lead: nil, preferred: conflict.later).undecided
      return fields.isEmpty ? nil : .fields(fields)
    }
    guard conflict.place(.ours) == conflict.place(.theirs) else { return .place }
    return newer == nil ? .key : nil
  }

  /// The side whose key stays with that choice (nil where nothing is left to choose); nil where both have
  /// the same one.
  private func lead(_ choice: Side?) -> Side? {
    if isSameKey { return nil }
    if conflict.isOneSided { return ours == nil ? .theirs : .ours }
    // A choice between two places is not one between two keys.
    if let newer, choice == nil || conflict.place(.ours) != conflict.place(.theirs) { return newer }
    return choice
  }

  /// The side whose key stays with that choice.
  public func keySide(with choice: Side?) -> Side { lead(choice) ?? choice ?? .ours }

  /// The entry whose key stays with that choice; nil where the entry goes.
  public func kept(by choice: Side?) -> OpenedEntry? {
    if let choice, opened(choice) == nil { return nil }
    return opened(lead(choice) ?? choice ?? conflict.later ?? .ours)
  }

  /// Where the entry is with that choice; nil where it goes.
  public func place(with choice: Side?) -> EntryName? {
    choice.map { conflict.place($0) } ?? conflict.mergedPlace
  }

  /// What a choice of that side means, for a person.
  public func text(of choice: Side) -> String {
    let own = conflict.text(of: choice)
    guard let place = place(with: choice), conflict.place(choice.other) != place,
      !conflict.isRemoved(by: choice.other)
    else { return own }
    return placedText(of: choice, at: place)
  }

  /// The remark with the place, or with the key that is dropped, for a choice that is about several
  /// entries.
  func jointText(of choice: Side) -> String {
    guard let place = place(with: choice) else {
      return "without \(conflict.text(of: choice.other)) of \(conflict.label)"
    }
    return placedText(of: choice, at: place)
  }

  private func placedText(of choice: Side, at place: EntryName) -> String {
    guard let side = lead(choice) else { return "at \(place): \(conflict.text(of: choice))" }
    let age = newer == nil ? "" : "the newer key, "
    return "at \(place): \(age)\(conflict.text(of: side))"
  }

  /// Every place that any side has, and where git put files of it.
  var places: [EntryName] { conflict.lineage.places + conflict.strays }

  /// Who can read the key by what either side has of it, by key ids.
  private func readers(of chosen: OpenedEntry) -> [UInt64] {
    [ours, theirs].compactMap(\.self).filter { $0.holdsSameCredential(as: chosen) }
      .flatMap(\.readers)
  }

  /// The entry as it is with `choice`, or, where that is nil, as it follows from both sides: encrypted, and not
  /// written. nil if it goes. Blocks.
  func prepared(
    _ choice: Side?, in vault: Vault, program: GPGProgram, now: Timestamp, isVouched: Bool
  ) throws(Failure) -> Vault.Prepared? {
    guard let target = place(with: choice), let chosen = kept(by: choice) else { return nil }
    let lead = lead(choice)
    let merge = try SidecarMerge(
      of: conflict, lead: lead, preferred: lead ?? choice ?? conflict.later)
    let serials =
      [ours, theirs].compactMap { $0?.payload.serial }
      + [conflict.ours.fields?.serial, conflict.theirs.fields?.serial].compactMap(\.self)
    let highest = serials.max() ?? 1
    // A newer key whose serial is above the older one's keeps it.
    let isAhead =
      newer.map { side in
        lead == side
          && opened(side)?.payload.serial ?? 0 > opened(side.other)?.payload.serial ?? 0
      } ?? false
    let isOther = !isSameKey && ours != nil && theirs != nil && !isAhead
    let last = try vault.lastSerial(of: target)
    return try vault.prepare(
      NewKey(
        entry: target, provider: chosen.provider,
        key: chosen.payload.withKey { Secret(copying: $0) }, keeping: chosen.payload,
        hosts: chosen.payload.hosts, serial: max(highest + (isOther ? 1 : 0), last),
        isOtherKey: false, isVouched: isVouched, knownTo: readers(of: chosen)),
      in: merge.document, of: conflict.place(merge.start) ?? target, program: program, now: now)
  }
}

extension OpenedEntry {
  /// Whether another has the same key with the same additional fields.
  fileprivate func holdsSameCredential(as other: OpenedEntry) -> Bool {
    let names = payload.fieldNames.sorted()
    return holds(other.payload.withKey { Secret(copying: $0) })
      && names == other.payload.fieldNames.sorted()
      && names.allSatisfy { name in
        payload.withField(name) { mine in
          other.payload.withField(name) { $0.isSame(as: mine) } == true
        } == true
      }
  }
}
