public import GPG

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
  public func results(
    of entries: [Vault.Entry], now: Timestamp,
    progress: @escaping @Sendable (TestResult) -> Void
  ) async -> [TestResult] {
    let lanes = DecryptionLanes()
    return await withTaskGroup(of: (Int, TestResult).self) { group in
      for (index, entry) in entries.enumerated() {
        group.addTask {
          var result = await test(entry, on: lanes, now: now)
          result.isRequired = repository.requires(entry)
          progress(result)
          return (index, result)
        }
      }
      var results = [TestResult?](repeating: nil, count: entries.count)
      for await (index, result) in group { results[index] = result }
      return results.compactMap(\.self)
    }
  }

  private func test(
    _ entry: Vault.Entry, on lanes: DecryptionLanes, now: Timestamp
  ) async -> TestResult {
    func early(_ verdict: Verdict, _ note: String) -> TestResult {
      TestResult(
        entry: entry.name.path, provider: entry.provider, verdict: verdict, note: note, checked: now
      )
    }
    if entry.sidecar?.isDisabled == true { return early(.untested, "disabled in its sidecar") }
    let opened: OpenedEntry
    switch await lanes.run({ [vault = repository.vault, gpg] () -> Result<OpenedEntry, Failure> in
      Result { () throws(Failure) in try vault.openBound(entry, with: gpg) }
    }) {
    case .success(let entry): opened = entry
    case .failure(let failure):
      var result = early(failure.kind == .locked ? .locked : .misconfigured, failure.message)
      result.next = failure.hints.first
      if failure.kind != .locked { result.error = failure.message }
      return result
    }
    let environment = repository.environment(entry.name.environment)
    return await prober.test(opened, gateway: gateway ?? environment.gateway, now: now)
  }
}
