/// What is known of a key. A person sees ``word`` first.
public enum Verdict: String, Sendable, Codable, CaseIterable {
  /// The provider accepted it.
  case valid
  /// Authentic, but it lacks a scope.
  case restricted
  /// Authentic, but the account has no credit.
  case noCredit = "no_credit"
  /// Authentic, but the account is disabled.
  case accountDisabled = "account_disabled"
  /// The provider rejected it.
  case invalid
  /// The provider says that it is expired, revoked or deleted.
  case revoked
  case rateLimited = "rate_limited"
  /// A country, an address or a firewall is refused, which says nothing about the key.
  case blocked
  /// The request was wrong, or may not be made.
  case misconfigured
  case providerError = "provider_error"
  /// No answer: DNS, TLS, connection, time-out.
  case unreachable
  /// There is no free endpoint that proves a key: its format was checked, no more.
  case unverifiable
  /// Whatever matched nothing. Never taken for valid.
  case unknown
  /// No result is known here.
  case untested
  /// No secret key here opens it.
  case locked
  /// No key in this environment.
  case notConfigured = "not_configured"

  public enum Word: String, Sendable, Codable, CaseIterable {
    case valid = "Valid"
    case invalid = "Invalid"
    case unclear = "Unclear"
    case notTested = "Not tested"
    case locked = "Locked"
    case notConfigured = "Not configured"
  }

  public var word: Word {
    switch self {
    case .valid, .restricted: .valid
    case .noCredit, .accountDisabled, .invalid, .revoked: .invalid
    case .rateLimited, .blocked, .misconfigured, .providerError, .unreachable, .unverifiable,
      .unknown:
      .unclear
    case .untested: .notTested
    case .locked: .locked
    case .notConfigured: .notConfigured
    }
  }

  public enum Answer: String, Sendable, Codable {
    case yes, no, unknown
  }

  /// Whether the key itself works, whatever its account may do.
  public var works: Answer {
    switch self {
    case .valid, .restricted, .noCredit, .accountDisabled: .yes
    case .invalid, .revoked: .no
    default: .unknown
    }
  }
}
