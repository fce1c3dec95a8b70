internal import Naming

/// The entries of one environment that can serve a capability, best first, by what is known without
/// opening any.
struct Candidates: Sendable {
  struct Candidate: Sendable {
    let slot: Assembly.Slot
    /// The last verdict on the current key.
    let record: History.Record?

    var entry: Vault.Entry { slot.entry }
  }

  /// In the order in which they are tried.
  private(set) var ranked: [Candidate] = []
  /// Those that are not.
  private(set) var skipped: [Skip] = []

  /// Those that are made beside other tasks.
  static func made(
    for capability: Capability, in environment: String, of repository: Repository,
    known: KnownVerdicts, asksAnew: Bool, policy: OriginPolicy
  ) async throws(Failure) -> Candidates {
    let interruption = Failure(.io, "nothing was read: the task was cancelled")
    return try await BlockingWork.run(or: interruption) { () throws(Failure) in
      try Candidates(
        for: capability, in: environment, of: repository, known: known, asksAnew: asksAnew,
        policy: policy)
    }
  }

  /// Preferred providers first, those that keyvault.yaml does not name last; of one rank, keys that were
  /// seen to work before those of which nothing is known. Keys that were found unusable are passed
  /// over, or, where the providers are asked again, asked last.
  ///
  /// Throws if two entries want one variable, or none has the capability.
  init(
    for capability: Capability, in environment: String, of repository: Repository,
    known: KnownVerdicts, asksAnew: Bool, policy: OriginPolicy
  ) throws(Failure) {
    let vault = repository.vault
    // Of a definition that does not count, the planner says so before the key is handed out.
    try repository.vault.checkIsComplete(
      repository.configuration.inheritance.order(from: environment))
    let assembly = try Assembly(environment, in: repository, by: nil)
    if let conflict = assembly.conflicts.first { throw conflict.failure }
    for (entry, failure) in assembly.unusable where repository.mayHave(capability, entry) {
      skipped.append(Skip(entry, failure))
    }
    for slot in assembly.disabled where slot.provider.has(capability) {
      skipped.append(Skip(slot.entry, .disabled, .untested, "disabled in its sidecar"))
    }
    var unusable: [Candidate] = []
    let gateway = repository.environment(environment).gateway
    for slot in assembly.slots where slot.provider.has(capability) {
      let record = known.record(
        of: slot.entry, provider: slot.provider, gateway: gateway, in: vault)
      let candidate = Candidate(slot: slot, record: record)
      if candidate.rank < Candidate.unusable {
        ranked.append(candidate)
      } else {
        unusable.append(candidate)
      }
    }
    let preferred = repository.configuration.preferences[capability.rawValue] ?? []
    ranked = Self.sorted(ranked, by: preferred)
    unusable = Self.sorted(unusable, by: preferred)
    if asksAnew {
      ranked += unusable
    } else {
      skipped += unusable.map { candidate in
        // 'test' asks through the gateway of the entry's own environment.
        let isAskedByTest = repository.gateway(of: candidate.entry.name) == gateway
        return candidate.skip(
          next: isAskedByTest
            ? Shell("keyvault test \(candidate.entry.name)").description
            : Shell("keyvault pick \(capability.rawValue) \(environment) --test").description)
      }
    }
    guard !ranked.isEmpty || !skipped.isEmpty else {
      throw Failure(
        .nothingToDo, "no key of '\(environment)' is for \(capability.rawValue)",
        hints: [
          "'\(Shell("keyvault providers ls --capability \(capability.rawValue)"))' lists the "
            + "providers that offer it"
        ])
    }
  }

  private static func sorted(
    _ candidates: [Candidate], by preferred: [String]
  ) -> [Candidate] {
    // The order of the environment decides between equals.
    let keyed = candidates.enumerated().map { position, candidate in
      let wish = preferred.firstIndex(of: candidate.slot.provider.id) ?? preferred.count
      return (key: (wish, candidate.rank, position), candidate: candidate)
    }
    return keyed.sorted { $0.key < $1.key }.map(\.candidate)
  }
}

extension Candidates.Candidate {
  /// The rank of those that were found unusable.
  fileprivate static let unusable = 2

  fileprivate var rank: Int {
    switch record?.verdict.word {
    case .valid: 0
    case .invalid: Self.unusable
    default: 1
    }
  }

  /// `next` is a command that asks the provider again.
  fileprivate func skip(next: String) -> Skip {
    let verdict = record?.verdict ?? .untested
    let http = record?.http.map { "HTTP \($0)" } ?? "unusable"
    return Skip(
      entry, .unusable, verdict, http, checked: record?.at,
      next: "run '\(next)' when it may work again")
  }
}

extension Repository {
  /// The capabilities of an unknown provider are unknown.
  fileprivate func mayHave(_ capability: Capability, _ entry: Vault.Entry) -> Bool {
    guard let provider = try? catalogue.provider(entry.provider) else { return true }
    return provider.has(capability)
  }
}
