internal import HTTP
public import Naming

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

  /// A verdict of an earlier run.
  public struct Last: Sendable, Codable, Equatable {
    public var verdict: Verdict
    public var checked: Timestamp
  }

  public var entry: String
  public var provider: String
  public var verdict: Verdict
  public var word: Verdict.Word
  public var works: Verdict.Answer
  public var credit: Credit
  /// Whether the environment requires this provider.
  public var isRequired = false
  /// Whether a former recipient could have read the key. Rotate it even if it works.
  public var isExposed: Bool?
  /// Whether it should have been rotated by now. Not written down.
  var isOverdue = false
  /// The last day on which the sidecar accepts this verdict, such as `2027-02-21`; nil where it does not.
  public var acknowledgedUntil: String?
  /// The status of the answer.
  public var http: Int?
  /// The number of the rule in the provider's file; nil for a built-in one.
  public var rule: Int?
  /// What the rule matched, in the rule's words.
  public var matched: [String] = []
  /// Whether the rule rests on an answer that is recorded or documented; nil without a rule.
  public var isConfirmed: Bool?
  /// The reason or an advice, in a sentence.
  public var note: String?
  /// What to do now.
  public var next: String?
  /// Set where the entry could not be used at all: a file that was moved, a broken one.
  public var error: String?
  public var latency: Latency?
  /// How often the request was sent; nil if it was not.
  public var attempts: Int?
  /// What the second request said, where there was one.
  public var quota: Evidence?
  /// The last verdict that said whether this ciphertext's key can be used, where this one does not.
  public var last: Last?
  /// Whether the definition refused a bogus key, where it was asked to.
  public var control: Control.Outcome?
  /// What `read:` of the provider's file names.
  public var facts: [Name: String] = [:]
  /// `sha256:…` of the ciphertext that was tested.
  public var digest: String?
  /// This machine's code of the credential, as ``Memory`` knows it. Not printed.
  var key: String?
  /// What the provider was asked, and where; nil where it was not asked. Not printed.
  var question: String?
  public var checked: Timestamp
  /// What should be looked at about the entry, whatever the provider says. Told, not written down.
  public var doubts: [Doubt] = []
  /// Whether the entry is not checked out, so that it could not be tested. Not written down.
  private(set) var isLeftOut = false
  /// Whether the run ended before there was a verdict. Not written down: nothing is known.
  public private(set) var isCutShort = false

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

  private enum CodingKeys: String, CodingKey {
    case entry, provider, verdict, word, works, credit
    case isRequired = "required"
    case isExposed = "exposed"
    case acknowledgedUntil = "acknowledged_until"
    case http, rule, matched
    case isConfirmed = "confirmed"
    case note, next, error, latency, attempts, quota, last, control, facts
    case digest, checked
  }
}

extension TestResult {
  mutating func set(_ verdict: Verdict, note: String?) {
    self.verdict = verdict
    self.note = note
    word = verdict.word
    works = verdict.works
    credit = verdict == .noCredit ? .exhausted : .unknown
  }

  mutating func set(_ judgement: Judgement, of answer: ProbeAnswer) {
    set(judgement.verdict, note: judgement.note)
    if judgement.provesCredit { credit = .ok }
    http = answer.http.status
    rule = judgement.rule
    matched = judgement.matched
    isConfirmed = rule == nil ? nil : judgement.isConfirmed
    latency = Latency(answer.http.timing)
  }

  /// Takes from the second answer what it may decide: that the account cannot pay, or that it can.
  mutating func apply(quota judgement: Judgement, of answer: ProbeAnswer) {
    quota = Evidence(judgement, of: answer)
    switch judgement.verdict {
    case .noCredit, .accountDisabled: set(judgement.verdict, note: judgement.note)
    case .valid, .restricted: if judgement.provesCredit { credit = .ok }
    default: break
    }
  }

  /// Forgets what an answer said that any key would get.
  mutating func distrust(_ reproach: String) {
    set(.unknown, note: reproach)
    (rule, matched, isConfirmed, quota) = (nil, [], nil, nil)
    facts = [:]
  }

  /// Keeps what was known before beside a verdict that says nothing of the key.
  public mutating func remember(_ record: History.Record?) {
    guard word == .unclear || isCutShort, let record else { return }
    last = Last(verdict: record.verdict, checked: record.at)
  }

  mutating func cutShort() {
    set(.untested, note: "the run ended before there was an answer")
    isCutShort = true
  }
}

extension TestResult.Latency {
  init(_ timing: HTTPAnswer.Timing) {
    func milliseconds(_ seconds: Double) -> Double { (seconds * 10_000).rounded() / 10 }
    nameLookup = milliseconds(timing.nameLookup)
    connect = milliseconds(timing.connect)
    tls = milliseconds(timing.tls)
    firstByte = milliseconds(timing.firstByte)
    total = milliseconds(timing.total)
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

extension TestResult {
  /// Of an entry that git has and a sparse checkout leaves out.
  init(leavingOut entry: Vault.Entry, isRequired: Bool, now: Timestamp) {
    self.init(
      entry: entry.name.path, provider: entry.provider, verdict: .untested,
      note: "git has it, and this sparse checkout leaves it out", checked: now)
    self.isRequired = isRequired
    isLeftOut = true
    next = FileError.checkout(of: entry.name.ciphertextPath)
  }

  /// The answer about a key that was tested before it was stored, with the ciphertext in which it was stored.
  public func about(_ prepared: Vault.Prepared) -> TestResult {
    var result = self
    result.digest = prepared.digest
    result.key = prepared.key
    return result
  }
}
