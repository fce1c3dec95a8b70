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
  /// What has no answer at `end`, or when the task is cancelled, is cut short: no verdict is known then.
  /// Where `isAttended`, the time until the first entry was opened does not count: a person may have to type a
  /// passphrase.
  public func results(
    of entries: [Vault.Entry], now: Timestamp, until end: ContinuousClock.Instant? = nil,
    isAttended: Bool = false, progress: @escaping @Sendable (TestResult) -> Void
  ) async -> [TestResult] {
    let signatures = await SignatureGate.made(for: entries, in: repository)
    let end = RunEnd(end, isAttended: isAttended)
    return await withTaskGroup(of: (Int, TestResult)?.self) { group in
      if end.isKnown {
        group.addTask {
          await end.wait()
          return nil
        }
      }
      for (index, entry) in entries.enumerated() {
        group.addTask {
          var result = await test(entry, signatures, now: now, until: end)
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
    _ entry: Vault.Entry, _ signatures: SignatureGate, now: Timestamp, until end: RunEnd
  ) async -> TestResult {
    func early(_ verdict: Verdict, _ note: String) -> TestResult {
      TestResult(
        entry: entry.name.path, provider: entry.provider, verdict: verdict, note: note, checked: now
      )
    }
    func cutShort() -> TestResult {
      var result = early(.untested, "")
      result.cutShort()
      return result
    }
    if entry.sidecar?.isDisabled == true { return early(.untested, "disabled in its sidecar") }
    guard !end.hasPassed else { return cutShort() }
    let outcome = await BlockingWork.run { [vault = repository.vault, gpg] in
      Result { () throws(Failure) in
        try vault.open(entry, requiring: .signed, with: gpg, by: signatures)
      }
    }
    end.startClock()
    switch outcome {
    case .success(let opened)?:
      let own = repository.gateway(of: entry.name)
      var result = await Patience.$end.withValue(end.instant) {
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
    default: return cutShort()
    }
  }
}

/// When a run ends.
private final class RunEnd: Sendable {
  private let end: ContinuousClock.Instant?
  /// What a person's passphrase takes, which counts from here; nil once it is known.
  private let pause: Mutex<(start: ContinuousClock.Instant, length: Duration?)>
  private let (opened, openedSignal) = AsyncStream.makeStream(of: Void.self)

  init(_ end: ContinuousClock.Instant?, isAttended: Bool) {
    self.end = end
    pause = Mutex((.now, isAttended ? nil : .zero))
    if !isAttended { openedSignal.finish() }
  }

  var isKnown: Bool { end != nil }

  var hasPassed: Bool { instant.map { .now >= $0 } ?? false }

  /// nil where there is none.
  var instant: ContinuousClock.Instant? {
    end.map { $0 + (pause.withLock { $0.length } ?? .zero) }
  }

  /// The first entry was opened, or could not be.
  func startClock() {
    pause.withLock { pause in
      pause.length = pause.length ?? pause.start.duration(to: .now)
    }
    openedSignal.finish()
  }

  /// Returns when the run has ended, or was cancelled.
  func wait() async {
    for await _ in opened {}
    guard let instant else { return }
    try? await Task.sleep(until: instant)
  }
}
