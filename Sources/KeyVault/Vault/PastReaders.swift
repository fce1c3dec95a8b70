internal import GPG
internal import Naming

/// Who could read which key, by the ciphertexts of a history. Each ciphertext is looked
/// at once, however many people there are.
struct PastReaders {
  private enum Reader: Hashable {
    case person(Name)
    /// A key id that no public key file has, or a hidden one: it may be anybody's.
    case unknown
    /// There was no ciphertext.
    case everybody
  }

  private struct Proof {
    let commit: String?
    let time: Timestamp
  }

  /// The last proof of each reader.
  private typealias Proofs = [Reader: Proof]

  private var lineages: [Name: Proofs] = [:]
  private var places: [Name: Proofs] = [:]
  /// Of the states that do not say which key they held.
  private var unnamed: [Name: Proofs] = [:]

  /// Everybody who has or had a public key file; sorted.
  private let people: [String]

  /// Looks for `people` (fingerprints), or for everybody who has or had a public key file where that is
  /// nil. Asks gpg once about each version of each file.
  init(_ history: VaultHistory, of people: Set<Name>? = nil, program: GPGProgram) {
    self.people = history.publicKeys.sortedKeys
    let holders = Self.holders(history.publicKeys, program)
    let readers = concurrentMap(history.states.count) {
      Self.readers(by: history.states[$0].readers, holders, people)
    }
    for (state, readers) in zip(history.states, readers) where !readers.isEmpty {
      let proof = Proof(commit: state.commit, time: state.time)
      for reader in readers {
        Self.keep(proof, in: &places[state.entry, default: [:]][reader])
        if let lineage = state.lineage {
          Self.keep(proof, in: &lineages[lineage, default: [:]][reader])
        } else {
          Self.keep(proof, in: &unnamed[state.entry, default: [:]][reader])
        }
      }
    }
  }

  private static func keep(_ proof: Proof, in place: inout Proof?) {
    if place.map({ $0.time < proof.time }) ?? true { place = proof }
  }

  /// Whose each key id is that could ever decrypt: revoked and expired subkeys open old messages all the
  /// same.
  private static func holders(
    _ files: [Name: Set<[UInt8]>], _ program: GPGProgram
  ) -> [UInt64: Set<Name>] {
    let versions = files.flatMap { file in file.value.map { (file.key, $0) } }
    let ids = concurrentMap(versions.count) { index in
      // A file that gpg cannot read names no reader; ids in messages that it would explain stay
      // unmapped, and so count.
      let keys = try? program.inspect(versions[index].1)
      return (keys ?? []).flatMap(\.subkeys).map(\.keyID)
    }
    var holders: [UInt64: Set<Name>] = [:]
    for (version, ids) in zip(versions, ids) {
      for id in ids { holders[id, default: []].insert(version.0) }
    }
    return holders
  }

  private static func readers(
    by keyIDs: [UInt64]?, _ holders: [UInt64: Set<Name>], _ people: Set<Name>?
  ) -> Set<Reader> {
    guard let keyIDs else { return [.everybody] }
    var readers: Set<Reader> = []
    for id in keyIDs {
      guard let found = holders[id] else {
        readers.insert(.unknown)
        continue
      }
      for person in found where people?.contains(person) ?? true { readers.insert(.person(person)) }
    }
    return readers
  }

  /// Why the key that an entry holds now counts as known to a person; nil if it does not.
  func debt(of person: String, for entry: Vault.Entry) -> Debt.Key? {
    let name = entry.name.path
    guard let id = entry.sidecar?.id else {
      return key(name, places[name], person, as: .lineage)
    }
    if let found = key(name, lineages[id], person) { return found }
    // Before the entry had an id it may have been the same key; not if it was rotated since.
    return key(name, unnamed[name], person, since: entry.sidecar?.rotated, as: .lineage)
  }

  /// The keys, by lineage, that the person could read for certain or perhaps.
  func lineages(of person: String) -> Set<Name> {
    Set(lineages.filter { key("", $0.value, person) != nil }.keys)
  }

  /// Everybody but `readers` to whom the key that an entry holds now counts as known.
  func debts(
    for entry: Vault.Entry, besides readers: Set<Name>
  ) -> [(person: String, key: Debt.Key)] {
    let name = entry.name.path
    let proofs = entry.sidecar?.id.map { [lineages[$0], unnamed[name]] } ?? [places[name]]
    // Most have none but their readers.
    let isSuspect = proofs.contains { proofs in
      proofs?.keys.contains { reader in
        if case .person(let person) = reader { !readers.contains(person) } else { true }
      } ?? false
    }
    guard isSuspect else { return [] }
    return people.filter { !readers.contains($0) }.compactMap { person in
      debt(of: person, for: entry).map { (person, $0) }
    }
  }

  /// What names the person counts more than what may, and the later more than the earlier.
  private func key(
    _ entry: String, _ proofs: Proofs?, _ person: String, since: Timestamp? = nil,
    as given: Debt.Reason? = nil
  ) -> Debt.Key? {
    func proof(_ reader: Reader) -> Proof? {
      proofs?[reader].flatMap { proof in since.map { $0 <= proof.time } ?? true ? proof : nil }
    }
    let named = proof(.person(Name(person))).map { (Debt.Reason.named, $0) }
    let others = [(Debt.Reason.unmapped, proof(.unknown)), (.unreadable, proof(.everybody))]
      .compactMap { reason, proof in proof.map { (reason, $0) } }
    guard let (reason, proof) = named ?? others.max(by: { $0.1.time < $1.1.time }) else {
      return nil
    }
    return Debt.Key(entry: entry, reason: given ?? reason, commit: proof.commit)
  }
}
