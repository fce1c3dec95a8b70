internal import Synchronization

/// What several runs of gpg may take beyond their allowances together, so that many that are slow, each within
/// its own limit, do not add up. A tenth of the time that passes is given back: a program that lives for long
/// does not run out of it.
final class Surplus: Sendable {
  /// Of all looks at public keys and signatures.
  static let ofPublicKeys = Surplus(seconds: 60)

  let seconds: Int
  private let used = Mutex((time: Duration.zero, at: ContinuousClock.now))
  private let isLifted = Atomic(false)

  init(seconds: Int) {
    self.seconds = seconds
  }

  var isUsedUp: Bool {
    !isLifted.load(ordering: .relaxed)
      && used.withLock { Self.update(&$0) >= .seconds(seconds) }
  }

  fileprivate func lift() { isLifted.store(true, ordering: .relaxed) }

  func use(_ time: Duration) {
    guard time > .zero else { return }
    used.withLock { $0.time = Self.update(&$0) + time }
  }

  @discardableResult
  private static func update(
    _ used: inout (time: Duration, at: ContinuousClock.Instant)
  ) -> Duration {
    let now = ContinuousClock.now
    used = (max(.zero, used.time - used.at.duration(to: now) / 10), now)
    return used.time
  }
}

extension GPG {
  /// Lets this process look at public keys for as long as that takes. Tests look at thousands of them, beside builds
  /// that make each look slower than a team's commands ever are.
  package static func liftBoundOnPublicKeys() { Surplus.ofPublicKeys.lift() }
}
