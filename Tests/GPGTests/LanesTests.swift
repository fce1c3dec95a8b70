import Foundation
import Synchronization
import Testing

@testable import GPG

struct LanesTests {
  /// Counts runs and the most at once.
  private final class Counter: Sendable {
    private let state = Mutex((runs: 0, now: 0, most: 0))
    var runs: Int { state.withLock { $0.runs } }
    var most: Int { state.withLock { $0.most } }

    func enter() -> Int {
      state.withLock { state in
        state.runs += 1
        state.now += 1
        state.most = max(state.most, state.now)
        return state.runs
      }
    }

    func leave() { state.withLock { $0.now -= 1 } }
  }

  private func inThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
    let left = Countdown(count)
    for _ in 0..<count {
      Thread {
        body()
        left.decrease()
      }.start()
    }
    while left.value > 0 { usleep(1000) }
  }

  private final class Countdown: Sendable {
    private let count: Mutex<Int>
    init(_ value: Int) { count = Mutex(value) }
    var value: Int { count.withLock { $0 } }
    func decrease() { count.withLock { $0 -= 1 } }
  }

  @Test func `the first runs alone, the others side by side`() {
    let lanes = Lanes()
    let counter = Counter()
    let aloneAtFirst = Mutex(false)
    inThreads(8) {
      _ = try? lanes.run { () throws(GPGError) in
        let run = counter.enter()
        usleep(20_000)
        if run == 1 { aloneAtFirst.withLock { $0 = counter.most == 1 } }
        counter.leave()
      }
    }
    #expect(aloneAtFirst.withLock { $0 })
    #expect(counter.most > 1)
    #expect(counter.runs == 8)
  }

  @Test(arguments: [GPGError.Reason.outOfMemory, .badPassphrase])
  func `what neighbours may have caused is tried once more, alone`(reason: GPGError.Reason) throws {
    let lanes = Lanes()
    try lanes.run { () throws(GPGError) in }
    let counter = Counter()
    let failures = Mutex(0)
    inThreads(4) {
      let isRetry = Mutex(false)
      do {
        try lanes.run { () throws(GPGError) in
          _ = counter.enter()
          defer { counter.leave() }
          usleep(20_000)
          guard isRetry.withLock({ $0 }) else {
            isRetry.withLock { $0 = true }
            throw GPGError(reason)
          }
        }
      } catch {
        failures.withLock { $0 += 1 }
      }
    }
    #expect(failures.withLock { $0 } == 0)
    #expect(counter.runs == 8)
  }

  @Test func `one that failed alone, or for another reason, is not tried again`() throws {
    let lanes = Lanes()
    try lanes.run { () throws(GPGError) in }
    for reason in [GPGError.Reason.badPassphrase, .outOfMemory, .damaged] {
      var runs = 0
      #expect(throws: GPGError.self) {
        try lanes.run { () throws(GPGError) in
          runs += 1
          throw GPGError(reason)
        }
      }
      #expect(runs == 1)
    }
  }
}
