/// An entry that could serve and was passed over, and why.
public struct Skip: Sendable, Codable, Equatable {
  public enum Cause: String, Sendable, Codable {
    /// Its sidecar says so.
    case disabled
    /// Its files, or the definition of its provider, have a fault.
    case broken
    /// No secret key here opens it.
    case locked
    /// The provider does not accept the key, or the account cannot use it.
    case unusable
    /// Unclear: the provider was not reached, is busy, or gave no clear answer.
    case unclear
  }

  public var entry: String
  public var provider: String
  public var verdict: Verdict
  public var word: Verdict.Word
  public var cause: Cause
  /// When the verdict was given.
  public var checked: Timestamp?
  /// In a sentence, never a part of a key.
  public var reason: String
  /// What to do now.
  public var next: String?

  init(
    _ entry: Vault.Entry, _ cause: Cause, _ verdict: Verdict, _ reason: String,
    checked: Timestamp? = nil, next: String? = nil
  ) {
    self.entry = entry.name.path
    provider = entry.provider
    self.verdict = verdict
    word = verdict.word
    self.cause = cause
    self.checked = checked
    self.reason = reason
    self.next = next
  }

  /// An entry that cannot be used at all.
  init(_ entry: Vault.Entry, _ failure: Failure) {
    let isLocked = failure.kind == .locked
    self.init(
      entry, isLocked ? .locked : .broken, isLocked ? .locked : .misconfigured, failure.message,
      next: failure.hints.first)
  }

  /// An entry whose provider was asked, and did not say that the key can be used.
  init(_ entry: Vault.Entry, _ result: TestResult) {
    let said = [result.http.map { "HTTP \($0)" }] + result.matched + [result.note]
    let evidence = said.compactMap(\.self).joined(separator: " · ")
    self.init(
      entry, result.word == .invalid ? .unusable : .unclear, result.verdict, evidence,
      checked: result.checked, next: result.next)
  }
}

extension Skip {
  /// `production/openai: invalid, HTTP 401, 2 h ago`.
  public func text(now: Timestamp) -> String {
    let said = cause == .unusable || cause == .unclear ? [verdict.rawValue] : []
    let age = checked.flatMap { $0 < now ? $0.age(at: now) : nil }
    let parts = said + [reason, age].compactMap(\.self).filter { !$0.isEmpty }
    return "\(entry): \(parts.joined(separator: ", "))"
  }
}
