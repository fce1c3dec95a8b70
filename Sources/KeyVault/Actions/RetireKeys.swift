/// Asks providers about the keys that entries had before, and notes in the sidecars which of them they reject.
public struct RetireKeys: Sendable {
  public let entries: [EntryName]
  /// Hears of each wait before a provider is asked again.
  public var onWait: @Sendable (Wait) -> Void = { _ in }

  public init(_ entries: [EntryName]) { self.entries = entries }

  public struct Outcome: Sendable {
    /// The earlier keys of one entry.
    public struct Item: Sendable {
      public let entry: EntryName
      public let provider: Provider
      public let retirement: Retirement
    }

    public internal(set) var items: [Item] = []
    /// Files that were written, relative to the root.
    public internal(set) var changed: [String] = []

    public var conclusion: Conclusion {
      let keys = items.flatMap(\.retirement.keys)
      if keys.contains(where: { $0.outcome == .alive }) { return .findings }
      if keys.contains(where: { $0.outcome == .unproven })
        || !items.allSatisfy(\.retirement.isComplete)
      {
        return .inconclusive
      }
      return keys.isEmpty ? .nothing : .good
    }

    /// Why it failed, where that needs words.
    public var refusal: Failure? {
      switch conclusion {
      case .findings:
        let alive = items.map { item in
          (item: item, count: item.retirement.keys.count { $0.outcome == .alive })
        }.filter { $0.count > 0 }
        let count = alive.reduce(0) { $0 + $1.count }
        let names = alive.map(\.item.entry).shown
        var pages: [String] = []
        for case let page? in alive.map(\.item.provider.links.keys) where !pages.contains(page) {
          pages.append(page)
        }
        return Failure(
          .findings,
          alive.count > 1
            ? "\(count) earlier keys still work: of \(names)"
            : count == 1
              ? "an earlier key of '\(names)' still works"
              : "\(count) earlier keys of '\(names)' still work",
          hints: pages.map { "revoke what is not needed: \($0)" })
      case .nothing:
        return Failure(.nothingToDo, "git history has no earlier key of \(missing)")
      default: return nil
      }
    }

    private var missing: String {
      items.count == 1 ? "'\(items[0].entry)'" : "these \(items.count) entries"
    }
  }

  private struct Opened {
    let entry: Vault.Entry
    let opened: OpenedEntry
    let provider: Provider
  }

  /// `hear` gets what was found out about each entry before it is noted. Throws, with nothing sent, where an entry
  /// cannot be opened or its sidecar could not be written.
  public func run(
    in workspace: Workspace, hear: (Outcome.Item) throws -> Void
  ) async throws -> Outcome {
    let vault = workspace.vault
    // An entry that cannot be opened is found before an old key is sent.
    var opened: [Opened] = []
    for name in entries {
      let entry = try vault.entry(name)
      let provider = try workspace.provider(named: entry)
      let present = try vault.open(entry, requiring: .fitting, with: workspace.gpg())
      opened.append(Opened(entry: entry, opened: present, provider: provider))
    }
    let prober = try workspace.prober(onWait)
    for item in opened { try vault.checkCanChange(item.entry.name) }
    var outcome = Outcome()
    for item in opened {
      let retirement = try await Retirement(
        of: item.entry, opened: item.opened, in: workspace.repository, gpg: workspace.gpg(),
        prober: prober, now: workspace.now)
      let found = Outcome.Item(
        entry: item.entry.name, provider: item.provider, retirement: retirement)
      try hear(found)
      outcome.items.append(found)
      let written = try vault.record(retirement, of: item.entry, now: workspace.now)
      for file in written { workspace.tell(Notice(.noted, .note, "noted in \(file)")) }
      outcome.changed += written
    }
    if !outcome.items.allSatisfy(\.retirement.isComplete) {
      workspace.tell(
        Notice(
          .incompleteHistory, .warning, "git history is incomplete here, so there may be more keys",
          hints: [Git(in: workspace.repository.root).completion]))
    }
    return outcome
  }
}

extension Notice.Code {
  /// Git does not have the complete history here.
  static let incompleteHistory = Notice.Code(rawValue: "incomplete-history")
  /// A sidecar now lists which earlier keys are rejected.
  static let noted = Notice.Code(rawValue: "noted")
}
