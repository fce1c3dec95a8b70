public import GPG
internal import Synchronization

/// Opens and probes many entries at once. Decryption has as many lanes as there are cores and
/// overlaps the requests; the width of the requests is the client's.
public struct TestRun: Sendable {
  private let repository: Repository
  private let gpg: GPG
  private let prober: Prober
  /// Of the command line; replaces each environment's own.
  private let gateway: String?

  public init(repository: Repository, gpg: GPG, prober: Prober, gateway: String?) {
    self.repository = repository
    self.gpg = gpg
    self.prober = prober
    self.gateway = gateway
  }

  /// One result an entry, in the entries' order. `progress` hears of each as it comes.
  ///
  /// What has no answer when `deadline` has passed, or when the task is cancelled, is cut short: no
  /// verdict is known then. The clock starts once the first entry was opened: a person may have to
  /// type a passphrase.
  public func results(
    of entries: [Vault.Entry], now: Timestamp, deadline: Duration? = nil,
    progress: @escaping @Sendable (TestResult) -> Void
  ) async -> [TestResult] {
    let lanes = DecryptionLanes()
    let signatures = SignatureGate(for: entries, in: repository)
    let (start, startClock) = AsyncStream.makeStream(of: Void.self)
    let end = RunEnd(after: deadline)
    return await withTaskGroup(of: (Int, TestResult)?.self) { group in
      if let deadline {
        group.addTask {
          for await _ in start {}
          try? await Task.sleep(for: deadline)
          return nil
        }
      }
      for (index, entry) in entries.enumerated() {
        group.addTask {
          var result = await test(entry, on: lanes, signatures, now: now) {
            startClock.finish()
            return end.instant
          }
          result.isRequired = repository.requires(entry)
          result.isExposed = entry.sidecar?.exposed == nil ? nil : true
          result.isOverdue = repository.freshness(of: entry, now: now).isLate
          result.acknowledge(by: entry, now: now)
          progress(result)
          return (index, result)
        }
      }
      var results = [TestResult?](repeating: nil, count: entries.count)
      var missing = entries.count
      while missing > 0, let next = await group.next() {
        if let (index, result) = next {
          results[index] = result
          missing -= 1
        } else {
          group.cancelAll()
        }
      }
      group.cancelAll()
      return results.compactMap(\.self)
    }
  }

  private func test(
    _ entry: Vault.Entry, on lanes: DecryptionLanes, _ signatures: SignatureGate, now: Timestamp,
    opened: () -> ContinuousClock.Instant?
  ) async -> TestResult {
    func early(_ verdict: Verdict, _ note: String) -> TestResult {
      TestResult(
        entry: entry.name.path, provider: entry.provider, verdict: verdict, note: note, checked: now
      )
    }
    if entry.sidecar?.isDisabled == true { return early(.untested, "disabled in its sidecar") }
    let outcome = await lanes.run { [vault = repository.vault, gpg] in
      Result { () throws(Failure) in
        try vault.open(entry, requiring: .signed, with: gpg, by: signatures)
      }
    }
    let end = opened()
    switch outcome {
    case .success(let opened)?:
      let own = repository.gateway(of: entry.name)
      var result = await Patience.$end.withValue(end) {
        await prober.test(opened, gateway: gateway ?? own, now: now)
      }
      result.doubts = opened.doubts
      return result
    // Ctrl-C reaches gpg too, so a failure says nothing then.
    case .failure(let failure)? where !Task.isCancelled:
      var result = early(failure.kind == .locked ? .locked : .misconfigured, failure.message)
      result.next = failure.hints.first
      if failure.kind != .locked { result.error = failure.message }
      return result
    default:
      var result = early(.untested, "")
      result.cutShort()
      return result
    }
  }
}

/// When a run ends: so long after the first key was opened.
private final class RunEnd: Sendable {
  private let limit: Duration?
  private let known = Mutex<ContinuousClock.Instant?>(nil)

  init(after limit: Duration?) {
    self.limit = limit
  }

  /// Of the first that asks; nil where there is no limit.
  var instant: ContinuousClock.Instant? {
    guard let limit else { return nil }
    return known.withLock { known in
      let end = known ?? .now + limit
      known = end
      return end
    }
  }
}
