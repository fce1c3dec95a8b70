import ArgumentParser
import GPG
import KeyVault

/// `rotate --verify-retired`: whether the keys that an entry had before are dead.
struct RetiredKeys {
  let session: Session
  let repository: Repository
  let provider: Provider

  func verify(
    _ entry: Vault.Entry, opened: OpenedEntry, _ commit: CommitOption
  ) async throws {
    var asking = Prober.Options()
    asking.patience = Patience(retries: 1)
    asking.onWait = WaitNotes.notes(isQuiet: session.options.quiet)
    let prober = Prober(
      client: try session.client(), catalogue: repository.catalogue,
      policy: try session.policy(), options: asking)
    let now = session.surroundings.now
    try repository.vault.checkCanChange(entry.name)
    let retirement = try await Retirement(
      of: entry, opened: opened, in: repository, gpg: session.gpg(), prober: prober, now: now)
    for key in retirement.keys { try Console.output(key.text.printable + "\n") }
    if !retirement.isComplete {
      Console.warning(
        "git's history is not whole here, so there may be more keys",
        hint: Git(in: repository.root).completion)
    }
    let written = try repository.vault.record(retirement, of: entry, now: now)
    if !written.isEmpty { session.note("noted in \(entry.name.sidecarPath)") }
    try commit.run(
      "keyvault: retired keys of \(entry.name)", files: written, in: repository, session)
    try conclude(retirement, entry.name)
  }

  private func conclude(_ retirement: Retirement, _ name: EntryName) throws {
    let alive = retirement.keys.count { $0.outcome == .alive }
    guard alive == 0 else {
      throw Failure(
        .findings,
        alive == 1
          ? "an earlier key of '\(name)' still works"
          : "\(alive) earlier keys of '\(name)' still work",
        hints: provider.links.keys.map { ["revoke what is not needed: \($0)"] } ?? [])
    }
    if !retirement.isComplete || retirement.keys.contains(where: { $0.outcome == .unproven }) {
      throw ExitCode(3)
    }
    guard !retirement.keys.isEmpty else {
      throw Failure(.nothingToDo, "git's history has no earlier key of '\(name)'")
    }
  }
}

extension Retirement.Key {
  /// `serial 2, 3af1c2…: retired: proven: invalid: HTTP 401 · error.code=invalid_api_key`.
  fileprivate var text: String {
    let serial = serial.map { "serial \($0)" } ?? "no serial"
    let commit = commit.map { ", in \($0.prefix(12))" } ?? ""
    let word = outcome == .alive ? "not retired" : "retired: \(outcome.rawValue)"
    return "\(serial)\(commit): \(word): \(evidence)"
  }
}
