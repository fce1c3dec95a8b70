internal import FoundationEssentials
internal import Naming

/// What is known of every key without opening any: the document of `keyvault status`.
public struct StatusReport: Sendable, Codable {
  public struct Row: Sendable, Codable, Equatable {
    public var entry: String
    public var provider: String
    public var verdict: Verdict
    public var word: Verdict.Word
    /// When the verdict was given.
    public var checked: Timestamp?
    public var isRequired: Bool
    public var isDisabled: Bool
    public var owner: String?
    public var preview: String?
    public var created: Timestamp?
    public var rotated: Timestamp?
    public var expires: Timestamp?
    /// `fresh`, `due`, `overdue`, `expired`, `unknown`.
    public var rotation: String
    /// The day by which it must be rotated, or since which it is too late.
    public var rotationDay: String?
    public var isExposed: Bool
    /// Since when a former recipient could have read it.
    public var exposedSince: String?
    /// The last day on which the sidecar accepts this verdict, such as `2027-02-21`; nil where it does not.
    public var acknowledgedUntil: String?
    /// Whether all earlier keys that are noted are `proven` dead, or one is `unproven`; nil if none is.
    public var retired: String?
    /// Of the tests of this entry that this machine remembers; nil if there are none.
    public var tests: TestFigures?
    /// What is wrong with the sidecar, so that the rest is not known; nil if nothing is.
    public var fault: String?

    private enum CodingKeys: String, CodingKey {
      case entry, provider, verdict, word, checked
      case isRequired = "required"
      case isDisabled = "disabled"
      case owner, preview, created, rotated, expires, rotation
      case rotationDay = "rotation_day"
      case isExposed = "exposed"
      case exposedSince = "exposed_since"
      case acknowledgedUntil = "acknowledged_until"
      case retired, tests, fault
    }
  }

  public var version = 1
  public var at: Timestamp
  public var results: [Row]
  /// How many required keys that are missing are not listed; nil where all are.
  public var omitted: Int?
  /// Of the tests of all these entries; nil if there are none.
  public var tests: TestFigures?

  /// `verdicts` are the last known ones; one of another key does not count. `past` is what this machine remembers
  /// of tests, from which the figures come.
  public init(
    of selection: Selection, in repository: Repository,
    verdicts: LastVerdicts, past: History.Past? = nil, now: Timestamp
  ) throws(Failure) {
    at = now
    let records = past?.records ?? []
    let tests = Dictionary(grouping: records) { Name($0.entry) }
    let rows = selection.everything.map { entry in
      // A disabled key is not asked about, so its earlier verdict is not news.
      let isDisabled = entry.sidecar?.isDisabled == true
      let known =
        isDisabled ? nil : verdicts.record(of: entry, in: repository.vault)
      let policy = repository.configuration.policy(for: entry.name, entry.sidecar)
      var row = Row(entry, verdict: known, policy: policy, now: now)
      row.isRequired = repository.requires(entry)
      row.tests = tests[Name(row.entry)].flatMap { TestFigures($0) }
      return row
    }
    let names = Set(names: rows.map(\.entry))
    self.tests = TestFigures(records.filter { names.contains(Name($0.entry)) })
    let missing = try selection.notConfigured(in: repository, now: now)
    results = (rows + missing.results.map(Row.init))
      .sorted { $0.entry.utf8.lexicographicallyPrecedes($1.entry.utf8) }
    omitted = missing.omitted == 0 ? nil : missing.omitted
  }
}

extension StatusReport {
  /// Whether a key is in a state to fail on.
  public func fails(on failOn: FailOn) -> Bool { results.contains { failOn.contains($0) } }
}

extension StatusReport.Row {
  init(
    _ entry: Vault.Entry, verdict record: History.Record?, policy: Configuration.Policy,
    now: Timestamp
  ) {
    let sidecar = entry.sidecar
    self.entry = entry.name.path
    provider = entry.provider
    verdict = record?.verdict ?? .untested
    word = verdict.word
    checked = record?.at
    isRequired = false
    isDisabled = sidecar?.isDisabled ?? false
    owner = sidecar?.owner
    preview = sidecar?.preview
    fault = entry.fault?.message
    created = sidecar?.created
    rotated = sidecar?.rotated
    expires = sidecar?.expires
    isExposed = sidecar?.exposed != nil
    exposedSince = sidecar?.exposed?.since?.day
    acknowledgedUntil = sidecar?.acknowledgedUntil(verdict, at: now)
    if let past = sidecar?.retired, !past.isEmpty {
      retired = past.allSatisfy { $0.proven != nil } ? "proven" : Sidecar.Retired.unproven
    }
    switch Freshness(sidecar, policy: policy, now: now) {
    case .fresh: rotation = "fresh"
    case .due(let day): (rotation, rotationDay) = ("due", day)
    case .overdue(let day): (rotation, rotationDay) = ("overdue", day)
    case .expired(let day): (rotation, rotationDay) = ("expired", day)
    case .unknown: rotation = "unknown"
    }
  }

  init(_ missing: TestResult) {
    entry = missing.entry
    provider = missing.provider
    verdict = missing.verdict
    word = missing.word
    isRequired = missing.isRequired
    isDisabled = false
    rotation = "unknown"
    isExposed = false
  }
}

/// The one way in which a report becomes JSON: two spaces, sorted keys, a final line break, and what
/// could deceive a reader of the text escaped.
public func json(_ report: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(report), as: UTF8.self).escapedForJSON + "\n"
}
