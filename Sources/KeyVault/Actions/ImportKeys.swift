public import Naming

/// Stores the keys among the variables of another tool: each becomes an entry, its provider is asked, and all that
/// stand are stored together.
public struct ImportKeys: Sendable {
  public let variables: [FoundVariable]
  /// Where the entries go.
  public let environment: String
  /// The ids of the providers whose keys variables are, by variable.
  public var answers: [Name: String] = [:]
  public var excluded: Set<Name> = []
  public var owner: String?
  /// Whether existing entries are replaced; they keep their sidecars.
  public var replaces = false
  public var checks = KeyChecks()
  /// Whether nothing is asked, sent or written.
  public var isDry = false
  /// Whether the front end is asked what only a person knows.
  public var isAttended = true

  public init(_ variables: [FoundVariable], to environment: String) {
    self.variables = variables
    self.environment = environment
  }

  public struct Outcome: Sendable {
    public enum Status: Sendable {
      case stored
      /// It would be stored, and is not because nothing is to be written.
      case planned
      /// The entry held this key before.
      case present
      case refused
    }

    public struct Key: Sendable {
      public let key: ImportPlan.Key
      public let status: Status
      /// What its provider answered; nil where it was not asked.
      public let result: TestResult?
      /// Why it was refused, or what the person should know of it.
      public let reason: String?
    }

    public internal(set) var keys: [Key] = []
    /// Whether an entry was replaced.
    public internal(set) var hasReplaced = false
    /// Why the providers' answers are not remembered; nil if they are, or none was asked for.
    public internal(set) var unrecorded: Failure?

    public var stored: [EntryName] { keys.filter { $0.status == .stored }.map(\.key.entry) }
  }

  /// What becomes of each variable, by what the front end answers where that is not certain. Nothing is sent or written.
  ///
  /// What this machine remembers is read with git, which must not see the keys: `hide` gets what may be a key first, and
  /// takes it out of the environment of this process.
  public func plan(
    in workspace: Workspace, hide: (ImportPlan) -> Void = { _ in }
  ) throws(Failure) -> ImportPlan {
    _ = try EntryName(environment)
    var forgetful = workspace.repository
    forgetful.memory = nil
    hide(try plan(answers, in: forgetful, workspace))

    let first = try plan(answers, in: workspace.repository, workspace)
    guard !isDry, isAttended else { return first }
    var answers = answers
    for ambiguity in first.ambiguities {
      answers[ambiguity.found.name] = try workspace.frontEnd.provider(
        of: ambiguity, among: workspace.repository.catalogue.ids)
    }
    let second = try plan(answers, in: workspace.repository, workspace)
    for name in second.unlisted {
      guard let refusal = try workspace.repository.refusal(ofVariable: name) else { continue }
      _ = try workspace.permits(name, refusal)
    }
    return second.unlisted.isEmpty
      ? second : try plan(answers, in: workspace.repository, workspace)
  }

  private func plan(
    _ answers: [Name: String], in repository: Repository, _ workspace: Workspace
  ) throws(Failure) -> ImportPlan {
    try ImportPlan(
      of: variables, answers: answers, excluded: excluded, to: environment, in: repository,
      policy: workspace.policy())
  }

  /// Stores the keys of a plan, all or none of those that no check refuses: what is present is compared, and the
  /// providers are asked, all at once. Throws, with nothing stored, where the entries cannot be written.
  public func run(_ plan: ImportPlan, in workspace: Workspace) async throws(Failure) -> Outcome {
    let newFolder =
      plan.keys.isEmpty || isDry ? nil : try workspace.settle(folder: environment)
    var run = ImportRun(self, in: workspace)
    try await run.store(plan.keys)
    if !run.outcome.stored.isEmpty { workspace.tell(newFolder) }
    return run.outcome
  }
}
