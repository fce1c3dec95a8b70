import ArgumentParser
import GPG
import HTTP
import KeyVault
import Naming

struct Test: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Ask the providers whether they accept the keys.",
    discussion: """
      All keys at once, each by a request that costs nothing. Exit status 1 if a key is unusable or \
      a required one is missing, 3 if a verdict is unclear; --fail-on says otherwise. Ctrl-C prints what is known so far.
      What a sparse checkout leaves out is listed and not asked about: exit status 3 if it is required or named.

      Example: keyvault test production --format junit > keys.xml
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, junit, github, sarif

    /// Whether services read it that show it to many.
    var isForCI: Bool { self != .text && self != .json }
  }

  @Argument(
    help: "Environments (with all below them) or entries; everything if not said.",
    completion: .entries)
  var selection: [String] = []

  @OptionGroup var narrowing: NarrowingOptions

  @OptionGroup var gateway: GatewayOption

  @Option(help: "text, json, junit, github or sarif.")
  var format: Format = .text

  @OptionGroup var failing: FailOnOption

  @Option(
    help: ArgumentHelp(
      "Fail if an environment has no key of this provider, beside those that keyvault.yaml names.",
      valueName: "provider"))
  var require: [String] = []

  @Flag(help: "Also list the providers of the whole catalogue that have no key.")
  var all = false

  @Flag(help: "Ask for credit and limits too, by a second request where one is declared.")
  var quota = false

  @Flag(help: "Also send no key and a bogus key: who accepts these proves nothing.")
  var control = false

  @Flag(help: "Allow requests that are paid for.")
  var allowCost = false

  @Flag(help: "Show what answers tell about the accounts, in CI too.")
  var details = false

  @Option(help: "How often to ask again after 429, 5xx or a broken connection.")
  var retries = 2

  @OptionGroup var deadline: DeadlineOption

  @OptionGroup var options: CommonOptions

  func validate() throws {
    guard (0...10).contains(retries) else { throw ValidationError("--retries is 0 to 10") }
  }

  func run(in session: Session) async throws {
    let end = deadline.end
    let repository = try session.repository()
    let policy = try gateway.policy(session)
    let failOn = try failing.value
    let selection = try narrowing.narrow(Selection(selection, in: repository), in: repository)
    let now = session.surroundings.now
    let missing = try selection.notConfigured(
      in: repository, requiring: requirements(repository, selection), everything: all, now: now)
    guard !selection.isEmpty || missing.results.contains(where: \.isRequired) else {
      throw Failure(
        .nothingToDo, "there is no such key to test", hints: ["'keyvault ls' shows every key"])
    }
    let history = try session.history(of: repository)
    let past = history.past(now: now).latestClear
    let complete = { @Sendable [require] (result: TestResult) -> TestResult in
      var result = result
      result.isRequired = result.isRequired || require.contains(result.provider)
      result.remember(past.record(of: result))
      return result
    }
    let isForMany = (format.isForCI || session.surroundings.isCI) && !details
    let rows = rows(of: selection.entries, isForMany: isForMany, session)
    let (answers, printed) = try await results(
      selection.entries, in: repository, policy, until: end, session, complete, rows)
    let results = (answers + selection.leftOut(in: repository, now: now)).map(complete)
    session.warn(results.map { ($0.entry, $0.doubts) })
    let report = TestReport(
      checked: now, results: (results + missing.results).sorted { $0.entry < $1.entry },
      omitted: missing.omitted)
    session.record(results, in: history)
    try show(
      isForMany ? report.withoutAccountFacts() : report, printed, rows,
      failOn: failOn ?? .standard, session,
      root: repository.root)
    if Signals.wasInterrupted { throw ExitCode(130) }
    let status = report.conclusion(named: selection.named, failOn: failOn).exitStatus
    if status != 0 { throw ExitCode(status) }
  }

  private func requirements(_ repository: Repository, _ selection: Selection) throws -> [String] {
    guard !require.isEmpty else { return [] }
    for id in require where !repository.catalogue.ids.contains(id) {
      let close = Suggestion.closest(to: id, among: repository.catalogue.ids)
      throw Failure(
        .usage, "--require: no provider '\(id.printable(limit: 80))' is known",
        hints: close.map { ["did you mean '\($0)'?"] } ?? [])
    }
    guard !selection.environments.isEmpty else {
      throw Failure(.usage, "--require needs an environment, not single entries")
    }
    return require
  }

  private func results(
    _ entries: [Vault.Entry], in repository: Repository, _ policy: OriginPolicy,
    until end: ContinuousClock.Instant, _ session: Session,
    _ complete: @escaping @Sendable (TestResult) -> TestResult,
    _ rows: @escaping Rows
  ) async throws -> (results: [TestResult], printed: Set<Name>) {
    guard !entries.isEmpty else { return ([], []) }
    var asking = Prober.Options()
    asking.allowsCost = allowCost
    asking.asksQuota = quota
    asking.asksControls = control
    asking.patience = Patience(retries: retries)
    let progress = Progress(of: entries, isShown: !options.quiet && Console.isErrorTerminal)
    defer { progress.clear() }
    let stream = ResultStream { results in
      try progress.interrupted { try Console.output(rows(results.map(complete), true)) }
    }
    let isStreaming = format == .text
    let notes = WaitNotes.notes(isQuiet: options.quiet || Console.isErrorTerminal)
    asking.onWait = { wait in
      progress.wait(wait)
      notes(wait)
      if isStreaming, wait.isLong { stream.open() }
    }
    let prober = Prober(
      client: try session.client(), catalogue: repository.catalogue,
      policy: policy, options: asking)
    let run = TestRun(
      repository: repository, gpg: try session.gpg(), prober: prober, gateway: gateway.gateway)
    let now = session.surroundings.now
    let isAttended = !session.surroundings.isCI && Console.isErrorTerminal
    let task = Task {
      await run.results(of: entries, now: now, until: end, isAttended: isAttended) {
        progress.advance($0)
        stream.add($0)
      }
    }
    // So long one may let the others wait. What is not watched is rather in order.
    let patience = Duration.seconds(Console.isOutputTerminal ? 1 : 3)
    let opening = Task { if (try? await Task.sleep(for: patience)) != nil { stream.open() } }
    if !isStreaming { opening.cancel() }
    defer { opening.cancel() }
    let results = await Signals.untilInterrupted(task)
    return (results, try stream.end())
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
