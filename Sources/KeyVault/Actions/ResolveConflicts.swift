/// Ends merge conflicts of entries. Each is judged by itself: one that needs a choice, or cannot be opened, stops no
/// other one.
public struct ResolveConflicts: Sendable {
  /// Places that any side has; empty for all conflicts.
  public let entries: [EntryName]
  /// The side that counts where the sides do not decide; nil to find out, and to ask.
  public let side: Side?
  /// Whether providers are asked which of two keys works.
  public let asksProvider: Bool
  /// Hears of each wait for a provider.
  public let onWait: @Sendable (Wait) -> Void

  public init(
    _ entries: [EntryName] = [], taking side: Side? = nil, asksProvider: Bool,
    onWait: @escaping @Sendable (Wait) -> Void = { _ in }
  ) {
    self.entries = entries
    self.side = side
    self.asksProvider = asksProvider
    self.onWait = onWait
  }

  public struct Outcome: Sendable {
    /// Why conflicts are left, each one's.
    public internal(set) var failures: [Failure] = []
    /// How many entries are in conflict still; nil if no conflict was ended.
    public internal(set) var remaining: Int?
    /// Why what providers answered is not remembered; nil if it is.
    public internal(set) var unrecorded: Failure?
  }

  /// `conflicts` are those of this repository, read before it was opened: what is in conflict may keep it from being
  /// opened. Throws, with nothing changed, where none of them is meant.
  public func run(
    _ conflicts: MergeConflicts, in workspace: Workspace
  ) async throws(Failure) -> Outcome {
    let groups = try chosen(of: conflicts, in: workspace)
    var settling = try Settling(self, in: workspace)
    var outcome = Outcome()
    for group in groups {
      do throws(Failure) {
        try await settling.settle(conflicts.conflicts(of: group))
      } catch {
        guard error.isAboutEntry else { throw error }
        outcome.failures.append(error)
      }
    }
    for copy in conflicts.staleCopies where copy.isThere(in: workspace.vault) {
      workspace.tell(Notice(.staleCopy, of: copy.failure(in: workspace.vault)))
    }
    if outcome.failures.count < groups.count {
      outcome.remaining = try MergeConflicts(at: workspace.repository.root).names.count
    }
    outcome.unrecorded = settling.unrecorded
    return outcome
  }

  private func chosen(
    of conflicts: MergeConflicts, in workspace: Workspace
  ) throws(Failure) -> [MergeConflicts.Group] {
    guard !conflicts.groups.isEmpty else {
      let copies = conflicts.staleCopies.filter { $0.isThere(in: workspace.vault) }
      guard let copy = copies.first else {
        throw Failure(.nothingToDo, "no entry is in conflict")
      }
      for other in copies.dropFirst() {
        workspace.tell(Notice(.staleCopy, .warning, other.failure(in: workspace.vault).message))
      }
      throw copy.failure(in: workspace.vault)
    }
    guard !entries.isEmpty else { return conflicts.groups }
    var groups: [MergeConflicts.Group] = []
    for place in entries {
      guard let group = conflicts.group(of: place) else {
        throw Failure(
          .nothingToDo, "'\(place)' is not in conflict",
          hints: ["these are: \(conflicts.names.map(\.path).joined(separator: ", "))"])
      }
      if !groups.contains(where: { $0.names == group.names }) { groups.append(group) }
    }
    return groups
  }
}

extension Failure {
  /// Whether it is about the entry that is resolved, and not about all that are to be.
  fileprivate var isAboutEntry: Bool {
    switch kind {
    case .findings, .malformed, .locked, .inconclusive: true
    default: false
    }
  }
}

extension StaleCopy {
  fileprivate func failure(in vault: Vault) -> Failure {
    let hasNewer = (try? vault.entry(origin)) != nil
    return Failure(
      .findings,
      "'\(place)' has the key that '\(origin)' had before \(rotatedBy.rawValue) rotated it",
      hints: [
        hasNewer
          ? "give it the newer key: \(Shell("keyvault cp --force \(origin) \(place)")), or rotate it"
          : "rotate it: \(Shell("keyvault rotate \(place)"))"
      ])
  }
}

extension Notice.Code {
  /// A conflict ended.
  static let resolved = Notice.Code(rawValue: "resolved")
  /// What a provider says of the key of a side.
  static let answer = Notice.Code(rawValue: "answer")
  /// An entry has a key that was rotated where it comes from.
  static let staleCopy = Notice.Code(rawValue: "stale-copy")
}
