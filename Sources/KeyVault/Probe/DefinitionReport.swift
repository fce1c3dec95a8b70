/// The document of `keyvault providers check`: what a provider's definition says of credentials, or
/// of recorded answers, whose verdicts are known beforehand.
public struct DefinitionReport: Sendable, Codable {
  public struct Row: Sendable, Codable {
    public enum Outcome: String, Sendable, Codable {
      /// It is what it must be.
      case ok
      case wrong
      /// The answer says nothing either way.
      case unclear
    }

    /// `no key`, `bogus key`, an entry, or the name of a recorded answer.
    public var what: String
    public var outcome: Outcome
    public var verdict: Verdict
    public var http: Int?
    public var rule: Int?
    public var matched: [String]
    public var note: String?

    init(_ what: String, _ evidence: Evidence, _ outcome: Outcome) {
      self.what = what
      self.outcome = outcome
      verdict = evidence.verdict
      http = evidence.http
      rule = evidence.rule
      matched = evidence.matched
      note = evidence.note
    }
  }

  public var version = 1
  public var provider: String
  public var rows: [Row]

  public init(provider: String, rows: [Row]) {
    self.provider = provider
    self.rows = rows
  }

  /// The worst of the rows.
  public var outcome: Row.Outcome {
    let outcomes = Set(rows.map(\.outcome))
    if outcomes.contains(.wrong) { return .wrong }
    return outcomes.contains(.unclear) ? .unclear : .ok
  }

}
