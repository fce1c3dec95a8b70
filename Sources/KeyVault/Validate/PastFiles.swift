internal import GPG
internal import Naming

/// The files of some places in the base and in every commit before it.
struct PastFiles {
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

  /// The content of the place's sidecar with the highest serial; of several, one that marks the key as exposed,
  /// which only a new key ends. nil if it never had one.
  func last(of name: EntryName) -> KeyMark? {
    func rank(_ mark: KeyMark) -> (Int, Int) { (mark.serial ?? 0, mark.exposed == nil ? 0 : 1) }
    return marks[name]?.filter { $0.serial != nil }.max { rank($0) < rank($1) }
  }

  /// The earlier ciphertext that this one is, in whatever framing; nil if it is new, or is the base's.
  func version(of identity: [UInt8]?, at name: EntryName) -> Ciphertext? {
    guard let identity, identity != current[name] else { return nil }
    return ciphertexts[name]?.first { $0.identity == identity }
  }
}
