internal import Naming

/// The document of `keyvault history`.
public struct HistoryReport: Sendable, Codable {
  /// A verdict that differs from the one before.
  public struct Change: Sendable, Codable, Equatable {
    public var at: Timestamp
    public var verdict: Verdict
    public var word: Verdict.Word
    public var http: Int?
    /// Whether the ciphertext changed since the previous test: a new key, or the same key
    /// re-encrypted.
    public var isOtherCiphertext: Bool

    private enum CodingKeys: String, CodingKey {
      case at, verdict, word, http
      case isOtherCiphertext = "other_ciphertext"
    }
  }

  public struct Entry: Sendable, Codable {
    public var entry: String
    public var provider: String
    /// The last one.
    public var verdict: Verdict
    public var word: Verdict.Word
    public var tests: Int
    public var first: Timestamp
    public var last: Timestamp
    /// Of requests that were sent, the share that the provider answered without a fault of its own;
    /// nil if none was sent.
    public var availability: Double?
    /// Milliseconds of answered requests, the median and the 95th percentile.
    public var p50: Double?
    public var p95: Double?
    /// The first verdict and each that differs from the one before, oldest first.
    public var changes: [Change]

    private enum CodingKeys: String, CodingKey {
      case entry, provider, verdict, word, tests, first, last, availability
      case p50 = "p50_ms"
      case p95 = "p95_ms"
      case changes
    }
  }

  public var version = 1
  public var entries: [Entry]

  /// `selection` are entries or environments with all below them, present or not; empty for all.
  public init(
    of past: History.Past, selection: [String], in repository: Repository
  ) throws(Failure) {
    let known = Dictionary(grouping: past.records) { Name($0.entry) }
    if !selection.isEmpty {
      // Names that are neither here nor remembered are mistyped.
      let unknown = selection.filter { argument in
        !known.keys.contains { Self.holds(argument, $0.text) }
      }
      _ = unknown.isEmpty ? nil : try Selection(unknown, in: repository)
    }
    entries = known.filter { entry in
      selection.isEmpty || selection.contains { Self.holds($0, entry.key.text) }
    }.compactMap { Entry($0.key.text, $0.value) }
      .sorted { $0.entry.utf8.lexicographicallyPrecedes($1.entry.utf8) }
  }

  private static func holds(_ argument: String, _ entry: String) -> Bool {
    entry == argument || entry.hasPrefix(argument.hasSuffix("/") ? argument : argument + "/")
  }
}

extension HistoryReport.Entry {
  fileprivate init?(_ entry: String, _ records: [History.Record]) {
    guard let first = records.first, let last = records.last else { return nil }
    self.entry = entry
    provider = last.provider
    verdict = last.verdict
    word = verdict.word
    tests = records.count
    self.first = first.at
    self.last = last.at
    let sent = records.filter(\.wasSent)
    let answered = sent.filter { $0.verdict != .unreachable && $0.verdict != .providerError }
    availability = sent.isEmpty ? nil : Double(answered.count) / Double(sent.count)
    let times = records.compactMap(\.totalMilliseconds).sorted()
    p50 = Self.percentile(50, of: times)
    p95 = Self.percentile(95, of: times)
    changes = Self.changes(records)
  }

  /// By the nearest rank; nil of nothing.
  static func percentile(_ percent: Int, of sorted: [Double]) -> Double? {
    guard !sorted.isEmpty else { return nil }
    let rank = (sorted.count * percent + 99) / 100
    return sorted[max(1, rank) - 1]
  }

  private static func changes(_ records: [History.Record]) -> [HistoryReport.Change] {
    var changes: [HistoryReport.Change] = []
    var previous: History.Record?
    for record in records {
      if record.verdict != previous?.verdict {
        changes.append(
          HistoryReport.Change(
            at: record.at, verdict: record.verdict, word: record.verdict.word, http: record.http,
            isOtherCiphertext: previous.map { $0.digest != record.digest } ?? false))
      }
      previous = record
    }
    return changes
  }
}

extension History.Record {
  /// Whether the provider was asked.
  fileprivate var wasSent: Bool { http != nil || verdict == .unreachable }
}

extension HistoryReport {
  /// A line an entry; below the only one, its changes.
  public func text(_ style: Style) -> String {
    var table = TextTable()
    table.add(
      ["entry", "status", "last test", "tests", "available", "p50", "p95"]
        .map { TextTable.Cell($0, .dim) })
    for entry in entries {
      table.add([
        TextTable.Cell(entry.entry, .bold),
        TextTable.Cell(entry.word.rawValue, entry.word.colour), TextTable.Cell(entry.last.text),
        TextTable.Cell(String(entry.tests)),
        TextTable.Cell(entry.availability.map { "\(Int(($0 * 100).rounded(.down))) %" } ?? ""),
        TextTable.Cell(milliseconds: entry.p50), TextTable.Cell(milliseconds: entry.p95),
      ])
    }
    guard entries.count == 1 else { return table.text(style) }
    var changes = TextTable()
    for change in entries[0].changes {
      changes.add([
        TextTable.Cell(change.at.text, .dim),
        TextTable.Cell(change.word.rawValue, change.word.colour),
        TextTable.Cell(change.verdict.rawValue),
        TextTable.Cell(change.http.map { "HTTP \($0)" } ?? ""),
        TextTable.Cell(change.isOtherCiphertext ? "another ciphertext" : ""),
      ])
    }
    return table.text(style) + "\n" + changes.text(style)
  }
}
