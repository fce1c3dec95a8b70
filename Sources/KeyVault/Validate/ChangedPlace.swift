internal import GPG
internal import Naming
internal import YAML

/// A place in the vault where a change has something else than its base.
struct ChangedPlace: Sendable {
  let name: EntryName
  /// As it lies there; nil where there is none that can be read.
  let ciphertext: [UInt8]?
  let sidecar: [UInt8]?
  /// Whether the ciphertext is not the base's.
  let hasOtherKey: Bool

  /// nil if all is as in the base. `absent` has what is not checked out.
  init?(
    _ name: EntryName, in folder: borrowing Folder, absent: AbsentFiles, base: Snapshot
  ) {
    let ciphertext =
      (try? folder.read(name.ciphertextName, limit: Limits.ciphertext))
      ?? (try? absent.read(name.ciphertextPath)) ?? nil
    let sidecar =
      (try? folder.read(name.sidecarName, limit: Limits.sidecar))
      ?? (try? absent.read(name.sidecarPath)) ?? nil
    self.init(name, ciphertext, sidecar, base: base)
  }

  /// Of an entry that is not checked out.
  init?(_ name: EntryName, absent: AbsentFiles, base: Snapshot) {
    self.init(
      name, (try? absent.read(name.ciphertextPath)) ?? nil,
      (try? absent.read(name.sidecarPath)) ?? nil, base: base)
  }

  private init?(
    _ name: EntryName, _ ciphertext: [UInt8]?, _ sidecar: [UInt8]?, base: Snapshot
  ) {
    func isSame(_ bytes: [UInt8]?, _ path: String) -> Bool {
      bytes.map { base.holds($0, at: path) } ?? (base.files[path] == nil)
    }
    let isSameKey = isSame(ciphertext, name.ciphertextPath)
    if isSameKey, isSame(sidecar, name.sidecarPath) { return nil }
    self.name = name
    self.ciphertext = ciphertext
    self.sidecar = sidecar
    hasOtherKey = ciphertext != nil && !isSameKey
  }

  /// Nothing lies there any more.
  init(goneFrom name: EntryName) {
    self.name = name
    (ciphertext, sidecar, hasOtherKey) = (nil, nil, false)
  }
}

/// What a sidecar says of which key it stands beside, read also where the schema objects to the rest.
struct KeyMark: Sendable {
  let id: String?
  let serial: Int?
  let digest: String?
  /// Since when somebody may know the key who must not.
  let exposed: String?
  /// As it is written; it stays while the key is exchanged.
  let created: String?
  /// Of the serial.
  let place: Place

  /// nil for what is no sidecar at all.
  init?(_ bytes: [UInt8]?) {
    guard let bytes, let root = try? Document(parsing: bytes).root else { return nil }
    id = root["id"]?.string
    serial = root["serial"]?.serial
    digest = root["digest"]?.string
    exposed = root["exposed"].map { $0["since"]?.string ?? "" }
    created = root["created"]?.string
    place = root["serial"]?.place ?? .start
  }
}

extension Snapshot {
  /// The highest serial that a sidecar of that place had in this commit or before, 0 if there was none.
  func lastSerial(at name: EntryName) throws(Failure) -> Int {
    try lastNumber(at: name.sidecarPath) { KeyMark($0)?.serial }
  }

  /// Like `lastSerial`, but for the numbers under which the lists were signed.
  func lastCounter() throws(Failure) -> Int {
    try lastNumber(at: SignedRecipients.path) { SignedRecipients(parsing: $0)?.content.counter }
  }

  private func lastNumber(
    at path: String, of number: @Sendable ([UInt8]) -> Int?
  ) throws(Failure) -> Int {
    let versions = try history(of: [path])[path] ?? []
    let numbers = try contents(of: versions, number).compactMap { $0 ?? nil }
    // Anybody may have committed any number: one to which no change leads does not count, or it would take
    // the last, and leave none for the next.
    return numbers.sorted().reduce(0) { last, number in
      (last...last + Payload.greatestLeap).contains(number) ? number : last
    }
  }
}

/// What lay at some places in the base and in every commit before it.
struct Past {
  struct Ciphertext {
    let identity: [UInt8]
    let commit: String
    /// What the sidecar of that time said; nil if none did.
    let serial: Int?
  }

  /// What is kept of a version of either file of an entry.
  private struct Content: Sendable {
    let mark: KeyMark?
    /// Of a ciphertext.
    let identity: [UInt8]?
    let digest: String

    init(_ bytes: [UInt8]) {
      identity = try? Message(bytes).identity
      mark = identity == nil ? KeyMark(bytes) : nil
      digest = Vault.digest(bytes)
    }
  }

  private var ciphertexts: [EntryName: [Ciphertext]] = [:]
  private var marks: [EntryName: [KeyMark]] = [:]
  private var current: [EntryName: [UInt8]] = [:]

  init(of places: [ChangedPlace], in base: Snapshot) throws(Failure) {
    let names = places.map(\.name)
    let versions = try base.history(of: names.flatMap { [$0.ciphertextPath, $0.sidecarPath] })
    for (name, bytes) in zip(names, try base.read(names.map(\.ciphertextPath))) {
      current[name] = bytes.flatMap { try? Message($0).identity }
    }
    // All that is needed, by one process.
    let contents = try base.contents(
      of: names.flatMap { (versions[$0.sidecarPath] ?? []) + (versions[$0.ciphertextPath] ?? []) },
      Content.init)
    var rest = contents[...]
    for name in names {
      let sidecars = rest.prefix(versions[name.sidecarPath]?.count ?? 0)
      let marks = sidecars.compactMap { $0?.mark }
      rest = rest.dropFirst(sidecars.count)
      let old = versions[name.ciphertextPath] ?? []
      self.marks[name] = marks
      var serials: [Name: Int] = [:]
      for mark in marks {
        guard let digest = mark.digest, let serial = mark.serial else { continue }
        serials[digest] = max(serial, serials[digest] ?? serial)
      }
      ciphertexts[name] = zip(old, rest).compactMap { version, content in
        guard let content, let identity = content.identity else { return nil }
        return Ciphertext(
          identity: identity, commit: version.commit, serial: serials[content.digest])
      }
      rest = rest.dropFirst(old.count)
    }
  }

  /// What the sidecar of the highest serial said that ever lay there; nil if none did.
  func last(of name: EntryName) -> KeyMark? {
    marks[name]?.filter { $0.serial != nil }.max { ($0.serial ?? 0) < ($1.serial ?? 0) }
  }

  /// The earlier ciphertext that this one is, in whatever framing; nil if it is new, or is the base's.
  func version(of ciphertext: [UInt8], at name: EntryName) -> Ciphertext? {
    guard let identity = try? Message(ciphertext).identity, identity != current[name] else {
      return nil
    }
    return ciphertexts[name]?.first { $0.identity == identity }
  }
}
