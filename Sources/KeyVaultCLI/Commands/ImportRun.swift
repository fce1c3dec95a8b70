import GPG
import KeyVault
import Secrets

/// Brings the keys of a plan into the vault: what lies there is compared, the providers are asked, all at
/// once, and what stands is stored together.
struct ImportRun {
  let intake: KeyIntake
  let owner: String?
  let asksProviders: Bool
  /// Whether nothing is sent or written.
  let isDry: Bool

  private var session: Session { intake.session }
  private var vault: Vault { intake.repository.vault }

  private struct Staged {
    var key: ImportPlan.Key
    /// What is written over is what is there now, and not what comes while the providers are asked.
    let present: Vault.Present
    var result: TestResult?
    /// What the person should know of it.
    var remark: String?
  }

  /// The entries that were written; the report has what became of each key.
  func store(_ keys: [ImportPlan.Key], into report: inout ImportReport) async throws -> [EntryName]
  {
    var staged: [Staged] = []
    for key in keys {
      if let key = try stage(key, &report) { staged.append(key) }
    }
    guard !isDry else {
      for key in staged { report.add(key.key, .planned, reason: key.remark) }
      return []
    }
    if asksProviders { staged = try await accepted(staged, &report) }
    guard !staged.isEmpty else { return [] }
    let owner = owner ?? session.gitAddress
    var batch = Vault.Batch(in: vault)
    for item in staged {
      try batch.add(
        item.key.newKey,
        about: Vault.Description(owner: owner, variable: item.key.variable), over: item.present,
        program: session.gpgProgram(), now: session.surroundings.now)
    }
    try batch.apply()
    for item in staged { report.add(item.key, .stored, item.result, reason: item.remark) }
    return staged.map(\.key.entry)
  }

  /// A key that may be stored; nil where the report says why not.
  private func stage(_ key: ImportPlan.Key, _ report: inout ImportReport) throws -> Staged? {
    var key = key
    let present = vault.present(key.entry)
    let existing = try? vault.entry(key.entry)
    let replacement = try Replacement(
      of: existing, at: key.entry, by: key.secret, in: intake.repository, session)
    if replacement.otherness == .no {
      report.add(key, .present)
      return nil
    }
    let objection =
      existing == nil
      ? key.objection
      : "another key lies there: keyvault rotate \(key.entry), or --force to replace it"
    if let objection, !intake.isForced {
      report.add(key, .refused, reason: objection)
      return nil
    }
    key.serial = replacement.serial
    key.isOtherKey = replacement.isProven
    return Staged(key: key, present: present, remark: key.objection)
  }

  /// Those that no provider rejects, or all where they are forced.
  private func accepted(
    _ staged: [Staged], _ report: inout ImportReport
  ) async throws -> [Staged] {
    let results = try await results(of: staged.map(\.key))
    var accepted: [Staged] = []
    for (item, result) in zip(staged, results) {
      var item = item
      item.result = result
      switch result.reception(by: item.key.provider) {
      case .accepted: break
      case .doubtful(let text): item.remark = text
      case .rejected(let text, let evidence):
        item.remark = "\(text): \(evidence)"
        if !intake.isForced {
          report.add(item.key, .refused, result, reason: item.remark)
          continue
        }
      }
      accepted.append(item)
    }
    return accepted
  }

  private func results(of keys: [ImportPlan.Key]) async throws -> [TestResult] {
    let prober = try intake.prober()
    let repository = intake.repository
    let now = session.surroundings.now
    return try await withThrowingTaskGroup(of: (Int, TestResult).self) { group in
      for (index, key) in keys.enumerated() {
        group.addTask { (index, try await prober.test(key.newKey, in: repository, now: now)) }
      }
      var results = [TestResult?](repeating: nil, count: keys.count)
      for try await (index, result) in group { results[index] = result }
      return results.compactMap(\.self)
    }
  }
}
