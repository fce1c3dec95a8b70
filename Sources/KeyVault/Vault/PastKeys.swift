internal import GPG
internal import Naming

/// The keys that an entry had before its present one, from the ciphertexts of git's history.
struct PastKeys {
  enum State {
    case opened(OpenedEntry)
    /// Another entry has it now.
    case inUse(EntryName)
    /// Why no provider can be asked about it here.
    case closed(String)
  }

  struct PastKey {
    let serial: Int?
    let commit: String
    let state: State
  }

  /// The latest first. What is the present key under another serial is among them.
  let keys: [PastKey]
  /// Whether the complete git history was available, and no older key was left out.
  let isComplete: Bool

  /// Looks at the place of the entry, and at the earlier places that hold no entry now.
  /// Each ciphertext is opened, not one of each lineage: the author of a commit writes its sidecar
  /// too.
  init(
    of entry: Vault.Entry, opened present: OpenedEntry, in repository: Repository, with gpg: GPG
  ) throws(Failure) {
    let history = try VaultHistory(of: repository)
    let entries = try repository.vault.allEntries()
    let others = Dictionary(
      entries.filter { $0.name != entry.name }.compactMap { other in
        other.sidecar?.id.map { (Name($0), other.name) }
      }, uniquingKeysWith: { first, _ in first })
    let limit = entry.sidecar?.serial ?? present.payload.serial ?? .max
    var keys: [PastKey] = []
    var seen: Set<Name> = []
    let states = Self.states(of: entry.name, in: history, entries).filter { state in
      guard state.serial.map({ $0 < limit }) ?? true, let object = state.object else {
        return false
      }
      return seen.insert(object.id).inserted
    }
    let latest = Array(states.prefix(Limits.opened))
    isComplete = history.isWhole && latest.count == states.count
    for (state, ciphertext) in zip(latest, try history.ciphertexts(of: latest)) {
      guard let commit = state.commit, let ciphertext, let name = EntryName(found: state.entry)
      else {
        continue
      }
      func add(_ serial: Int?, _ result: State) {
        guard serial.map({ $0 < limit }) ?? true else { return }
        keys.append(PastKey(serial: serial, commit: commit, state: result))
      }
      if let lineage = state.lineage, let user = others[lineage] {
        add(state.serial, .inUse(user))
        continue
      }
      do throws(Failure) {
        let opened = try repository.vault.open(past: ciphertext, at: name, with: gpg)
        // The present key before it had a sidecar.
        if state.lineage == nil, opened.holdsSame(as: present) { continue }
        let serial = state.serial ?? opened.payload.serial
        guard !Self.has(opened, serial, in: keys) else { continue }
        add(serial, .opened(opened))
      } catch {
        add(state.serial, .closed(error.message))
      }
    }
    self.keys = keys
  }

  private static func states(
    of name: EntryName, in history: VaultHistory, _ entries: [Vault.Entry]
  ) -> [VaultHistory.State] {
    let taken = Set(names: entries.map(\.name.path))
    var places: Set<Name> = [Name(name.path)]
    var lineages: Set<Name> = []
    while true {
      let known = places.count
      lineages = Set(
        names: history.states.filter { places.contains($0.entry) }.compactMap(\.lineage))
      for state in history.states where !taken.contains(state.entry) {
        if let lineage = state.lineage, lineages.contains(lineage) { places.insert(state.entry) }
      }
      if places.count == known { break }
    }
    return history.states.filter { state in
      state.lineage.map(lineages.contains) ?? places.contains(state.entry)
    }
  }

  private static func has(_ opened: OpenedEntry, _ serial: Int?, in keys: [PastKey]) -> Bool {
    keys.contains { key in
      guard key.serial == serial, case .opened(let other) = key.state else { return false }
      return opened.holdsSame(as: other)
    }
  }
}
