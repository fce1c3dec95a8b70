internal import HTTP

/// A pause before a request is sent again.
public struct Wait: Sendable {
  /// The entry that is asked about.
  public let entry: String
  public let duration: Duration
  /// Such as `HTTP 429`.
  let reason: String

  /// `HTTP 429; asking again in 12 s`.
  public var text: String { "\(reason); asking again in \(duration.text)" }

  /// Whether a person would wonder what takes so long.
  public var isLong: Bool { duration >= .seconds(2) }
}

/// How often a request is sent again, and how long the waits are.
public struct Patience: Sendable {
  /// Times that a request is sent again after a 429, a 5xx or a broken connection.
  public var retries: Int
  /// The first wait; each further one is twice as long.
  var firstWait = Duration.milliseconds(500)
  /// Of all waits for one request together. A server that asks for more is not asked again.
  var longestWait = Duration.seconds(20)
  /// When the run ends for which a request is sent: no wait goes beyond it.
  @TaskLocal static var end: ContinuousClock.Instant?

  public init(retries: Int = 2) {
    self.retries = retries
  }

  /// The wait after the attempt of that number (from 1), where `waited` was waited for the same request
  /// before; nil if it was the last.
  ///
  /// Waits are shortened by chance to between a half and the whole, so that many clients that were
  /// refused at once do not come back at once. What the server asks for is never shortened.
  func wait(
    after attempt: Int, retryAfter: Duration?, waited: Duration = .zero
  ) -> Duration? {
    guard attempt <= retries else { return nil }
    let left = longestWait - waited
    let whole = retryAfter ?? min(firstWait * (1 << min(attempt - 1, 10)), longestWait)
    guard whole <= left else { return nil }
    let wait = retryAfter ?? whole * Double.random(in: 0.5...1)
    // An answer that is known is worth more than one that comes too late.
    if let end = Self.end, .now + wait >= end { return nil }
    return wait
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

extension Duration {
  /// `12 s`, `3 min`, `5 h`, `365 days`.
  var text: String {
    let seconds = components.seconds
    return switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7_200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3_600) h"
    default: "\(seconds / 86_400) days"
    }
  }
}
