public import Naming

/// Decides which variables a program is started with: those of an environment, and which of its caller's it must not
/// inherit.
public struct EquipProgram: Sendable {
  public let environment: String
  public var rendering: RenderEnvironment
  /// Whose best key the program also gets, as `AI_PROVIDER`, `AI_API_KEY` and `AI_BASE_URL`; nil for none.
  public var capability: Capability?
  /// Whether keys are hidden in what the program prints.
  public var isMasked = false
  /// Whether the program gets keys as files, which variables name.
  public var asFiles = false
  /// Whether the program would inherit a variable of its caller.
  public var inherits: @Sendable (Name) -> Bool = { _ in false }

  public init(from environment: String) {
    self.environment = environment
    rendering = RenderEnvironment([environment])
  }

  public struct Outcome: Sendable {
    public internal(set) var variables: [Rendering.Variable]
    /// Variables that are not inherited: addresses that were meant for other keys, and keys that would be sent to an
    /// address that only the repository names.
    public internal(set) var withheld: Set<Name>
  }

  /// Throws where the environment cannot be rendered, no key serves the capability, or two values want one variable.
  public func run(in workspace: Workspace) async throws(Failure) -> Outcome {
    let picked = try await picked(in: workspace)
    let rendering = try rendering.rendering(in: workspace)
    var outcome = Outcome(variables: [], withheld: [])
    outcome.variables = try await self.rendering.variables(by: rendering, in: workspace) {
      outcome.withheld = rendering.addresses(of: $0, in: environment)
    }
    withhold(rendering.strangers(beside: outcome.variables), from: &outcome, in: workspace)
    for variable in picked {
      guard !outcome.variables.contains(where: { $0.name == variable.name }) else {
        throw Failure(
          .malformed, "'\(environment)' has an entry that gives \(variable.name) itself")
      }
      outcome.variables.append(variable)
    }
    if asFiles { try checkFileNames(of: outcome.variables) }
    if isMasked { tellUnmasked(outcome.variables, in: workspace) }
    return outcome
  }

  /// Reports which keys were skipped, and why. Throws if none can be used.
  private func picked(in workspace: Workspace) async throws(Failure) -> [Rendering.Variable] {
    guard let capability else { return [] }
    let pick = try await PickKey(capability, in: environment).run(in: workspace).pick
    for skip in pick.skipped {
      workspace.tell(Notice(.skipped, .note, "skipped \(skip.text(now: workspace.now))"))
    }
    guard let choice = pick.choice else { throw pick.refusal }
    return choice.genericVariables
  }

  /// Reports which keys of the caller's own the program does not get.
  private func withhold(
    _ strangers: [Name: String?], from outcome: inout Outcome, in workspace: Workspace
  ) {
    let inherited = Set(strangers.keys).subtracting(outcome.variables.map { Name($0.name) })
      .filter(inherits)
    guard !inherited.isEmpty else { return }
    outcome.withheld.formUnion(inherited)
    let hosts = Set(names: inherited.compactMap { strangers[$0] ?? nil }).sortedTexts
    workspace.tell(
      Notice(
        .withheld, .warning,
        "left out \(inherited.sortedTexts.joined(separator: ", ")) of the caller's environment: it would be "
          + "sent to an address that only this repository names",
        hints: [
          hosts.isEmpty
            ? "KEYVAULT_ALLOW_HOSTS allows an address"
            : "allow it: \(Shell("KEYVAULT_ALLOW_HOSTS=\(hosts.joined(separator: ","))"))"
        ]))
  }

  private func checkFileNames(of variables: [Rendering.Variable]) throws(Failure) {
    for variable in variables where variable.isSecret {
      let name = try variable.fileName()
      guard !variables.contains(where: { $0.name == name }) else {
        throw Failure(.malformed, "both a key and the file of \(variable.name) would be \(name)")
      }
    }
  }

  private func tellUnmasked(_ variables: [Rendering.Variable], in workspace: Workspace) {
    for variable in variables where variable.isSecret {
      var length = 0
      variable.withValue { length = $0.byteCount }
      guard length > 0, length < Masker.leastLength else { continue }
      workspace.tell(
        Notice(
          .unmasked, .warning,
          "\(variable.name) is not hidden: it is shorter than \(Masker.leastLength) bytes, and would "
            + "hide ordinary words"))
    }
  }
}

extension Notice.Code {
  /// A key was passed over.
  static let skipped = Notice.Code(rawValue: "skipped")
  /// Keys of the caller's environment are not inherited.
  static let withheld = Notice.Code(rawValue: "withheld")
  /// A value is too short to be hidden.
  static let unmasked = Notice.Code(rawValue: "unmasked")
}
