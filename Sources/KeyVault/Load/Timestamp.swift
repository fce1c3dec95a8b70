internal import FoundationEssentials

/// A moment, to the second, in UTC.
public struct Timestamp: Sendable, Hashable, Comparable, Codable {
  /// Since 1970.
  public let seconds: Int

  public init(seconds: Int) {
    self.seconds = seconds
  }

  /// Reads `2026-11-23T17:45:00Z` or, as its first moment, `2026-11-23`.
  public init?(_ text: String) {
    let style = Date.ISO8601FormatStyle(timeZone: .gmt)
    let full = text.utf8.count == 10 ? text + "T00:00:00Z" : text
    guard let date = try? style.parse(full) else { return nil }
    seconds = Int(date.timeIntervalSince1970)
    // The parser takes 2027-02-30 for 2027-03-02.
    guard self.text.hasPrefix(text.prefix(19)) else { return nil }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let timestamp = Timestamp(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a timestamp")
    }
    self = timestamp
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  /// `2026-11-23T17:45:00Z`.
  public var text: String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
  }

  /// `2026-11-23`.
  public var day: String { String(text.prefix(10)) }

  public func adding(days: Int) -> Timestamp {
    Timestamp(seconds: seconds + days * 86_400)
  }

  /// Whole days from `other` to this; negative if this is earlier.
  public func days(since other: Timestamp) -> Int {
    Int((Double(seconds - other.seconds) / 86_400).rounded(.down))
  }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.seconds < b.seconds }
}
