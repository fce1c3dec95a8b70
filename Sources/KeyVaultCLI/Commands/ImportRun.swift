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
    var prepared: Vault.Prepared?
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
      for item in staged { report.add(item.key, .planned, reason: item.remark) }
      return []
    }
    let owner = owner ?? session.gitAddress
    for index in staged.indices {
      let item = staged[index]
      staged[index].prepared = try vault.prepare(
        item.key.newKey,
        about: Vault.Description(owner: owner, variable: item.key.variable), over: item.present,
        program: session.gpgProgram(), now: session.surroundings.now)
    }
    if asksProviders { staged = try await accepted(staged, &report) }
    guard !staged.isEmpty else { return [] }
    try vault.store(staged.compactMap(\.prepared))
    intake.record(
      staged.compactMap { item in item.prepared.flatMap { item.result?.about($0) } })
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
      : "another key is stored there: "
        + "\(Shell("keyvault rotate \(key.entry)")), or --force to replace it"
    if let objection, !intake.isForced {
      report.add(key, .refused, reason: objection)
      return nil
    }
    if key.isNamedBySidecar, !isConfirmed(existing, key.provider) {
      report.add(
        key, .refused,
        reason: "only \(key.entry.sidecarPath) says whose key it is; if it is right: "
          + key.found.answer(key.provider.id))
      return nil
    }
    if !isDry { try intake.consent.ask(about: &key.destinations, key: key.found.shown) }
    let unconsented = key.destinations.objection.map {
      ([$0.message] + $0.hints).joined(separator: "; ")
    }
    if let unconsented, asksProviders, key.destinations.isBarred, !intake.isForced {
      report.add(key, .refused, reason: unconsented)
      return nil
    }
    key.serial = replacement.serial
    key.isOtherKey = replacement.isProven
    let remarks = [key.objection, unconsented].compactMap(\.self)
    return Staged(
      key: key, present: present,
      remark: remarks.isEmpty ? nil : remarks.joined(separator: "; "))
  }

  /// Whether the present entry is bound to the provider that its sidecar names.
  private func isConfirmed(_ entry: Vault.Entry?, _ provider: Provider) -> Bool {
    guard let entry, let gpg = try? session.gpg(),
      let opened = try? vault.open(entry, requiring: .signed, with: gpg)
    else { return false }
    return opened.payload.provider == provider.id
  }

  /// Those that no provider rejects, or all where they are forced.
  private func accepted(
    _ staged: [Staged], _ report: inout ImportReport
  ) async throws -> [Staged] {
    // What may not travel is stored unproved, with the remark that says so.
    var accepted = staged.filter(\.key.destinations.isBarred)
    let asked = staged.filter { !$0.key.destinations.isBarred }
    let results = try await results(of: asked.map(\.key))
    for (item, result) in zip(asked, results) {
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
