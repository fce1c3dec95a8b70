internal import YAML

/// Every state of every entry in every commit that a local ref reaches, and what lies there now. Nothing
/// is opened.
struct VaultHistory {
  /// One entry as a commit left it.
  struct State: Sendable {
    let entry: String
    /// nil for what lies there now.
    let commit: String?
    /// When it was committed, by the clock of whoever did; of what lies there now, before all.
    let time: Timestamp
    /// Of the sidecar; nil where there was none, or none that says.
    let lineage: String?
    /// Of the sidecar.
    let serial: Int?
    let ciphertext: [UInt8]
  }

  /// Entries, oldest commit last.
  let states: [State]
  /// Every version of every file in `.public-keys`, by the fingerprint that it is named by.
  let publicKeys: [String: Set<[UInt8]>]
  /// Whether all commits and their objects are here.
  let isWhole: Bool

  /// Throws if there is no git, or no work tree.
  init(of repository: Repository) throws(Failure) {
    let git = Git(in: repository.root)
    let top = try git.requiredPrefix(or: "cannot read the history")
    isWhole = git.isWhole
    let changes = try Self.changes(git)
    let past = try Self.read(changes, below: top, GitObjects(git))
    let present = try Self.present(repository)
    states = past.states + present.states
    publicKeys = past.publicKeys.merging(present.publicKeys) { $0.union($1) }
  }

  /// What lies there, where there is no history to look at.
  init(ofPresent repository: Repository) throws(Failure) {
    (states, publicKeys) = try Self.present(repository)
    isWhole = false
  }

  private static func present(
    _ repository: Repository
  ) throws(Failure) -> (states: [State], publicKeys: [String: Set<[UInt8]>]) {
    let vault = repository.vault
    let entries = try vault.entries()
    let states = concurrentMap(entries.count) { index -> State? in
      let entry = entries[index]
      let bytes = try? Folder(repository.root).folder(vault.path(entry.name.environment))
        .read(entry.name.ciphertextName, limit: Limits.ciphertext)
      return bytes.map { bytes in
        State(
          entry: entry.name.path, commit: nil, time: Timestamp(seconds: 0),
          lineage: entry.sidecar?.id, serial: entry.sidecar?.serial, ciphertext: bytes)
      }
    }
    var publicKeys: [String: Set<[UInt8]>] = [:]
    for name in PublicKeys.names(in: repository) {
      guard let bytes = vault.publicKey(name) else { continue }
      publicKeys[name.uppercased()] = [bytes]
    }
    return (states.compactMap(\.self), publicKeys)
  }

  /// A path below the vault that a commit changed.
  private struct Change: Hashable {
    let commit: String
    let time: Timestamp
    /// Without `vault/`.
    let path: String
  }

  private static func changes(_ git: Git) throws(Failure) -> [Change] {
    let logged = try RawLog.changes(
      git, in: ["--all"], below: [Vault.folder],
      or: "git could not list the history of \(Vault.folder)/")
    return logged.filter { $0.path.hasPrefix(Vault.folder + "/") }.map { change in
      Change(
        commit: change.commit, time: change.time,
        path: String(change.path.dropFirst(Vault.folder.count + 1)))
    }
  }

  private static func read(
    _ changes: [Change], below top: String, _ objects: GitObjects
  ) throws(Failure) -> (states: [State], publicKeys: [String: Set<[UInt8]>]) {
    // The pair of an entry matters where either file changed.
    var entries: [Change] = []
    var seen: Set<Change> = []
    var keys: [Change] = []
    for change in changes {
      let keyFolder = RecipientList.publicKeys + "/"
      if change.path.hasPrefix(keyFolder) {
        keys.append(change)
        continue
      }
      guard let end = [".gpg", ".yaml"].first(where: change.path.hasSuffix) else { continue }
      let entry = Change(
        commit: change.commit, time: change.time, path: String(change.path.dropLast(end.count)))
      if seen.insert(entry).inserted { entries.append(entry) }
    }
    func name(_ change: Change, _ suffix: String) -> String {
      "\(change.commit):\(top)\(Vault.folder)/\(change.path)\(suffix)"
    }
    let ciphertexts = try objects.blobs(entries.map { name($0, ".gpg") })
    let sidecars = try objects.blobs(entries.map { name($0, ".yaml") })
    // One that is no YAML says nothing.
    let roots = concurrentMap(sidecars.count) { index in
      sidecars[index].flatMap { try? Document(parsing: $0).root }
    }
    var states: [State] = []
    for (index, entry) in entries.enumerated() {
      guard let ciphertext = ciphertexts[index] else { continue }
      states.append(
        State(
          entry: entry.path, commit: entry.commit, time: entry.time,
          lineage: roots[index]?["id"]?.string, serial: roots[index]?["serial"]?.int,
          ciphertext: ciphertext))
    }
    var publicKeys: [String: Set<[UInt8]>] = [:]
    for (key, blob) in zip(keys, try objects.blobs(keys.map { name($0, "") })) {
      guard let blob else { continue }
      let fingerprint = String(key.path.dropFirst(RecipientList.publicKeys.count + 1))
      publicKeys[fingerprint.uppercased(), default: []].insert(blob)
    }
    return (states, publicKeys)
  }
}
