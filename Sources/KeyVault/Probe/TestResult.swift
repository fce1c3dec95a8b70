/// What is known of one key after a test, with its evidence. Never a body, never a part of the key.
public struct TestResult: Sendable, Codable, Equatable {
  public enum Credit: String, Sendable, Codable {
    case ok, exhausted, unknown
  }

  /// Milliseconds, from the start of the request.
  public struct Latency: Sendable, Codable, Equatable {
    public var nameLookup: Double
    public var connect: Double
    public var tls: Double
    public var firstByte: Double
    public var total: Double
  }

  public var entry: String
  public var provider: String
  public var verdict: Verdict
  public var word: Verdict.Word
  public var works: Verdict.Answer
  public var credit: Credit
  /// Whether the environment requires this provider.
  public var isRequired = false
  /// The status of the answer.
  public var http: Int?
  /// The number of the rule in the provider's file; nil for a built-in one.
  public var rule: Int?
  /// What the rule matched, in the rule's words.
  public var matched: [String] = []
  /// The reason or an advice, in a sentence.
  public var note: String?
  /// What to do now.
  public var next: String?
  /// Set where the entry could not be used at all: a file that was moved, a broken one.
  public var error: String?
  public var latency: Latency?
  /// What `read:` of the provider's file names.
  public var facts: [String: String] = [:]
  /// `sha256:…` of the ciphertext that was tested.
  public var digest: String?
  public var checked: Timestamp

  public init(
    entry: String, provider: String, verdict: Verdict, note: String? = nil, checked: Timestamp
  ) {
    self.entry = entry
    self.provider = provider
    self.verdict = verdict
    self.note = note
    self.checked = checked
    word = verdict.word
    works = verdict.works
    credit = verdict == .noCredit ? .exhausted : .unknown
  }

  /// Whether there is a verdict about the key itself.
  var wasTested: Bool { verdict != .untested && verdict != .locked && verdict != .notConfigured }

  /// `HTTP 401 · error.code=invalid_api_key`.
  public var evidence: String {
    ((http.map { ["HTTP \($0)"] } ?? []) + matched).joined(separator: " · ")
  }

  private enum CodingKeys: String, CodingKey {
    case entry, provider, verdict, word, works, credit
    case isRequired = "required"
    case http, rule, matched, note, next, error, latency, facts, digest, checked
  }
}

extension TestResult.Latency {
  private enum CodingKeys: String, CodingKey {
    case nameLookup = "name_lookup_ms"
    case connect = "connect_ms"
    case tls = "tls_ms"
    case firstByte = "first_byte_ms"
    case total = "total_ms"
  }
}

/// The document that `keyvault test --format json` prints.
public struct TestReport: Sendable, Codable {
  public var version = 1
  public var checked: Timestamp
  public var results: [TestResult]

  public init(checked: Timestamp, results: [TestResult]) {
    self.checked = checked
    self.results = results
  }

  /// What the whole run says; product.md §4.
  public enum Conclusion: Sendable, Equatable {
    /// Every key works.
    case good
    /// A key is unusable, broken, or a required one is missing.
    case findings
    /// Nothing was tested.
    case nothing
    /// Nothing is wrong for certain, but a verdict is unclear.
    case inconclusive
    /// There were keys, and none could be opened.
    case locked
  }

  public var conclusion: Conclusion { conclusion(named: []) }

  /// `named` are entries that were asked for one by one: one that is locked is no success.
  public func conclusion(named: Set<String>) -> Conclusion {
    let present = results.filter { $0.verdict != .notConfigured }
    let missing = results.contains { $0.verdict == .notConfigured && $0.isRequired }
    if missing || present.contains(where: { $0.word == .invalid || $0.error != nil }) {
      return .findings
    }
    if present.isEmpty { return .nothing }
    let locked = present.filter { $0.word == .locked }
    let isNamed = locked.contains { named.contains($0.entry) }
    if isNamed || !locked.isEmpty && present.allSatisfy({ !$0.wasTested }) { return .locked }
    let tested = present.filter(\.wasTested)
    if tested.isEmpty { return .nothing }
    // A provider without a free endpoint cannot be proved; that alone is no reason to fail.
    let provable = tested.filter { $0.verdict != .unverifiable }
    if provable.isEmpty || provable.contains(where: { $0.word == .unclear }) {
      return .inconclusive
    }
    return .good
  }
}
