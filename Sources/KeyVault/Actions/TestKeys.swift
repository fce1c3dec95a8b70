public import Naming

/// Asks providers whether they accept keys, and remembers their answers.
public struct TestKeys: Sendable {
  /// Environments (with all below them) or entries; nothing for everything.
  public let selection: [String]
  /// Ids of providers, and what providers can do, to which the selection is narrowed; empty for all.
  public var providers: [String] = []
  public var capabilities: [String] = []
  /// Ids of providers of which each environment must have a key, besides those that its declaration requires.
  public var required: [String] = []
  /// Whether every provider of the catalogue is listed that has no key.
  public var listsCatalogue = false
  /// Takes the place of each environment's own gateway.
  public var gateway: String?
  public var asking = Prober.Options()
  /// When the run ends; nil for never.
  public var end: ContinuousClock.Instant?
  /// Whether a person may have to type a passphrase, whose time does not count.
  public var isAttended = false

  public init(_ selection: [String]) { self.selection = selection }

  public struct Outcome: Sendable {
    /// One for each entry, and for each key that is missing; sorted by entry.
    public let results: [TestResult]
    /// How many required keys that are missing are not among them.
    public let omitted: Int
    /// Paths of entries that were named one by one.
    public let named: Set<Name>
    public let checked: Timestamp
    /// Why the answers are not remembered; nil if they are.
    public let unrecorded: Failure?
  }

  /// Finds what there is to test, and sends nothing. Throws where there is nothing, or the request is wrong.
  public func prepare(in workspace: Workspace) throws(Failure) -> Run {
    let repository = workspace.repository
    let policy = try workspace.policy().naming(gateway: gateway)
    let selection = try Selection(selection, in: repository)
      .narrowed(toProviders: providers, capabilities: capabilities, in: repository)
    try checkRequired(in: selection, repository)
    let missing = try selection.notConfigured(
      in: repository, requiring: required, everything: listsCatalogue, now: workspace.now)
    guard !selection.isEmpty || missing.results.contains(where: \.isRequired) else {
      throw Failure(
        .nothingToDo, "there is no such key to test", hints: ["'keyvault ls' shows every key"])
    }
    let history = try workspace.history()
    return Run(
      request: self, workspace: workspace, policy: policy, selection: selection, missing: missing,
      history: history, past: history.past(now: workspace.now).latestClear)
  }

  private func checkRequired(
    in selection: Selection, _ repository: Repository
  ) throws(Failure) {
    guard !required.isEmpty else { return }
    for id in required where !repository.catalogue.ids.contains(id) {
      let close = Suggestion.closest(to: id, among: repository.catalogue.ids)
      throw Failure(
        .usage, "unknown required provider '\(id.printable(limit: 80))'",
        hints: close.map { ["did you mean '\($0)'?"] } ?? [])
    }
    guard !selection.environments.isEmpty else {
      throw Failure(.usage, "a required provider needs an environment, not single entries")
    }
  }

  /// A test that is about to begin.
  public struct Run: Sendable {
    let request: TestKeys
    let workspace: Workspace
    let policy: OriginPolicy
    let selection: Selection
    let missing: Selection.Missing
    let history: History
    let past: LastVerdicts

    /// What is asked about, sorted.
    public var entries: [Vault.Entry] { selection.entries }

    /// Opens and asks, all at once; `hear` gets each result as it comes, and `onWait` each wait before a provider is asked
    /// again. What has no answer when the task is cancelled
    /// or the run ends is cut short, and the rest is remembered.
    public func results(
      onWait: @escaping @Sendable (Wait) -> Void = { _ in },
      hear: @escaping @Sendable (TestResult) -> Void
    ) async throws(Failure) -> Outcome {
      let repository = workspace.repository
      let now = workspace.now
      var asking = request.asking
      asking.onWait = onWait
      var results = selection.leftOut(in: repository, now: now).map(complete)
      if !entries.isEmpty {
        let run = TestRun(
          repository: repository, gpg: try workspace.gpg(),
          prober: try workspace.prober(asking, policy: policy), gateway: request.gateway)
        let answers = await run.results(
          of: entries, now: now, until: request.end, isAttended: request.isAttended
        ) { hear(complete($0)) }
        results = answers.map(complete) + results
      }
      workspace.tell(results.map { ($0.entry, $0.doubts) })
      return Outcome(
        results: (results + missing.results).sorted { $0.entry < $1.entry },
        omitted: missing.omitted, named: selection.named, checked: now,
        unrecorded: workspace.record(results, in: history))
    }

    /// With what the request makes of it, and what was known before beside a verdict that says nothing.
    private func complete(_ result: TestResult) -> TestResult {
      var result = result
      result.isRequired = result.isRequired || request.required.contains(result.provider)
      result.remember(past.record(of: result))
      return result
    }
  }
}
