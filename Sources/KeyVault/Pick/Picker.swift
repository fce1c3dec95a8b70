public import GPG

/// Finds the key that serves a capability: opens one candidate after the other, best first, until one
/// can be used, or so many cannot that the rest is not tried.
public struct Picker: Sendable {
  private let repository: Repository
  private let policy: OriginPolicy
  private let gpg: GPG
  /// Asks the providers again; nil where their last verdict counts.
  private let prober: Prober?
  private let planner: ProbePlanner
  /// Of the command line; replaces the environment's own.
  private let gateway: String?

  /// `policy` says where keys may be sent besides their providers' own hosts.
  public init(
    repository: Repository, gpg: GPG, policy: OriginPolicy, prober: Prober? = nil,
    gateway: String? = nil
  ) {
    self.repository = repository
    self.policy = policy
    self.gpg = gpg
    self.prober = prober
    self.gateway = gateway
    planner = ProbePlanner(catalogue: repository.catalogue, policy: policy, allowsCost: false)
  }

  /// The first that works, as `past` or, with a prober, its provider says. Throws if no key of the
  /// environment has the capability; one that has it and does not serve is skipped, with a reason. None is
  /// tried after `end`.
  public func pick(
    _ capability: Capability, in environment: String, past: History.Past, now: Timestamp,
    until end: ContinuousClock.Instant? = nil
  ) async throws(Failure) -> Pick {
    let candidates = try await Candidates.made(
      for: capability, in: environment, of: repository, known: KnownVerdicts(past),
      asksAnew: prober != nil, policy: policy)
    var pick = Pick(
      capability: capability, environment: environment, choice: nil, skipped: candidates.skipped)
    let tried = candidates.ranked.prefix(Limits.tries)
    let signatures = await SignatureGate.made(for: tried.map(\.entry), in: repository)
    for (index, candidate) in tried.enumerated() where !Task.isCancelled {
      if let end, .now >= end {
        pick.skipped += Self.untried(candidates.ranked[index...], "the deadline has passed")
        return pick
      }
      do throws(Failure) {
        let opened = try await candidate.open(
          in: repository.vault, gpg: gpg, signatures: signatures)
        try await consider(candidate, opened, now: now, for: &pick)
      } catch let error where error.kind == .programMissing {
        throw error
      } catch {
        pick.skipped.append(Skip(candidate.entry, error))
      }
      if pick.choice != nil { return pick }
    }
    pick.skipped += Self.untried(
      candidates.ranked[tried.endIndex...], "\(tried.count) others could not be used")
    return pick
  }

  /// One line for all that were not tried.
  private static func untried(
    _ rest: ArraySlice<Candidates.Candidate>, _ reason: String
  ) -> [Skip] {
    guard let first = rest.first else { return [] }
    let others = rest.count == 1 ? "" : ", like \(rest.count - 1) more"
    return [Skip(first.entry, .unclear, .untested, "not tried\(others): \(reason)")]
  }

  private func consider(
    _ candidate: Candidates.Candidate, _ opened: OpenedEntry, now: Timestamp, for pick: inout Pick
  ) async throws(Failure) {
    try NameGate(in: repository).check([
      Rendering.Variable(
        name: candidate.slot.variable(of: opened), value: .key(opened), origin: opened.name.path)
    ])
    // As the program will use it: through the gateway of the environment that asks.
    let gateway = gateway ?? repository.environment(pick.environment).gateway
    let result = await prober?.test(opened, gateway: gateway, now: now)
    if let result {
      pick.results.append(result)
      guard result.word == .valid else {
        pick.skipped.append(Skip(candidate.entry, result))
        return
      }
    }
    let baseURL: String
    do throws(ProbePlan.Early) {
      baseURL = try planner.baseURL(
        for: opened.payload, of: candidate.slot.provider, gateway: gateway)
    } catch {
      throw Failure(.malformed, error.note)
    }
    pick.choice = Pick.Choice(
      slot: candidate.slot, opened: opened, baseURL: baseURL,
      verdict: result?.verdict ?? candidate.record?.verdict ?? .untested,
      checked: result?.checked ?? candidate.record?.at)
  }
}

extension Candidates.Candidate {
  func open(
    in vault: Vault, gpg: GPG, signatures: SignatureGate
  ) async throws(Failure) -> OpenedEntry {
    let interruption = Failure(.io, "'\(entry.name)' was not opened: the task was cancelled")
    return try await BlockingWork.run(or: interruption) { [entry] () throws(Failure) in
      try vault.open(entry, requiring: .signed, with: gpg, by: signatures)
    }
  }
}
