/// The document of `keyvault pick`.
public struct PickReport: Sendable, Codable {
  public struct Choice: Sendable, Codable, Equatable {
    public var entry: String
    public var provider: String
    public var variable: String
    public var verdict: Verdict
    public var word: Verdict.Word
    /// When the verdict was given.
    public var checked: Timestamp?
  }

  public var version = 1
  public var capability: Capability
  public var environment: String
  /// Absent where no key serves.
  public var pick: Choice?
  /// What was passed over, in the order in which it was.
  public var skipped: [Skip]

  public init(_ pick: Pick) {
    capability = pick.capability
    environment = pick.environment
    self.pick = pick.choice.map(Choice.init)
    skipped = pick.skipped
  }

  /// Provider, entry and variable, in one line; nothing where no key serves.
  public func text(_ style: Style) -> String {
    guard let pick else { return "" }
    var table = TextTable()
    table.add([
      TextTable.Cell(pick.provider), TextTable.Cell(pick.entry, .bold),
      TextTable.Cell(pick.variable),
    ])
    return table.text(style)
  }

  /// Why each of the skipped ones was, a line each.
  public func reasons(now: Timestamp) -> [String] {
    skipped.map { "skipped \($0.text(now: now))" }
  }
}

extension PickReport.Choice {
  init(_ choice: Pick.Choice) {
    entry = choice.entry.path
    provider = choice.provider.id
    variable = choice.variable
    verdict = choice.verdict
    word = verdict.word
    checked = choice.checked
  }
}
