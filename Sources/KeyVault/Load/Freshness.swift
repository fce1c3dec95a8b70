/// Where a key stands between its making and the day on which it ends.
public enum Freshness: Sendable, Equatable {
  case fresh
  /// The day by which it must be rotated is near.
  case due(by: String)
  case overdue(since: String)
  /// The last day on which it was expected to work.
  case expired(on: String)
  /// Neither an age nor an expiry is known, or no policy says anything.
  case unknown

  /// Whether the day on which the key should have been rotated has passed.
  var isLate: Bool {
    switch self {
    case .overdue, .expired: true
    case .fresh, .due, .unknown: false
    }
  }

  init(_ sidecar: Sidecar?, policy: Configuration.Policy, now: Timestamp) {
    let made = sidecar?.rotated ?? sidecar?.created
    let limit = policy.maxAge.flatMap { made?.adding(days: $0) }
    let expires = sidecar?.expires
    if let expires, expires.adding(days: 1) <= now {
      self = .expired(on: expires.day)
    } else if let limit, limit <= now {
      self = .overdue(since: limit.day)
    } else if let end = [limit, expires].compactMap(\.self).min() {
      self = end.adding(days: -policy.warn) <= now ? .due(by: end.day) : .fresh
    } else {
      self = .unknown
    }
  }
}

extension Repository {
  func freshness(of entry: Vault.Entry, now: Timestamp) -> Freshness {
    Freshness(
      entry.sidecar, policy: configuration.policy(for: entry.name, entry.sidecar), now: now)
  }
}
