/// Re-encrypts entries whose readers differ from their folder's recipients. Everything else stays, byte for byte.
public struct ReencryptEntries: Sendable {
  /// Environments or entries; empty for all.
  public let selection: [String]

  public init(_ selection: [String] = []) {
    self.selection = selection
  }

  /// What is to be done. No key was opened for it.
  public struct Plan: Sendable {
    /// How many entries were looked at.
    public let count: Int
    /// Those that are checked out and are to be re-encrypted; sorted.
    public let entries: [Vault.Entry]
    /// The others, which a sparse checkout leaves out.
    public let absent: [Vault.Entry]

    /// Both; sorted, each kind by itself.
    public var names: [EntryName] { (entries + absent).map(\.name) }
  }

  /// Throws where nothing is selected.
  public func plan(in workspace: Workspace) throws(Failure) -> Plan {
    let repository = workspace.repository
    let chosen = try Selection(selection, in: repository)
    guard !chosen.isEmpty else {
      throw Failure(.nothingToDo, "there is no entry to look at")
    }
    let reencryption = Reencryption(of: repository, program: try workspace.program())
    let absent = try reencryption.drifted(chosen.absent)
    return Plan(
      count: chosen.entries.count + chosen.absent.count,
      entries: try reencryption.drifted(chosen.entries), absent: absent)
  }

  public struct Outcome: Sendable {
    public let entries: Reencryption.Outcome
    /// What changed or must be committed with it, relative to the root: a commit of the ciphertexts without the lists
    /// that they follow would look like drift.
    public let files: [String]
    /// Whether readers of an entry still differ.
    public let isPartial: Bool
  }

  /// All files change together. Throws, with nothing changed, where an entry of the plan is not checked out. `progress`
  /// is called after each entry.
  public static func run(
    _ plan: Plan, in workspace: Workspace, progress: @escaping @Sendable () -> Void = {}
  ) async throws(Failure) -> Outcome {
    let vault = workspace.vault
    try vault.refuseAbsent(plan.absent)
    guard !plan.entries.isEmpty else {
      return Outcome(entries: Reencryption.Outcome(), files: [], isPartial: false)
    }
    let reencryption = Reencryption(
      of: workspace.repository, program: try workspace.program())
    let outcome = try await reencryption.run(
      plan.entries, with: workspace.gpg(), now: workspace.now, progress: progress)
    return Outcome(
      entries: outcome,
      files: outcome.done.flatMap { [$0.ciphertextPath, $0.sidecarPath] }
        + vault.recipientFiles(of: outcome.done),
      isPartial: outcome.done.count < plan.entries.count)
  }
}
