/// One run of ``ImportKeys``.
struct ImportRun {
  private let request: ImportKeys
  private let workspace: Workspace
  private var intake: KeyIntake
  var outcome = ImportKeys.Outcome()

  private var vault: Vault { workspace.vault }

  init(_ request: ImportKeys, in workspace: Workspace) {
    self.request = request
    self.workspace = workspace
    intake = KeyIntake(request.checks, in: workspace)
  }

  private struct Staged {
    var key: ImportPlan.Key
    /// What is written over is what is there now, and not what comes while the providers are asked.
    let present: Vault.Present
    let isReplacement: Bool
    var prepared: Vault.Prepared?
    var result: TestResult?
    /// What the person should know of it.
    var remark: String?
  }

  mutating func store(_ keys: [ImportPlan.Key]) async throws(Failure) {
    var staged: [Staged] = []
    for key in keys {
      if let key = try stage(key) { staged.append(key) }
    }
    guard !request.isDry else {
      for item in staged { add(item.key, .planned, reason: item.remark) }
      return
    }
    guard !staged.isEmpty else { return }
    let program = try workspace.program()
    for index in staged.indices {
      let item = staged[index]
      staged[index].prepared = try vault.prepare(
        item.key.newKey,
        about: Vault.Description(owner: request.owner, variable: item.key.variable),
        over: item.present, program: program, now: workspace.now)
    }
    if request.checks.asksProvider { staged = try await accepted(staged) }
    guard !staged.isEmpty else { return }
    try vault.store(staged.compactMap(\.prepared))
    outcome.unrecorded = workspace.record(
      staged.compactMap { item in item.prepared.flatMap { item.result?.about($0) } })
    outcome.hasReplaced = staged.contains(where: \.isReplacement)
    for item in staged { add(item.key, .stored, item.result, reason: item.remark) }
  }

  private mutating func add(
    _ key: ImportPlan.Key, _ status: ImportKeys.Outcome.Status, _ result: TestResult? = nil,
    reason: String? = nil
  ) {
    outcome.keys.append(
      ImportKeys.Outcome.Key(key: key, status: status, result: result, reason: reason))
  }

  /// A key that may be stored; nil where the outcome says why not.
  private mutating func stage(_ key: ImportPlan.Key) throws(Failure) -> Staged? {
    var key = key
    let present = vault.present(key.entry)
    let existing = try? vault.entry(key.entry)
    let replacement = try Replacement(of: existing, at: key.entry, by: key.secret, in: workspace)
    if replacement.otherness == .no {
      add(key, .present)
      return nil
    }
    if let objection = objection(to: key, over: existing) {
      add(key, .refused, reason: objection)
      return nil
    }
    if key.isNamedBySidecar, !isConfirmed(existing, key.provider) {
      add(
        key, .refused,
        reason: "only \(key.entry.sidecarPath) says whose key it is; if it is right: "
          + key.found.answer(key.provider.id))
      return nil
    }
    if !request.isDry {
      try intake.consents.ask(about: &key.destinations, key: key.found.shown, in: workspace)
    }
    let unconsented = key.destinations.objection.map {
      ([$0.message] + $0.hints).joined(separator: "; ")
    }
    let checks = request.checks
    if let unconsented, checks.asksProvider, key.destinations.isBarred, !checks.isForced {
      add(key, .refused, reason: unconsented)
      return nil
    }
    key.serial = replacement.serial
    key.isOtherKey = replacement.isProven
    let remarks = [key.objection, unconsented].compactMap(\.self)
    return Staged(
      key: key, present: present, isReplacement: existing != nil,
      remark: remarks.isEmpty ? nil : remarks.joined(separator: "; "))
  }

  /// Why a key is not stored; nil where nothing is wrong with it, or that is consented to.
  private func objection(to key: ImportPlan.Key, over existing: Vault.Entry?) -> String? {
    if existing != nil, !request.replaces {
      return "another key is stored there: \(Shell("keyvault rotate \(key.entry)")), or --replace"
        + " to overwrite it"
    }
    return request.checks.isForced ? nil : key.objection
  }

  /// Whether the present entry is bound to the provider that its sidecar names.
  private func isConfirmed(_ entry: Vault.Entry?, _ provider: Provider) -> Bool {
    guard let entry, let gpg = try? workspace.gpg(),
      let opened = try? vault.open(entry, requiring: .signed, with: gpg)
    else { return false }
    return opened.payload.provider == provider.id
  }

  /// Those that no provider rejects, or all where they are forced.
  private mutating func accepted(_ staged: [Staged]) async throws(Failure) -> [Staged] {
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
        if !request.checks.isForced {
          add(item.key, .refused, result, reason: item.remark)
          continue
        }
      }
      accepted.append(item)
    }
    return accepted
  }

  private func results(of keys: [ImportPlan.Key]) async throws(Failure) -> [TestResult] {
    let prober = try workspace.prober(request.checks.onWait)
    let repository = workspace.repository
    let now = workspace.now
    let results = await withTaskGroup(of: (Int, Result<TestResult, Failure>).self) { group in
      for (index, key) in keys.enumerated() {
        group.addTask {
          do throws(Failure) {
            return (index, .success(try await prober.test(key.newKey, in: repository, now: now)))
          } catch {
            return (index, .failure(error))
          }
        }
      }
      var results = [Result<TestResult, Failure>?](repeating: nil, count: keys.count)
      for await (index, result) in group {
        results[index] = result
        if case .failure = result { group.cancelAll() }
      }
      return results.compactMap(\.self)
    }
    return try results.map { result throws(Failure) in try result.get() }
  }
}
