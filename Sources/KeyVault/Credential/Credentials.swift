public import GPG
internal import HTTP
internal import Synchronization

/// The keys of a repository for a program that runs: each is opened once, used as long as its file
/// is unchanged, and replaced by the next provider's where it does not serve.
public final class Credentials: Sendable {
  public let repository: Repository
  private let gpg: GPG
  private let prober: Prober
  private let client: HTTPClient
  private let planner: ProbePlanner
  private let policy: OriginPolicy
  private let history: History?
  private let clock: @Sendable () -> Timestamp
  private let tell: @Sendable (Skip) -> Void
  private let known: Mutex<KnownVerdicts>
  private let opened = Mutex<[EntryName: Held]>([:])

  /// A key in memory, and the sidecar beside which it was opened.
  private struct Held {
    let entry: OpenedEntry
    let sidecar: String?
  }

  /// - Parameters:
  ///   - repository: Its `keyvault.yaml` and `providers.d` are not read again.
  ///   - gpg: Holds the secret key that opens the entries.
  ///   - policy: Where keys may be sent besides their providers' own hosts.
  ///   - history: What is known of the keys; nil to begin with nothing, and to write nothing down.
  ///   - clock: The time of verdicts.
  ///   - tell: Called with each entry that was passed over, and why.
  public init(
    of repository: Repository, gpg: GPG, policy: OriginPolicy = OriginPolicy(allowed: []),
    history: History? = nil, clock: @escaping @Sendable () -> Timestamp = { .now },
    tell: @escaping @Sendable (Skip) -> Void = { _ in }
  ) throws(Failure) {
    self.repository = repository
    self.gpg = gpg
    self.history = history
    self.policy = policy
    self.clock = clock
    self.tell = tell
    do throws(HTTPError) {
      client = try HTTPClient(userAgent: "keyvault")
    } catch {
      throw Failure(.programMissing, error.message, hints: error.hint.map { [$0] } ?? [])
    }
    prober = Prober(client: client, catalogue: repository.catalogue, policy: policy)
    planner = ProbePlanner(
      catalogue: repository.catalogue, policy: policy, allowsCost: false)
    known = Mutex(KnownVerdicts(history?.past(now: clock())))
  }

  /// Has `body` use the best key of `environment` whose provider has the capability: preferred providers
  /// first, then those that were seen to work. Where `body` throws a ``Refusal``, the next one is tried;
  /// any other error, and the result, are passed on.
  ///
  /// Throws ``NoCredential`` where none served, and ``Failure`` where the environment cannot be read.
  public func withCredential<R: Sendable>(
    for capability: Capability, in environment: String,
    _ body: (Credential) async throws -> R
  ) async throws -> R {
    let candidates = try await candidates(for: capability, in: environment)
    let tried = candidates.ranked.prefix(Limits.tries)
    let signatures = await gate(tried.map(\.entry))
    let gateway = repository.environment(environment).gateway
    var skipped = candidates.skipped
    skipped.forEach(tell)
    for candidate in tried {
      try Task.checkCancellation()
      let skip: Skip
      do {
        let credential = try await credential(candidate, signatures, gateway: gateway)
        return try await use(credential, body)
      } catch let failure as Unusable {
        skip = Skip(candidate.entry, failure.failure)
      } catch let refused as Refused {
        skip = await self.skip(candidate, refused, gateway: gateway)
      }
      tell(skip)
      skipped.append(skip)
    }
    throw NoCredential(capability: capability, environment: environment, skipped: skipped)
  }

  /// Asks the providers of an environment's keys again, so that the next choice rests on their
  /// current answers: at the start of a program, or from time to time, since a key that was found
  /// unusable is passed over until then.
  /// What has no answer after `deadline` is not tested.
  @discardableResult
  public func refresh(
    _ environment: String, deadline: Duration = .seconds(60)
  ) async throws(Failure) -> [TestResult] {
    let end = ContinuousClock.now + deadline
    let assembly = try Assembly(environment, in: repository, by: nil)
    let run = TestRun(
      repository: repository, gpg: gpg, prober: prober,
      gateway: repository.environment(environment).gateway)
    let results = await run.results(
      of: assembly.slots.map(\.entry), now: clock(), until: end, progress: { _ in })
    remember(results)
    return results
  }

  /// Errors of our own on the way, which no `body` can throw.
  private struct Unusable: Error { let failure: Failure }
  private struct Refused: Error {
    let refusal: Refusal
    let credential: Credential
  }

  private func use<R: Sendable>(
    _ credential: Credential, _ body: (Credential) async throws -> R
  ) async throws -> R {
    do {
      return try await body(credential)
    } catch let refusal as Refusal {
      throw Refused(refusal: refusal, credential: credential)
    }
  }

  /// A status says little of a key: where it seems to, the provider's probe decides, at no cost.
  private func skip(
    _ candidate: Candidates.Candidate, _ refused: Refused, gateway: String?
  ) async -> Skip {
    let refusal = refused.refusal
    guard refusal.reason == .unusableKey else {
      return Skip(
        candidate.entry, .unclear, refusal.verdict, refusal.text, checked: clock())
    }
    let result = await prober.test(refused.credential.opened, gateway: gateway, now: clock())
    remember([result])
    var skip = Skip(candidate.entry, result)
    skip.reason = [refusal.text, "asked again: " + skip.reason]
      .filter { !$0.isEmpty }.joined(separator: "; ")
    return skip
  }

  /// A history that cannot be written must not stop the program.
  private func remember(_ results: [TestResult]) {
    known.withLock { known in results.forEach { known.add($0) } }
    try? history?.append(results)
  }
}

extension Credentials {
  private func candidates(
    for capability: Capability, in environment: String
  ) async throws(Failure) -> Candidates {
    let known = known.withLock { $0 }
    return try await Candidates.made(
      for: capability, in: environment, of: repository, known: known, asksAnew: false,
      policy: policy)
  }

  private func gate(_ entries: [Vault.Entry]) async -> SignatureGate {
    let fresh = entries.filter { held($0) == nil }
    return await SignatureGate.made(for: fresh, in: repository)
  }

  private func credential(
    _ candidate: Candidates.Candidate, _ signatures: SignatureGate, gateway: String?
  ) async throws -> Credential {
    do throws(Failure) {
      let opened: OpenedEntry
      if let held = held(candidate.entry) {
        opened = held
      } else {
        opened = try await candidate.open(in: repository.vault, gpg: gpg, signatures: signatures)
        hold(opened, candidate.entry)
      }
      do throws(ProbePlan.Early) {
        return try Credential(
          opened, of: candidate.slot.provider, planner: planner, client: client, gateway: gateway)
      } catch {
        throw Failure(.malformed, error.note)
      }
    } catch {
      throw Unusable(failure: error)
    }
  }

  /// The key in memory, if its two files are what they were: every check of them still holds then.
  private func held(_ entry: Vault.Entry) -> OpenedEntry? {
    guard let held = opened.withLock({ $0[entry.name] }), held.sidecar == entry.sidecar?.root.json,
      held.entry.digest == repository.vault.digest(of: entry.name)
    else { return nil }
    return held.entry
  }

  private func hold(_ opened: OpenedEntry, _ entry: Vault.Entry) {
    self.opened.withLock {
      $0[entry.name] = Held(entry: opened, sidecar: entry.sidecar?.root.json)
    }
    try? repository.memory?.save()
  }
}
