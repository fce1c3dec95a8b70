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
    let repository = try session.repository()
    let policy = try gateway.policy(session)
    let capability = try Capability(named: capability)
    let environment = try session.environments(
      [environment].compactMap(\.self), in: repository, "to look in",
      example: "pick \(capability.rawValue) production")[0]
    let pick = try await pick(
      capability, in: environment, of: repository, policy, until: end, session)
    session.warn(pick.choice.map { [($0.entry.path, $0.doubts)] } ?? [])
    try show(PickReport(pick), session)
    if Signals.wasInterrupted { throw ExitCode(130) }
    let status = pick.conclusion.exitStatus
    if status != 0 { throw ExitCode(status) }
  }

  private func pick(
    _ capability: Capability, in environment: String, of repository: Repository,
    _ policy: OriginPolicy, until end: ContinuousClock.Instant, _ session: Session
  ) async throws -> Pick {
    let past = try session.past(of: repository)
    let picker = Picker(
      repository: repository, gpg: try session.gpg(), policy: policy,
      prober: test ? try prober(of: repository, policy, session) : nil, gateway: gateway.gateway)
    let now = session.surroundings.now
    let task = Task { () -> Result<Pick, Failure> in
      do throws(Failure) {
        return .success(
          try await picker.pick(capability, in: environment, past: past, now: now, until: end))
      } catch {
        return .failure(error)
      }
    }
    let pick = try await Signals.untilInterrupted(task).get()
    session.record(pick.results, in: try session.history(of: repository))
    return pick
  }

  /// The next key is the second try, so that no provider is asked twice.
  private func prober(
    of repository: Repository, _ policy: OriginPolicy, _ session: Session
  ) throws -> Prober {
    var asking = Prober.Options()
    asking.patience = Patience(retries: 0)
    return Prober(
      client: try session.client(), catalogue: repository.catalogue,
      policy: policy, options: asking)
  }

  private func show(_ report: PickReport, _ session: Session) throws {
    switch format {
    case .json: try Console.output(json(report))
    case .text:
      try Console.output(report.text(Console.style(session.surroundings)))
      for reason in report.reasons(now: session.surroundings.now) { session.note(reason) }
      if let refusal = report.refusal { Console.report(refusal) }
    }
  }
}

extension Capability {
  /// Throws a usage failure for a word that the list does not have.
  init(named word: String) throws(Failure) {
    guard let capability = Capability(rawValue: word) else {
      let known = Capability.allCases.map(\.rawValue)
      let close = Suggestion.closest(to: word, among: known).map { "did you mean '\($0)'?" }
      throw Failure(
        .usage, "unknown capability '\(word.printable(limit: 80))'",
        hints: [close ?? "expected one of: \(known.joined(separator: ", "))"])
    }
    self = capability
  }
}
