public import GPG
internal import YAML

/// Whether the keys that an entry had before are dead, by their provider's word. It sends old keys, to
/// where each of them may be sent, so it is only done when asked for.
public struct Retirement: Sendable {
  public enum Outcome: String, Sendable {
    /// The provider rejects it.
    case proven
    /// It still works, or is still in use.
    case alive
    /// Unknown.
    case unproven
  }

  public struct Key: Sendable {
    public let serial: Int?
    /// Where its ciphertext is; nil where none was found.
    public let commit: String?
    public let outcome: Outcome
    /// Why.
    public let evidence: String
  }

  /// The latest first.
  public private(set) var keys: [Key] = []
  /// Whether the complete git history was available.
  public let isComplete: Bool

  /// Opens the old ciphertexts and asks. `present` is what the entry holds now: where the provider rejects
  /// that too, its word on the others proves nothing.
  public init(
    of entry: Vault.Entry, opened present: OpenedEntry, in repository: Repository, gpg: GPG,
    prober: Prober, now: Timestamp
  ) async throws(Failure) {
    let past = try PastKeys(of: entry, opened: present, in: repository, with: gpg)
    isComplete = past.isComplete
    let asker = Asker(
      prober: prober, gateway: repository.gateway(of: entry.name), present: present, now: now)
    for key in past.keys {
      let (outcome, evidence) = await asker.judge(key.state)
      keys.append(
        Key(serial: key.serial, commit: key.commit, outcome: outcome, evidence: evidence))
    }
    for old in entry.sidecar?.retired ?? [] where old.proven == nil {
      guard !keys.contains(where: { $0.serial == old.serial }) else { continue }
      keys.append(
        Key(
          serial: old.serial, commit: nil, outcome: .unproven,
          evidence: "git has no ciphertext of it here"))
    }
  }

  /// By serial, whether every key of it is proven dead.
  public var serials: [(serial: Int, isProven: Bool)] {
    Dictionary(grouping: keys.filter { $0.serial != nil }, by: { $0.serial! })
      .map { ($0.key, $0.value.allSatisfy { $0.outcome == .proven }) }
      .sorted { $0.0 < $1.0 }
  }
}

/// Asks about one key after the other.
private struct Asker {
  let prober: Prober
  let gateway: String?
  let present: OpenedEntry
  let now: Timestamp

  func judge(_ state: PastKeys.State) async -> (Retirement.Outcome, String) {
    switch state {
    case .closed(let why): return (.unproven, why)
    case .inUse(let name): return (.alive, "it is the key of '\(name)' now")
    case .opened(let old):
      if old.holdsSame(as: present) {
        return (.alive, "it is the current key, which has never been rotated")
      }
      return await ask(old)
    }
  }

  private func ask(_ old: OpenedEntry) async -> (Retirement.Outcome, String) {
    let result = await prober.test(old, gateway: gateway, now: now)
    let evidence = [result.verdict.rawValue, result.evidence, result.note ?? ""]
      .filter { !$0.isEmpty }.joined(separator: ": ")
    switch result.works {
    case .yes: return (.alive, evidence)
    case .unknown: return (.unproven, evidence)
    case .no:
      let control = await prober.test(present, gateway: gateway, now: now)
      guard control.works != .no else {
        return (.unproven, "\(evidence), and so is the current key, so that proves nothing")
      }
      return (.proven, evidence)
    }
  }
}

extension Vault {
  /// Throws what would keep the sidecar of an entry from being changed: before a provider is asked what is
  /// to be written there.
  public func checkCanChange(_ name: EntryName) throws(Failure) {
    let edits = try SidecarEditor(of: name, in: repository)
    _ = try signer(ofChangeTo: name)
    try checkCanApply([
      VaultChange(file: .sidecar(name), content: edits.document.bytes, over: edits.original)
    ])
  }

  /// Writes into the sidecar which old keys are proven dead, and since when; the rest are unproven. The
  /// files that were written, relative to the root.
  public func record(
    _ retirement: Retirement, of entry: Entry, now: Timestamp
  ) throws(Failure) -> [String] {
    var edits = try SidecarEditor(of: entry.name, in: repository)
    for (serial, isProven) in retirement.serials {
      // The first day on which it was known says more than the last.
      let known = entry.sidecar?.retired.first { $0.serial == serial }
      if isProven, known?.proven != nil { continue }
      try edits.setRetired(serial, isProven ? now.day : Sidecar.Retired.unproven)
    }
    guard edits.isChanged else { return [] }
    let text = try signed(
      &edits, of: entry.name, by: try signer(ofChangeTo: entry.name))
    try apply([VaultChange(file: .sidecar(entry.name), content: text, over: edits.original)])
    return [entry.name.sidecarPath]
  }
}
