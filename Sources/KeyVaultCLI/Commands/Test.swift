import ArgumentParser
import GPG
import HTTP
import KeyVault

struct Test: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Ask the providers whether they accept the keys.",
    discussion: """
      All keys at once, each by a request that costs nothing. Exit status 1 if a key is unusable or \
      a required one is missing, 3 if a verdict is unclear.

      Example: keyvault test production
      """)

  @Argument(
    help: "Environments (with all below them) or entries; everything if not said.",
    completion: .entries)
  var selection: [String] = []

  @Option(
    help: ArgumentHelp(
      "Send the requests to this server on loopback; {provider} is filled in.", valueName: "url"))
  var gateway: String?

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  @Flag(help: "Also list the providers of the whole catalogue that have no key.")
  var all = false

  @Flag(help: "Allow requests that are paid for.")
  var allowCost = false

  @OptionGroup var options: CommonOptions

  func run() async throws {
    let session = try Session(options)
    let repository = try session.repository()
    try checkGateway()
    let selection = try Selection(selection, in: repository)
    let now = session.surroundings.now
    let missing = try selection.notConfigured(in: repository, everything: all, now: now)
    guard !selection.entries.isEmpty || missing.contains(where: \.isRequired) else {
      throw Failure(
        .nothingToDo, "there is no key to test", hints: ["run 'keyvault add production/openai'"])
    }
    let history = try session.history(of: repository)
    let results = try await results(selection.entries, in: repository, session)
    let report = TestReport(
      checked: now, results: (results + missing).sorted { $0.entry < $1.entry })
    record(results, in: history, session)
    switch format {
    case .text: try Console.output(report.text(Console.style(session.surroundings)))
    case .json: try Console.output(json(report))
    }
    let status = report.conclusion(named: selection.named).exitStatus
    if status != 0 { throw ExitCode(status) }
  }

  /// From the command line a gateway is for stand-ins on this machine; others stand in keyvault.yaml.
  private func checkGateway() throws(Failure) {
    guard let gateway else { return }
    let origin: Origin
    do throws(WebURLError) {
      origin = try Gateway(gateway).origin()
    } catch {
      throw Failure(.usage, "--gateway: '\(gateway.printable(limit: 120))' \(error.message)")
    }
    guard origin.isLoopback else {
      throw Failure(
        .usage, "--gateway is for this machine alone, such as http://127.0.0.1:8971/{provider}",
        hints: ["declare 'gateway:' of the environment in keyvault.yaml"])
    }
  }

  private func results(
    _ entries: [Vault.Entry], in repository: Repository, _ session: Session
  ) async throws -> [TestResult] {
    guard !entries.isEmpty else { return [] }
    let prober = Prober(
      client: try session.client(), catalogue: repository.catalogue,
      policy: session.surroundings.policy, allowsCost: allowCost)
    let run = TestRun(
      repository: repository, gpg: try session.gpg(), prober: prober, gateway: gateway)
    let progress = Progress(of: entries.count, isShown: !options.quiet && Console.isErrorTerminal)
    defer { progress.clear() }
    return await run.results(of: entries, now: session.surroundings.now) { progress.advance($0) }
  }

  /// A history that cannot be written is no reason to lose the answers.
  private func record(_ results: [TestResult], in history: History, _ session: Session) {
    do throws(Failure) {
      try history.append(results)
    } catch {
      session.detail("keyvault: the history was not written: \(error.message)")
    }
  }
}

extension TestReport.Conclusion {
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
