/// The document of `keyvault import`. It contains no values.
public struct ImportReport: Sendable, Codable {
  public enum Outcome: String, Sendable, Codable {
    case stored
    /// With `--dry-run`.
    case planned
    /// The entry held this key before.
    case present
    case refused, ambiguous
  }

  /// What is a key, or may be one.
  public struct Key: Sendable, Codable {
    public var name: String
    public var line: Int?
    public var outcome: Outcome
    public var entry: String?
    public var provider: String?
    /// The variable to render, where it is not the provider's own.
    public var env: String?
    public var preview: String?
    public var verdict: Verdict?
    public var word: Verdict.Word?
    /// Ids of the providers whose it may be.
    public var candidates: [String]?
    public var reason: String?
  }

  public struct Skipped: Sendable, Codable {
    public var name: String
    public var line: Int?
    public var reason: String
  }

  /// A line that assigns nothing.
  public struct Fault: Sendable, Codable {
    public var line: Int
    public var reason: String
  }

  public var version = 1
  public var environment: String
  public var source: String
  public var keys: [Key] = []
  public var skipped: [Skipped] = []
  public var faults: [Fault] = []
  /// What still holds the keys in plaintext, and what to do about it.
  public var remains: [String] = []

  /// What became of the variables of `source` by a plan, sorted by line where the source has lines.
  public init(
    of plan: ImportPlan, _ outcome: ImportKeys.Outcome, faults: [DotenvText.Fault],
    to environment: String, from source: String
  ) {
    self.environment = environment
    self.source = source
    keys = plan.ambiguities.map { ambiguity in
      Key(
        name: ambiguity.found.shown, line: ambiguity.found.line, outcome: .ambiguous,
        candidates: ambiguity.candidates, reason: ambiguity.text)
    }
    keys += plan.refused.map { other in
      Key(
        name: other.found.shown, line: other.found.line, outcome: .refused, reason: other.reason)
    }
    skipped = plan.skipped.map {
      Skipped(name: $0.found.shown, line: $0.found.line, reason: $0.reason)
    }
    self.faults = faults.map { Fault(line: $0.line, reason: $0.reason) }
    keys += outcome.keys.map(Key.init)
    keys = keys.enumerated().sorted {
      ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset)
    }.map(\.element)
  }

  /// Whether the source held nothing else than what the vault has now.
  public var isWhole: Bool { !hasFindings && skipped.isEmpty }

  /// Whether something that may be a key was left out.
  public var hasFindings: Bool {
    !faults.isEmpty || keys.contains { $0.outcome == .refused || $0.outcome == .ambiguous }
  }
}

extension ImportReport {
  /// A line a key with what is wrong below it, then what was skipped, by reason, with or without names.
  public func text(_ style: Style, namesSkipped: Bool) -> String {
    var table = TextTable()
    for key in keys {
      table.add([
        TextTable.Cell(key.name, .bold), TextTable.Cell(key.outcome.rawValue, key.outcome.colour),
        TextTable.Cell(key.entry.map { "→ \($0)" } ?? ""), TextTable.Cell(key.preview ?? ""),
        TextTable.Cell(key.verdict?.rawValue ?? "", key.word?.colour),
      ])
      if let remark = key.remark { table.add(remark: TextTable.Cell(remark, .dim)) }
    }
    return table.text(style) + skippedText(withNames: namesSkipped)
      + faults.prefix(Self.most).map { fault in
        "line \(fault.line): \(fault.reason)\n"
      }.joined() + (faults.count > Self.most ? "and \(faults.count - Self.most) more lines\n" : "")
  }

  private static let most = 20

  private func skippedText(withNames: Bool) -> String {
    var reasons: [String] = []
    for item in skipped where !reasons.contains(item.reason) { reasons.append(item.reason) }
    return reasons.map { reason in
      let names = skipped.filter { $0.reason == reason }.map { $0.name.printable(limit: 80) }
      let whom = withNames ? names.joined(separator: ", ") : count(names.count, "variable")
      return "skipped \(whom): \(reason)\n"
    }.joined()
  }
}

extension ImportPlan.Ambiguity {
  /// Why it is not certain whose key it is, and how to say it.
  fileprivate var text: String {
    guard found.hasShownName else {
      let whose = candidates.count == 1 ? candidates[0] : "a provider"
      return
        "\(reason); pass --as to make it a key of \(whose), or leave it out with --except; its "
        + "name is not shown here, because it could be a secret"
    }
    let (name, provider) = (found.name, candidates.count == 1 ? candidates[0] : "PROVIDER")
    return "\(reason); say \(Shell("--as \(name)=\(provider), or --except \(name)"))"
  }
}

extension ImportReport.Key {
  fileprivate var remark: String? {
    guard outcome == .ambiguous, let candidates else { return reason }
    return "of \(candidates.joined(separator: ", "))? \(reason ?? "")"
  }
}

extension ImportReport.Outcome {
  fileprivate var colour: Style.Colour? {
    switch self {
    case .stored, .planned: .green
    case .present: .dim
    case .refused: .red
    case .ambiguous: .yellow
    }
  }
}

extension ImportReport.Key {
  fileprivate init(_ item: ImportKeys.Outcome.Key) {
    let key = item.key
    self.init(
      name: key.found.shown, line: key.found.line, outcome: .init(item.status),
      entry: key.entry.path, provider: key.provider.id, env: key.variable, preview: key.preview,
      verdict: item.result?.verdict, word: item.result?.word, reason: item.reason)
  }
}

extension ImportReport.Outcome {
  fileprivate init(_ status: ImportKeys.Outcome.Status) {
    self =
      switch status {
      case .stored: .stored
      case .planned: .planned
      case .present: .present
      case .refused: .refused
      }
  }
}
