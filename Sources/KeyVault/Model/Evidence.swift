internal import HTTP

/// What one answer, or the lack of one, says of the key that was presented. Never a body.
public struct Evidence: Sendable, Codable, Equatable {
  public var verdict: Verdict
  /// The status of the answer.
  public var http: Int?
  /// The number of the rule in the provider's file; nil for a built-in one.
  public var rule: Int?
  /// What the rule matched, in the rule's words.
  public var matched: [String] = []
  public var note: String?

  init(_ verdict: Verdict, note: String?) {
    self.verdict = verdict
    self.note = note
  }

  init(_ judgement: Judgement, of answer: ProbeAnswer) {
    verdict = judgement.verdict
    http = answer.http.status
    rule = judgement.rule
    matched = judgement.matched
    note = judgement.note
  }

  /// `HTTP 401 · error.code=invalid_api_key`.
  public var text: String {
    ((http.map { ["HTTP \($0)"] } ?? []) + matched).joined(separator: " · ")
  }
}
