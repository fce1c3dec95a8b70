internal import HTTP

/// How often a request is sent again, and how long the waits are.
public struct Patience: Sendable {
  /// Times that a request is sent again after a 429, a 5xx or a broken connection.
  public var retries: Int
  /// The first wait; each further one is twice as long.
  var firstWait = Duration.milliseconds(500)
  /// A server that asks for more than this is told good-bye.
  var longestWait = Duration.seconds(20)

  public init(retries: Int = 2) {
    self.retries = retries
  }

  /// The wait after the attempt of that number (from 1); nil if there is to be no other.
  ///
  /// Waits are shortened by chance to between a half and the whole, so that many clients that were
  /// refused at once do not come back at once. What the server asks for is never shortened.
  func wait(after attempt: Int, retryAfter: Duration?) -> Duration? {
    guard attempt <= retries else { return nil }
    if let retryAfter { return retryAfter <= longestWait ? retryAfter : nil }
    let whole = min(firstWait * (1 << min(attempt - 1, 10)), longestWait)
    return whole * Double.random(in: 0.5...1)
  }

  /// Whether the same request could have another answer soon.
  static func mayPass(_ judgement: Judgement, status: Int) -> Bool {
    switch judgement.verdict {
    case .rateLimited, .providerError: true
    // By a rule: the built-in order leaves a 429 unknown only where waiting does not help.
    case .blocked, .unknown:
      judgement.rule != nil && (status == 429 || (500..<600).contains(status))
    default: false
    }
  }

  static func mayPass(_ error: HTTPError) -> Bool {
    switch error.reason {
    case .nameNotResolved, .connectionRefused, .connectFailed, .connectionClosed,
      .proxyUnreachable, .timedOut(.connect):
      true
    default: false
    }
  }
}
