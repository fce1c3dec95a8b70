/// Where a key stands between its making and the day on which it ends.
public enum Freshness: Sendable, Equatable {
  case fresh
  /// The day by which it must be rotated is near.
  case due(by: String)
  case overdue(since: String)
  case expired(on: String)
  /// Neither an age nor an expiry is known, or no policy says anything.
  case unknown

  init(_ sidecar: Sidecar?, policy: Configuration.Policy, now: Timestamp) {
    let made = sidecar?.rotated ?? sidecar?.created
    let limit = policy.maxAge.flatMap { made?.adding(days: $0) }
    if let expires = sidecar?.expires, expires <= now {
      self = .expired(on: expires.day)
      return
    }
    guard let end = [limit, sidecar?.expires].compactMap(\.self).min() else {
      self = .unknown
      return
    }
    if end <= now {
      self = .overdue(since: end.day)
    } else if end.adding(days: -policy.warn) <= now {
      self = .due(by: end.day)
    } else {
      self = .fresh
    }
  }
}
