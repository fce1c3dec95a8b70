internal import GPG
internal import Naming
internal import YAML

/// Every state of every entry in every commit that a local ref reaches, and in the current files.
/// Nothing is opened.
struct VaultHistory {
  /// One entry as a commit left it.
  struct State: Sendable {
    let entry: String
    /// nil for the current files.
    let commit: String?
    /// When it was committed, by the committer's clock; the current files come before all commits.
    let time: Timestamp
    /// Of the sidecar; nil where there was none, or none that says.
    let lineage: String?
    /// When the entry was made, by the sidecar.
    let created: String?
    /// Of the sidecar.
    let serial: Int?
    /// Whom the ciphertext names, by key ids; nil if it is not a ciphertext.
    let readers: [UInt64]?
    /// git's id of the ciphertext; nil for the present file.
    let object: GitObjects.Blob?
  }

  /// Entries, oldest commit last.
  let states: [State]
  /// Every version of every file in `.public-keys`, by the fingerprint that it is named by.
  let publicKeys: [Name: Set<[UInt8]>]
  private let objects: GitObjects?
  /// Whether all commits and their objects are here.
  let isWhole: Bool

  /// Throws if there is no git, or no work tree.
  init(of repository: Repository) throws(Failure) {
    let git = Git(in: repository.root)
    let top = try git.requiredPrefix(or: "cannot read the history")
    let changes = try Self.changes(git)
    let objects = GitObjects(git)
    let past = try Self.read(changes, below: top, objects)
    let present = try Self.present(repository)
    states = past.states + present.states
    publicKeys = past.publicKeys.merging(present.publicKeys) { $0.union($1) }
    isWhole = past.isWhole && git.isWhole
    self.objects = objects
  }

  /// The current files, where there is no history to read.
  init(ofPresent repository: Repository) throws(Failure) {
    (states, publicKeys) = try Self.present(repository)
    objects = nil
    isWhole = false
  }

  /// The ciphertexts of states that a commit has, in their order.
  func ciphertexts(of states: [State]) throws(Failure) -> [[UInt8]?] {
    guard let objects else { return states.map { _ in nil } }
    return try objects.read(states.map(\.object), limit: Limits.ciphertext) { $0 }
  }

  private static func present(
    _ repository: Repository
  ) throws(Failure) -> (states: [State], publicKeys: [Name: Set<[UInt8]>]) {
    let vault = repository.vault
    let entries = try vault.allEntries()
    let found = concurrentMap(entries.count) { index in
      let entry = entries[index]
      return Result { () throws(FileError) -> State? in
        try vault.bytes(of: entry.name.ciphertextPath).map { bytes in
          State(
            entry: entry.name.path, commit: nil, time: Timestamp(seconds: 0),
            lineage: entry.sidecar?.id, created: entry.sidecar?.root["created"]?.string,
            serial: entry.sidecar?.serial,
            readers: try? Message(bytes).recipients, object: nil)
        }
      }
    }
    var publicKeys: [Name: Set<[UInt8]>] = [:]
    for name in PublicKeys.names(in: repository) {
      guard let bytes = vault.publicKey(name) else { continue }
      publicKeys[name.uppercased()] = [bytes]
    }
    var states: [State] = []
    for state in found {
      if let state = try reporting({ () throws(FileError) in try state.get() }) {
        states.append(state)
      }
    }
    return (states, publicKeys)
  }

  /// A path below the vault that a commit changed.
  private struct Change: Hashable {
    let commit: String
    let time: Timestamp
    /// Without `vault/`.
    let path: Name
    /// Whether the commit has a file there.
    let isThere: Bool
  }

  private static func changes(_ git: Git) throws(Failure) -> [Change] {
    let logged = try RawLog.changes(
      git, in: ["--all"], below: [Paths.vault],
      or: "git could not list the history of \(Paths.vault)/")
    return logged.filter { $0.path.hasPrefix(Paths.vault + "/") }.map { change in
      Change(
        commit: change.commit, time: change.time,
        path: Name(change.path.dropFirst(Paths.vault.count + 1)),
        isThere: !RawLog.isGone(change.object))
    }
  }

  private static func read(
    _ changes: [Change], below top: String, _ objects: GitObjects
  ) throws(Failure) -> (states: [State], publicKeys: [Name: Set<[UInt8]>], isWhole: Bool) {
    // The pair of an entry matters where either file changed.
    var entries: [Change] = []
    var seen: Set<Change> = []
    var written: Set<Change> = []
    var keys: [Change] = []
    for change in changes {
      let keyFolder = Paths.publicKeys + "/"
      if change.path.text.hasPrefix(keyFolder) {
        keys.append(change)
        continue
      }
      guard let end = [".gpg", ".yaml"].first(where: change.path.text.hasSuffix) else { continue }
      let entry = Change(
        commit: change.commit, time: change.time, path: Name(change.path.text.dropLast(end.count)),
        isThere: true)
      if change.isThere, end == ".gpg" { written.insert(entry) }
      if seen.insert(entry).inserted { entries.append(entry) }
    }
    func name(_ change: Change, _ suffix: String) -> String {
      "\(change.commit):\(top)\(Paths.vault)/\(change.path)\(suffix)"
    }
    let found = try objects.find(entries.map { name($0, ".gpg") })
    // What is larger than any ciphertext is none.
    let readers = try objects.read(found, limit: Limits.ciphertext) { try? Message($0).recipients }
    let sidecars = try objects.find(entries.map { name($0, ".yaml") })
    let marks = try objects.read(sidecars, limit: Limits.sidecar) { KeyMark($0) }
    var states: [State] = []
    var isWhole = true
    for (index, entry) in entries.enumerated() {
      guard let object = found[index] else {
        // The commit wrote a ciphertext, and git lacks it.
        if written.contains(entry) { isWhole = false }
        continue
      }
      let mark = marks[index] ?? nil
      states.append(
        State(
          entry: entry.path.text, commit: entry.commit, time: entry.time, lineage: mark?.id,
          created: mark?.created, serial: mark?.serial, readers: readers[index] ?? nil,
          object: object))
    }
    var publicKeys: [Name: Set<[UInt8]>] = [:]
    let versions = try objects.find(keys.map { name($0, "") })
    guard Set(names: versions.compactMap { $0?.id }).count <= Limits.publicKeyVersions else {
      throw Failure(
        .inconclusive,
        "the history of \(PublicKeys.folder) is too large: more than \(Limits.publicKeyVersions) "
          + "versions, about each of which gpg would be asked")
    }
    if zip(keys, versions).contains(where: { $0.isThere && $1 == nil }) { isWhole = false }
    let files = try objects.read(versions, limit: RecipientFile.sizeLimit) { $0 }
    for (key, blob) in zip(keys, files) {
      guard let blob else { continue }
      let fingerprint = String(key.path.text.dropFirst(Paths.publicKeys.count + 1))
      guard Key.isFingerprint(fingerprint) else { continue }
      publicKeys[fingerprint.uppercased(), default: []].insert(blob)
    }
    return (states, publicKeys, isWhole)
  }
}
