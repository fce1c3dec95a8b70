import ArgumentParser
import KeyVault

struct PickCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "pick",
    abstract: "Print the best usable key for a capability.",
    discussion: """
      Prints the provider, entry and variable of the first usable key: in the order of 'preferences:' in \
      keyvault.yaml, then by the last verdicts on this machine, or with --test by asking the providers now. It \
      explains why it skipped each other key. Exit status 1 if every such key is unusable, 2 if there is none, \
      3 if none is known to work but one may, 77 if none can be decrypted.

      Example: keyvault pick text-generation production
      """)

  @Argument(
    help: "The capability that the provider must offer, such as text-generation.",
    completion: .list(Capability.allCases.map(\.rawValue)))
  var capability: String

  @Argument(help: "The environment (default: KEYVAULT_ENV).", completion: .entries)
  var environment: String?

  @Flag(help: "Ask the providers, one after another, until one accepts its key.")
  var test = false

  @OptionGroup var gateway: GatewayOption

  @OptionGroup var deadline: DeadlineOption

  @Option(help: "Output format.")
  var format: ReportFormat = .text

  @OptionGroup var options: CommonOptions

  func validate() throws {
    guard gateway.gateway == nil || test else {
      throw ValidationError("--gateway needs --test")
    }
  }

  func run(in session: Session) async throws {
    let end = deadline.end
    let workspace = try session.workspace()
    let capability = try Capability(named: capability)
    let environment = try session.environments(
      [environment].compactMap(\.self), in: workspace.repository, "to look in",
      example: "pick \(capability.rawValue) production")[0]
    var action = PickKey(capability, in: environment)
    action.asksProviders = test
    action.gateway = gateway.gateway
    action.end = end
    let task = Task { [action] in try await action.run(in: workspace) }
    let outcome = try await Signals.untilInterrupted(task)
    session.tell(unrecorded: outcome.unrecorded, in: workspace)
    try show(outcome.pick, session)
    if Signals.wasInterrupted { throw ExitCode(130) }
    let status = outcome.pick.conclusion.exitStatus
    if status != 0 { throw ExitCode(status) }
  }

  private func show(_ pick: Pick, _ session: Session) throws {
    let report = PickReport(pick)
    switch format {
    case .json: try Console.output(json(report))
    case .text:
      try Console.output(report.text(Console.style(session.surroundings)))
      for reason in report.reasons(now: session.surroundings.now) { session.note(reason) }
      if pick.choice == nil { Console.report(pick.refusal) }
    }
  }
}
