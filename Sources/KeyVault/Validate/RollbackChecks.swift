internal import GPG
internal import Naming
internal import YAML

/// The entries of a change against those of its base: removed entries, serials that went back, and
/// ciphertexts that an earlier commit had in that place. Only what differs is read.
struct RollbackChecks {
  let repository: Repository
  let base: Snapshot

  func findings(_ places: [ChangedPlace]) throws(Failure) -> [Finding] {
    let before = try base.read(places.map(\.name.sidecarPath))
    let marks = before.map { KeyMark($0) }
    // A base that has no serial does not hide which one was there: its history does.
    let past = try PastFiles(
      of: zip(places, marks).filter { $0.hasOtherKey || $0.hasCiphertext && $1?.serial == nil }.map(
        \.0), in: base)
    var findings: [Finding] = []
    for (place, mark) in zip(places, marks) {
      findings += judge(place, mark, past)
    }
    let judged = Set(names: findings.map(\.file))
    findings += try byLineage(
      zip(places, before).filter { !judged.contains($0.0.name.sidecarPath) })
    if places.contains(where: \.hasOtherKey), !base.hasWholeHistory {
      findings.append(
        Finding(
          .historyIncomplete, .warning, in: Paths.vault,
          "the history of \(base.name) is incomplete here, so older ciphertexts are unknown",
          hint: "\(Git(in: repository.root).completion), or fetch-depth: 0 in the workflow"))
    }
    return findings
  }

  /// Where the change has something else than the base, or nothing. Throws if the vault cannot be read, and as
  /// inconclusive if the sidecars there are too large together.
  func changedPlaces() throws(Failure) -> [ChangedPlace] {
    let vault = repository.vault
    try reporting { () throws(FileError) in try repository.absent.checkAreReadable() }
    var places: [ChangedPlace] = []
    var bytes = 0
    func add(_ some: [ChangedPlace?]) throws(Failure) {
      places += some.compactMap(\.self)
      bytes += some.reduce(0) { $0 + ($1?.sidecar?.count ?? 0) }
      guard bytes <= Limits.changedSidecars else {
        throw Failure(
          .inconclusive,
          "the sidecars that differ from \(base.name) have more than "
            + "\(Limits.changedSidecars >> 20) MiB together",
          hints: ["make the change in smaller parts"])
      }
    }
    var present: Set<Name> = []
    for folder in try folders() {
      let handle = try reporting { () throws(FileError) in
        try Folder(repository.root).folder(vault.path(folder))
      }
      let items = try reporting { () throws(FileError) in try handle.items() }
      let names = VaultChecks.entryNames(items, in: folder)
      for start in stride(from: 0, to: names.count, by: 256) {
        try add(
          concurrentMap(min(256, names.count - start)) {
            ChangedPlace(names[start + $0], in: handle, absent: repository.absent, base: base)
          })
      }
      present.formUnion(names.map(\.ciphertextPath))
    }
    // An entry that is not checked out has changed if the index differs from the base.
    let absent = try reporting { () throws(FileError) in try vault.absentNames() }
    for name in absent where !present.contains(name.ciphertextPath) {
      try add([ChangedPlace(name, absent: repository.absent, base: base)])
      present.insert(Name(name.ciphertextPath))
    }
    for path in base.files.sortedKeys where path.hasSuffix(".gpg") && !present.contains(path) {
      let name = path.dropFirst(Paths.vault.count + 1).dropLast(".gpg".count)
      if let name = EntryName(found: String(name)) {
        places.append(ChangedPlace(goneFrom: name))
      }
    }
    return places
  }

  private func folders() throws(Failure) -> [String] {
    do throws(FileError) {
      return try repository.vault.folders()
    } catch let error where error.isAbsence {
      return []
    } catch {
      throw error.failure
    }
  }

  private func judge(_ place: ChangedPlace, _ before: KeyMark?, _ past: PastFiles) -> [Finding] {
    let name = place.name
    let hadKey = base.files[name.ciphertextPath] != nil
    guard place.hasCiphertext else {
      guard hadKey else { return [] }
      return [
        Finding(
          .entryRemoved, .note, in: name.ciphertextPath, "this entry of \(base.name) is gone",
          hint: "git history keeps it, so revoke it")
      ]
    }
    // A place that was empty for a while counts too; otherwise an attacker would remove the entry
    // first.
    let isKnown = hadKey && before?.serial != nil
    let last = isKnown ? before : past.last(of: name) ?? before
    let now = KeyMark(place.sidecar)
    if let last, let fault = Self.fault(now, after: last) {
      let whose =
        isKnown
        ? "in \(base.name)"
        : hadKey
          ? "in the history before \(base.name), whose sidecar has no serial"
          : "when it was removed"
      let file = now == nil ? name.ciphertextPath : name.sidecarPath
      return [
        Finding(
          .rolledBack, in: file, at: now?.place ?? .start, "\(fault) \(whose)",
          hint: hint(for: name, hadKey: hadKey))
      ]
    }
    if hadKey, let last, let now {
      let faults = Self.unmarking(now, after: last, isSameFile: !place.hasOtherKey)
      if !faults.isEmpty {
        return faults.map { fault in
          Finding(
            .debtDropped, in: name.sidecarPath, at: now.place, "\(fault) \(base.name)",
            hint: hint(for: name, hadKey: true))
        }
      }
    }
    guard place.hasOtherKey, let old = past.version(of: place.identity, at: name) else { return [] }
    if !hadKey, old.serial != nil, old.serial == last?.serial, now?.serial == last?.serial {
      return [
        Finding(
          .entryRestored, .warning, in: name.ciphertextPath,
          "this key was removed from here and has been restored unchanged",
          hint: "a key that was removed may have been revoked, or be known to others")
      ]
    }
    return [
      Finding(
        .rolledBack, in: name.ciphertextPath,
        "this ciphertext was here before, in commit \(old.commit.prefix(10))",
        hint: hint(for: name, hadKey: hadKey))
    ]
  }

  private static func fault(_ now: KeyMark?, after last: KeyMark) -> String? {
    guard let before = last.serial else { return nil }
    guard let now, let serial = now.serial else {
      return "this key has no serial any more; it was \(before)"
    }
    if serial < before { return "the serial went back from \(before) to \(serial)" }
    // Each change of a key adds one. A sidecar with the last number would leave none for the next
    // key.
    if serial > before + Serial.greatestLeap {
      return "the serial jumped from \(before) to \(serial)"
    }
    guard serial == before, now.id != last.id else { return nil }
    return "the serial is still \(serial), but the key is another one"
  }

  /// How a sidecar says of the base's own key that it is another one, or owes nothing more.
  private static func unmarking(
    _ now: KeyMark, after last: KeyMark, isSameFile: Bool
  ) -> [String] {
    let isSameMark = now.serial == last.serial && now.id == last.id
    if isSameFile, !isSameMark, last.serial != nil, last.id != nil {
      return ["the ciphertext has not changed, but its id or serial has, since"]
    }
    guard isSameMark || isSameFile, let since = last.exposed else { return [] }
    guard let present = now.exposed else {
      return ["the mark 'exposed' was removed without a rotation, since"]
    }
    return present > since
      ? ["this key was exposed earlier, on \(since.printable(limit: 20)), in"] : []
  }

  /// A key that moved keeps its lineage, and its serial with it.
  private func byLineage(_ places: [(ChangedPlace, [UInt8]?)]) throws(Failure) -> [Finding] {
    let new = places.compactMap { place, before -> (ChangedPlace, KeyMark)? in
      guard place.hasCiphertext, let now = KeyMark(place.sidecar), now.id != nil,
        now.id != KeyMark(before)?.id
      else { return nil }
      return (place, now)
    }
    guard !new.isEmpty else { return [] }
    let paths = base.files.sortedKeys.filter {
      $0.hasSuffix(".yaml") && $0.hasPrefix(Paths.vault + "/")
    }
    let contents = try base.read(paths)
    let marks = concurrentMap(paths.count) { KeyMark(contents[$0]) }
    var known: [Name: [(serial: Int, path: String)]] = [:]
    for (path, mark) in zip(paths, marks) {
      guard let id = mark?.id, let serial = mark?.serial else { continue }
      known[id, default: []].append((serial, path))
    }
    return new.compactMap { place, now in
      guard let before = known[now.id ?? ""], let serial = now.serial,
        let least = before.min(by: { $0.serial < $1.serial }), serial < least.serial
      else { return nil }
      return Finding(
        .rolledBack, in: place.name.sidecarPath, at: now.place,
        "the serial is \(serial), and that of the same key is \(least.serial) in \(base.name), in "
          + least.path.printable,
        hint: "move keys with 'keyvault mv', which keeps their serial")
    }
  }

  private func hint(for name: EntryName, hadKey: Bool) -> String {
    guard hadKey else { return "add it as a new key: \(Shell("keyvault add \(name) --replace"))" }
    let restore =
      "restore it: "
      + "\(Shell("git checkout \(base.revision) -- \(paths: [name.ciphertextPath, name.sidecarPath])")); "
      + "to store a new key: '\(Shell("keyvault rotate \(name)"))'"
    return base.isMerged
      ? restore
      : "merge \(base.name) first if it has advanced; otherwise "
        + "\(restore)"
  }
}
