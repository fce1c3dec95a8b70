internal import GPG

/// The keys that somebody could read at some time, by git's history: those that must be made anew once
/// that person has gone (security.md 28).
///
/// It is a lower bound. What git does not have it does not see: squashed pull requests, rendered files,
/// forks, other people's clones.
public struct Debt: Sendable, Codable {
  /// Why a key counts.
  public enum Reason: String, Sendable, Codable {
    /// A ciphertext of the key names the person.
    case named
    /// A ciphertext names a key id that no public key file has, or hides one: it may be the person's.
    case unmapped
    /// A ciphertext that the person could read does not say which key it held.
    case lineage
    /// A file that is no ciphertext lay there, for all to read.
    case unreadable
  }

  public struct Key: Sendable, Codable, Equatable {
    /// As it is named now.
    public var entry: String
    public var reason: Reason
    /// A commit that shows it.
    public var commit: String
  }

  public var version = 1
  public var fingerprint: String
  /// Whether the whole history was there to look at; if not, a key that is not listed proves nothing.
  public var isComplete: Bool
  /// Sorted by entry.
  public var keys: [Key]

  private enum CodingKeys: String, CodingKey {
    case version, fingerprint
    case isComplete = "complete"
    case keys
  }

  /// `fingerprint` is the full one of a primary key. Asks gpg once about each version of each public
  /// key file. Throws without git.
  public init(
    of fingerprint: String, in repository: Repository, program: GPGProgram
  ) throws(Failure) {
    let history = try VaultHistory(of: repository)
    let fingerprint = fingerprint.uppercased()
    guard history.publicKeys[fingerprint] != nil || !history.isWhole else {
      throw Failure(
        .notFound,
        "\(fingerprint) never had a file in \(Vault.folder)/\(RecipientList.publicKeys)/, so nobody "
          + "knows which ciphertexts it opens",
        hints: ["'keyvault recipients' shows those of today"])
    }
    let ids = Self.keyIDs(history.publicKeys, program)
    let own = ids[fingerprint] ?? []
    let others = ids.filter { $0.key != fingerprint }.values.reduce(into: Set()) {
      $0.formUnion($1)
    }
    var exposed = Exposed()
    for state in history.states {
      guard let reason = Self.reason(state.ciphertext, own: own, others: others) else { continue }
      exposed.add(state, reason)
    }
    self.fingerprint = fingerprint
    isComplete = history.isWhole
    keys = try repository.vault.entries().compactMap { exposed.key(for: $0) }
  }

  /// By primary fingerprint, the ids of all keys that could ever decrypt for it: revoked and expired
  /// subkeys open old messages all the same.
  private static func keyIDs(
    _ files: [String: Set<[UInt8]>], _ program: GPGProgram
  ) -> [String: Set<UInt64>] {
    files.mapValues { versions in
      var ids: Set<UInt64> = []
      for bytes in versions {
        // A file that gpg cannot read names nobody; ids in messages that it would explain stay
        // unmapped, and so count.
        let keys = try? GPG.inspect(
          publicKeyFile: bytes, program: program.path, runtimeDirectory: program.runtimeDirectory)
        for key in keys ?? [] { ids.formUnion(key.subkeys.map(\.keyID)) }
      }
      return ids
    }
  }

  private static func reason(
    _ ciphertext: [UInt8], own: Set<UInt64>, others: Set<UInt64>
  ) -> Reason? {
    guard let message = try? Message(ciphertext) else { return .unreadable }
    if message.recipients.contains(where: own.contains) { return .named }
    return message.recipients.allSatisfy(others.contains) ? nil : .unmapped
  }
}

/// What history shows of lineages, and of places.
private struct Exposed {
  private struct Proof {
    let reason: Debt.Reason
    let commit: String
    let time: Timestamp
  }

  private var lineages: [String: Proof] = [:]
  /// The last readable ciphertext at each place, and the last of those that do not say which key.
  private var places: [String: Proof] = [:]
  private var unnamed: [String: Proof] = [:]

  mutating func add(_ state: VaultHistory.State, _ reason: Debt.Reason) {
    let proof = Proof(reason: reason, commit: state.commit, time: state.time)
    Self.keep(proof, in: &places[state.entry])
    if let lineage = state.lineage {
      Self.keep(proof, in: &lineages[lineage])
    } else {
      Self.keep(proof, in: &unnamed[state.entry])
    }
  }

  /// What names the person counts more than what may, and the later more than the earlier.
  private static func keep(_ proof: Proof, in place: inout Proof?) {
    guard let old = place else {
      place = proof
      return
    }
    let isBetter = proof.reason == .named && old.reason != .named
    let isWorse = proof.reason != .named && old.reason == .named
    if isBetter || !isWorse && proof.time > old.time { place = proof }
  }

  func key(for entry: Vault.Entry) -> Debt.Key? {
    let name = entry.name.path
    guard let id = entry.sidecar?.id else {
      return places[name].map { Debt.Key(entry: name, reason: .lineage, commit: $0.commit) }
    }
    if let proof = lineages[id] {
      return Debt.Key(entry: name, reason: proof.reason, commit: proof.commit)
    }
    // Before the entry had an id it may have been the same key; not if it was rotated since.
    guard let proof = unnamed[name], entry.sidecar?.rotated.map({ $0 <= proof.time }) ?? true
    else { return nil }
    return Debt.Key(entry: name, reason: .lineage, commit: proof.commit)
  }
}
