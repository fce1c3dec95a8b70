/// Finds the best usable key for a capability.
public struct PickKey: Sendable {
  public let capability: Capability
  public let environment: String
  /// Whether the providers are asked now, one after the other; else their last answers on this machine count.
  public var asksProviders = false
  /// Takes the place of the environment's own gateway.
  public var gateway: String?
  /// No key is tried after that; nil for no end.
  public var end: ContinuousClock.Instant?

  public init(_ capability: Capability, in environment: String) {
    self.capability = capability
    self.environment = environment
  }

  public struct Outcome: Sendable {
    public let pick: Pick
    /// Why the answers are not remembered; nil if they are.
    public let unrecorded: Failure?
  }

  /// Throws if no key of the environment has the capability; where those that have it cannot be used, the pick says why.
  public func run(in workspace: Workspace) async throws(Failure) -> Outcome {
    let policy = try workspace.policy().naming(gateway: gateway)
    let history = try workspace.history()
    // The next key is the second try, so no provider is asked twice.
    var asking = Prober.Options()
    asking.patience = Patience(retries: 0)
    let picker = Picker(
      repository: workspace.repository, gpg: try workspace.gpg(), policy: policy,
      prober: asksProviders ? try workspace.prober(asking, policy: policy) : nil,
      gateway: gateway)
    let pick = try await picker.pick(
      capability, in: environment, past: workspace.past(of: history), now: workspace.now, until: end
    )
    let unrecorded = workspace.record(pick.results, in: history)
    workspace.tell(pick.choice.map { [($0.entry.path, $0.doubts)] } ?? [])
    return Outcome(pick: pick, unrecorded: unrecorded)
  }
}

extension Capability {
  /// Throws a usage failure for a word that is not a capability.
  public init(named word: String) throws(Failure) {
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
