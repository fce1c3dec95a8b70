import ArgumentParser
import KeyVault
import Naming

struct Test: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Verify keys with their providers.",
    discussion: """
      Tests all keys at once, each with a request that costs nothing. Exit status 1 if a key is unusable or \
      a required one is missing, 3 if a verdict is unclear; --fail-on changes this. Ctrl-C prints the results so far. \
      Entries that a sparse checkout leaves out are listed and not tested: exit status 3 if one is required or named.

      --retired tests instead the keys that the entries had before, from git history, and notes in each sidecar \
      which of them the provider rejects. Exit status 0 if all are rejected, 1 if one still authenticates, 2 if there \
      are none, 3 if that cannot be proved or git history is incomplete.

      Example: keyvault test production --format junit > keys.xml
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, junit, github, sarif

    /// Whether services read it that show it to many.
    var isForCI: Bool { self != .text && self != .json }
  }

  @Argument(
    help: "Environments (with all below them) or entries (default: everything).",
    completion: .entries)
  var selection: [String] = []

  @OptionGroup var narrowing: NarrowingOptions

  @OptionGroup var gateway: GatewayOption

  @Option(help: "text, json, junit, github or sarif.")
  var format: Format = .text

  @OptionGroup var failing: FailOnOption

  @Option(
    help: ArgumentHelp(
      "Fail if an environment has no key of this provider, in addition to those that keyvault.yaml requires (repeatable).",
      valueName: "provider"))
  var require: [String] = []

  @Flag(help: "Also list every provider of the catalogue that has no key.")
  var all = false

  @Flag(help: "Also request credit and limits, where the provider has an endpoint for them.")
  var quota = false

  @Flag(help: "Also send no key and a bogus key: a provider that accepts these proves nothing.")
  var control = false

  @Flag(help: "Allow requests that cost money.")
  var allowCost = false

  @Flag(help: "Show account details from the answers, in CI too.")
  var details = false

  @Option(help: "How often to retry after 429, 5xx or a broken connection.")
  var retries = 2

  @OptionGroup var deadline: DeadlineOption

  @Flag(help: "Test the keys that entries had before, and record which are rejected.")
  var retired = false

  @OptionGroup var commit: CommitOption

  @OptionGroup var options: CommonOptions

  func validate() throws {
    guard (0...10).contains(retries) else {
      throw ValidationError("invalid --retries: expected 0 to 10")
    }
    guard retired else {
      if commit.commit {
        throw ValidationError("--commit needs --retired: test changes nothing else")
      }
      return
    }
    if selection.isEmpty { throw ValidationError("--retired needs the entries to test") }
    let isPlain = narrowing.isEmpty && gateway.gateway == nil && format == .text
    let isUsual = !all && !quota && !control && !allowCost && !details
    guard isPlain, isUsual, failing.failOn == nil, require.isEmpty else {
      throw ValidationError("--retired takes no option but --commit")
    }
  }

  func run(in session: Session) async throws {
    if retired { return try await RetiredKeys(session: session, commit: commit).test(selection) }
    let end = deadline.end
    let workspace = try session.workspace()
    let failOn = try failing.value
    let run = try action(until: end, session).prepare(in: workspace)
    let isForMany = (format.isForCI || session.surroundings.isCI) && !details
    let rows = rows(of: run.entries, isForMany: isForMany, session)
    let (outcome, printed) = try await results(of: run, rows, session)
    session.tell(unrecorded: outcome.unrecorded, in: workspace)
    let report = TestReport(
      checked: outcome.checked, results: outcome.results, omitted: outcome.omitted)
    try show(
      isForMany ? report.withoutAccountFacts() : report, printed, rows,
      failOn: failOn ?? .standard, session, root: workspace.repository.root)
    if Signals.wasInterrupted { throw ExitCode(130) }
    let status = report.conclusion(named: outcome.named, failOn: failOn).exitStatus
    if status != 0 { throw ExitCode(status) }
  }

  private func action(until end: ContinuousClock.Instant, _ session: Session) -> TestKeys {
    var action = TestKeys(selection)
    action.providers = narrowing.provider
    action.capabilities = narrowing.capability
    action.required = require
    action.listsCatalogue = all
    action.gateway = gateway.gateway
    action.asking.allowsCost = allowCost
    action.asking.asksQuota = quota
    action.asking.asksControls = control
    action.asking.patience = Patience(retries: retries)
    action.end = end
    action.isAttended = !session.surroundings.isCI && Console.isErrorTerminal
    return action
  }

  /// Prints results as they come, where one of them lets the others wait.
  private func results(
    of run: TestKeys.Run, _ rows: @escaping Rows, _ session: Session
  ) async throws -> (outcome: TestKeys.Outcome, printed: Set<Name>) {
    let isShown = !options.quiet && Console.isErrorTerminal && !run.entries.isEmpty
    let progress = Progress(of: run.entries, isShown: isShown)
    defer { progress.clear() }
    let stream = ResultStream { results in
      try progress.interrupted { try Console.output(rows(results, true)) }
    }
    let isStreaming = format == .text
    let notes = WaitNotes.notes(isQuiet: options.quiet || Console.isErrorTerminal)
    let task = Task {
      try await run.results(
        onWait: { wait in
          progress.wait(wait)
          notes(wait)
          if isStreaming, wait.isLong { stream.open() }
        },
        hear: {
          progress.advance($0)
          stream.add($0)
        })
    }
    // One that takes so long may keep the others waiting. Output that no person watches is rather in order.
    let patience = Duration.seconds(Console.isOutputTerminal ? 1 : 3)
    let opening = Task { if (try? await Task.sleep(for: patience)) != nil { stream.open() } }
    if !isStreaming { opening.cancel() }
    defer { opening.cancel() }
    let outcome = try await Signals.untilInterrupted(task)
    return (outcome, try stream.end())
  }

  /// The rows of some results; in parts of a table, or alone.
  private typealias Rows = @Sendable (_ results: [TestResult], _ isPart: Bool) -> String

  private func rows(
    of entries: [Vault.Entry], isForMany: Bool, _ session: Session
  ) -> Rows {
    let style = Console.style(session.surroundings)
    let names = entries.map(\.name.path)
    let now = session.surroundings.now
    return { results, isPart in
      let report = TestReport(checked: now, results: results)
      return (isForMany ? report.withoutAccountFacts() : report)
        .rows(style, alignedWith: isPart ? names : [])
    }
  }

  private func show(
    _ report: TestReport, _ printed: Set<Name>, _ rows: Rows, failOn: FailOn, _ session: Session,
    root: String
  ) throws {
    let findings = { session.fromWorkTree(report.findings(failOn: failOn), root: root) }
    switch format {
    case .text:
      let rest = report.results.filter { !printed.contains($0.entry) }
      try Console.output(rows(rest, !printed.isEmpty) + report.ending)
    case .json: try Console.output(json(report))
    case .junit: try Console.output(report.junit(failOn: failOn))
    case .sarif: try Console.output(sarif(findings(), toolVersion: keyvaultVersion))
    case .github:
      try Console.output(commands: githubAnnotations(findings()))
      session.note(report.summary)
      try session.surroundings.appendToSummary(report.markdown())
    }
  }
}

extension Conclusion {
  var exitStatus: Int32 {
    switch self {
    case .good: 0
    case .findings: 1
    case .nothing: 2
    case .inconclusive: 3
    case .locked: 77
    }
  }
}
