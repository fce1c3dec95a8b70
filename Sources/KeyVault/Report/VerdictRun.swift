internal import Naming

/// Tests in a row that gave an entry the same verdict.
public struct VerdictRun: Sendable, Codable, Equatable {
  /// Of the first test.
  public var at: Timestamp
  /// Of the last test.
  public var last: Timestamp
  /// How many there were.
  public var tests: Int
  /// The entry's name at the time.
  public var entry: String
  public var provider: String
  public var verdict: Verdict
  public var word: Verdict.Word
  /// The status of the last answer; nil if there was none.
  public var http: Int?
  /// Whether the test before was of another ciphertext: another key, or the same key encrypted again.
  public var isOtherCiphertext: Bool

  private enum CodingKeys: String, CodingKey {
    case at, last, tests, entry, provider, verdict, word, http
    case isOtherCiphertext = "other_ciphertext"
  }

  /// The runs of one entry's records, which are in the order of the tests.
  static func runs(of records: [History.Record]) -> [VerdictRun] {
    var runs: [VerdictRun] = []
    var previous: History.Record?
    for record in records {
      let isOther = previous.map { $0.digest != record.digest } ?? false
      if !isOther, record.verdict == previous?.verdict {
        runs[runs.count - 1].tests += 1
        runs[runs.count - 1].last = record.at
        runs[runs.count - 1].http = record.http
      } else {
        runs.append(
          VerdictRun(
            at: record.at, last: record.at, tests: 1, entry: record.entry,
            provider: record.provider, verdict: record.verdict, word: record.verdict.word,
            http: record.http, isOtherCiphertext: isOther))
      }
      previous = record
    }
    return runs
  }
}
