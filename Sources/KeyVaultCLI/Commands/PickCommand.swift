import ArgumentParser
import KeyVault

struct PickCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "pick",
    abstract: "Name the key that serves a capability best.",
    discussion: """
      Prints provider, entry and variable of the first key that can be used: by 'preferences:' of \
      keyvault.yaml, then by what the providers last said on this machine, or with --test say now. \
      Tells of each that is skipped why. Exit status 1 if every such key is unusable, 2 if there is \
      none, 3 if none is known to work but one may, 77 if none can be opened.

      Example: keyvault pick text-generation production
      """)

  @Argument(
    help: "What the provider must offer, such as text-generation.",
    completion: .list(Capability.allCases.map(\.rawValue)))
  var capability: String

  @Argument(help: "The environment; KEYVAULT_ENV if not said.", completion: .entries)
  var environment: String?

  @Flag(help: "Ask the providers, one after the other, until one accepts its key.")
  var test = false

  @OptionGroup var gateway: GatewayOption

  @OptionGroup var deadline: DeadlineOption

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  @OptionGroup var options: CommonOptions

  func validate() throws {
    guard gateway.gateway == nil || test else {
      throw ValidationError("--gateway is for the requests of --test")
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
