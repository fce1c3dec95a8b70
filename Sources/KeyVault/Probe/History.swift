internal import FoundationEssentials
internal import Naming

/// Past verdicts of this machine, one JSON line each in `.keyvault/history.jsonl`.
public struct History: Sendable {
  public struct Record: Sendable, Codable, Equatable {
    public var at: Timestamp
    public var entry: String
    public var provider: String
    public var verdict: Verdict
    public var http: Int?
    public var totalMilliseconds: Double?
    /// Of the ciphertext: a verdict is about one key, not about a name.
    public var digest: String?
    /// This machine's code of the credential, by which it is known in another ciphertext.
    var key: String?
    /// What was asked, and where, so that the answer is not taken for that to another question.
    var question: String?

    private enum CodingKeys: String, CodingKey {
      case at, entry, provider, verdict, http
      case totalMilliseconds = "total_ms"
      case digest, key, question
    }
  }

  let state: LocalState

  /// The root of the repository that has the entries.
  public var root: String { state.root }

  public init(_ state: LocalState) {
    self.state = state
  }

  /// Adds the results of entries that were opened, unless the run ended before their answer.
  public func append(_ results: [TestResult]) throws(Failure) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    for result in results where result.digest != nil && !result.isCutShort {
      guard let data = try? encoder.encode(Record(result)) else { continue }
      do throws(FileError) {
        try state.append([Array(data)], to: .verdicts)
      } catch {
        throw error.failure
      }
    }
  }

  /// Whether lines of other machines have not been reported yet.
  public func foreignIsNews() -> Bool { state.isNews(foreignIn: .verdicts) }

  /// What is remembered.
  public struct Past: Sendable {
    /// Every record, oldest first.
    public let records: [Record]
    /// Lines without our MAC, which nothing is read from.
    public let foreign: Int

    /// The last record of each key.
    public var latest: LastVerdicts { LastVerdicts(records) }

    /// The last record of each key that says whether it can be used.
    public var latestClear: LastVerdicts { LastVerdicts(records.filter(\.isClear)) }
  }

  /// Records of the future are left out: a clock that went back must not keep an old verdict fresh.
  public func past(now: Timestamp) -> Past {
    let decoder = JSONDecoder()
    let (ours, foreign) = state.records(of: .verdicts)
    let records = ours.compactMap { try? decoder.decode(Record.self, from: Data($0)) }
    return Past(records: records.filter { $0.at <= now }, foreign: foreign)
  }
}

extension History.Record {
  init(_ result: TestResult) {
    at = result.checked
    entry = result.entry
    provider = result.provider
    verdict = result.verdict
    http = result.http
    totalMilliseconds = result.latency?.total
    digest = result.digest
    key = result.key
    question = result.question
  }

  /// Whether it says if the key can be used.
  var isClear: Bool { verdict.word == .valid || verdict.word == .invalid }
}
