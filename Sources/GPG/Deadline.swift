internal import Dispatch

/// Ends gpg in a throwaway home where it takes longer than any honest work: gpg has no limit of its own, and
/// gpgme waits for it. No passphrase is asked for in such a home.
struct Deadline: Sendable {
  /// Of the throwaway home, which is in the arguments of every gpg that works there.
  let home: String
  var surplus = Surplus.ofPublicKeys

  /// Of one run, in seconds.
  static let limit = 30

  /// What `body` returns. Throws if it took too long, whatever it returned: a gpg that was ended may have
  /// said half of what it had to say. `allowance` is what an honest run takes at most; nil for a
  /// run that does not count against the bound on all of them.
  func run<R: ~Copyable>(
    allowance: Duration?, limit: Int = Deadline.limit, _ body: () throws(GPGError) -> R
  ) throws(GPGError) -> R {
    if allowance != nil, surplus.isUsedUp {
      throw GPGError(.tooSlow(seconds: surplus.seconds, isOne: false))
    }
    let processes = HomeProcesses(home: home)
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now() + .seconds(limit), repeating: .milliseconds(500))
    timer.setEventHandler { processes.end(olderThan: limit) }
    timer.activate()
    let start = ContinuousClock.now
    defer { timer.cancel() }
    func judge() throws(GPGError) {
      let time = start.duration(to: .now)
      if let allowance, time > allowance { surplus.use(time - allowance) }
      guard time < .seconds(limit) else {
        throw GPGError(.tooSlow(seconds: limit, isOne: true))
      }
    }
    do throws(GPGError) {
      let result = try body()
      try judge()
      return result
    } catch {
      try judge()
      throw error
    }
  }
}
