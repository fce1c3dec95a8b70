/// Why a provider did not serve a request. If the user of a ``Credential`` throws it, the next
/// credential is tried; any other error ends the attempt.
public struct Refusal: Error, Sendable, Equatable {
  public enum Reason: Sendable, Equatable {
    /// The key was not accepted, or its account cannot be used.
    case unusableKey
    /// No answer: DNS, TLS, connection, time-out.
    case unreachable
    /// Too many requests; the provider may say how long it wants to be left alone.
    case rateLimited(retryAfter: Duration?)
    /// The provider failed.
    case providerError
  }

  public let reason: Reason
  /// The status of the answer, if there was one.
  public let status: Int?
  /// In a sentence, for a log; never a part of a key.
  public let message: String

  public init(_ reason: Reason, status: Int? = nil, message: String = "") {
    self.reason = reason
    self.status = status
    self.message = message
  }

  /// What the status of an answer says: 401, 402 and 403 of the key, 429 and 5xx of the provider. nil for
  /// every other, which another provider would hardly answer better.
  public init?(status: Int, retryAfter: Duration? = nil) {
    let reason: Reason
    switch status {
    case 401, 402, 403: reason = .unusableKey
    case 429: reason = .rateLimited(retryAfter: retryAfter)
    case 500..<600: reason = .providerError
    default: return nil
    }
    self.init(reason, status: status)
  }

  /// The verdict that says the same, where the provider's probe is not asked.
  var verdict: Verdict {
    switch reason {
    case .unusableKey: .unknown
    case .unreachable: .unreachable
    case .rateLimited: .rateLimited
    case .providerError: .providerError
    }
  }

  /// `HTTP 429`, or what was said.
  var text: String {
    [status.map { "HTTP \($0)" }, message.isEmpty ? nil : message.printable(limit: 200)]
      .compactMap(\.self).joined(separator: " · ")
  }
}

/// Every key that could serve was passed over.
public struct NoCredential: Error, Sendable, Equatable {
  public let capability: Capability
  public let environment: String
  /// Why each of them was, in the order in which it was.
  public let skipped: [Skip]
}

extension NoCredential: CustomStringConvertible {
  public var description: String {
    let reasons = skipped.map { "\($0.entry) (\($0.verdict.rawValue): \($0.reason))" }
    return "no key of '\(environment)' serves \(capability.rawValue): "
      + reasons.joined(separator: "; ")
  }
}
