/// How often and how fast providers answered the tests of this machine.
public struct TestFigures: Sendable, Codable, Equatable {
  public var count: Int
  public var first: Timestamp
  public var last: Timestamp
  /// Of the requests that were sent, the share that the provider answered without a fault of its own, from 0 to 1;
  /// nil if none was sent.
  public var availability: Double?
  /// Milliseconds within which half of the answers came. nil if there was no answer.
  public var p50: Double?
  /// Milliseconds within which 95 of 100 answers came. nil if there was no answer.
  public var p95: Double?

  private enum CodingKeys: String, CodingKey {
    case count, first, last, availability
    case p50 = "p50_ms"
    case p95 = "p95_ms"
  }

  /// Of records in the order of the tests; nil if there are none.
  init?(_ records: [History.Record]) {
    guard let first = records.first, let last = records.last else { return nil }
    count = records.count
    self.first = first.at
    self.last = last.at
    let sent = records.filter(\.wasSent)
    let answered = sent.filter { $0.verdict != .unreachable && $0.verdict != .providerError }
    availability = sent.isEmpty ? nil : Double(answered.count) / Double(sent.count)
    let times = records.compactMap(\.totalMilliseconds).sorted()
    p50 = Self.percentile(50, of: times)
    p95 = Self.percentile(95, of: times)
  }

  /// By the nearest rank; nil of nothing.
  private static func percentile(_ percent: Int, of sorted: [Double]) -> Double? {
    guard !sorted.isEmpty else { return nil }
    let rank = (sorted.count * percent + 99) / 100
    return sorted[max(1, rank) - 1]
  }

  /// `12 tests here: 96 % answered, half within 120 ms, 95 % within 480 ms`.
  var text: String {
    let parts = [
      availability.map { "\(Int(($0 * 100).rounded(.down))) % answered" },
      p50.map { "half within \(Int($0.rounded())) ms" },
      p95.map { "95 % within \(Int($0.rounded())) ms" },
    ].compactMap(\.self)
    return KeyVault.count(count, "test") + " here"
      + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
  }
}

extension History.Record {
  /// Whether the provider was asked.
  fileprivate var wasSent: Bool { http != nil || verdict == .unreachable }
}
