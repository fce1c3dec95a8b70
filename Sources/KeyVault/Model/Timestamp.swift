internal import Glibc

/// A moment, to the second, in UTC.
public struct Timestamp: Sendable, Hashable, Comparable, Codable {
  /// Since 1970.
  public let seconds: Int

  /// A moment outside the years 1000 to 9999, as only a forged commit or key has, counts as the nearest in
  /// them, so that differences and sums of moments cannot overflow.
  public init(seconds: Int) {
    self.seconds = min(max(seconds, Self.range.lowerBound), Self.range.upperBound)
  }

  private static let range = -30_610_224_000...253_402_300_799

  /// The machine's clock, for programs; commands get the time as an argument.
  public static var now: Timestamp { Timestamp(seconds: time(nil)) }

  /// Reads `2026-11-23T17:45:00Z` or, as its first moment, `2026-11-23`.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int32 {
      bytes[range].reduce(0) { $0 * 10 + Int32($1) - 0x30 }
    }
    guard bytes.count == 10 || bytes.count == 20 else { return nil }
    var parts = tm()
    parts.tm_year = number(0..<4) - 1900
    parts.tm_mon = number(5..<7) - 1
    parts.tm_mday = number(8..<10)
    if bytes.count == 20 {
      parts.tm_hour = number(11..<13)
      parts.tm_min = number(14..<16)
      parts.tm_sec = number(17..<19)
    }
    self.init(seconds: timegm(&parts))
    // Says the same only if every character was in its place and the calendar has the day.
    guard bytes.count == 20 ? self.text == text : day == text else { return nil }
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
    var moment = time_t(seconds)
    var parts = tm()
    gmtime_r(&moment, &parts)
    return String(unsafeUninitializedCapacity: 32) { buffer in
      buffer.withMemoryRebound(to: CChar.self) {
        strftime($0.baseAddress!, $0.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
      }
    }
  }

  /// `2026-11-23`.
  public var day: String { String(text.prefix(10)) }

  public func adding(days: Int) -> Timestamp {
    let (added, isOver) = days.multipliedReportingOverflow(by: 86_400)
    let (sum, isOverToo) = seconds.addingReportingOverflow(added)
    return Timestamp(seconds: isOver || isOverToo ? (days < 0 ? .min : .max) : sum)
  }

  /// Whole days from `other` to this; negative if this is earlier.
  public func days(since other: Timestamp) -> Int {
    Int((Double(seconds - other.seconds) / 86_400).rounded(.down))
  }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.seconds < b.seconds }
}
