internal import Dispatch
internal import Foundation
package import Testing

/// Runs a test on a thread of its own. The tests of a process share no more threads than there are cores, so
/// one that waits for another program holds up those that measure times.
package struct OwnThread: SuiteTrait, TestTrait, TestScoping {
  /// Where the test waits until it is its turn; nil if it need not.
  fileprivate let turns: Turns?

  package var isRecursive: Bool { true }

  package func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
    testCase == nil ? nil : self
  }

  package func provideScope(
    for test: Test, testCase: Test.Case?,
    performing body: @concurrent @Sendable () async throws -> Void
  ) async throws {
    await turns?.take()
    do {
      try await withTaskExecutorPreference(OwnThreads.shared) { try await body() }
    } catch {
      await turns?.pass()
      throw error
    }
    await turns?.pass()
  }
}

extension Trait where Self == OwnThread {
  /// For tests that measure a time.
  package static var onOwnThread: OwnThread { OwnThread(turns: nil) }

  /// For tests that need much memory, or what no other may touch meanwhile, such as the one proxy that catches keys.
  package static var oneAtATime: OwnThread { OwnThread(turns: .single) }

  /// For tests that wait for other programs: twice as many as there are cores run at a time.
  package static var fewAtATime: OwnThread { OwnThread(turns: .few) }
}

private actor Turns {
  static let single = Turns(of: 1)
  static let few = Turns(of: 2 * ProcessInfo.processInfo.activeProcessorCount)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(of count: Int) { free = count }

  func take() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func pass() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}

/// Threads beside those that all tests share.
package final class OwnThreads: TaskExecutor {
  package static let shared = OwnThreads()

  private let queue = DispatchQueue(label: "tests that block", attributes: .concurrent)

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Runs `body` for `0..<count`, each on a thread of its own and all at once: the tasks of a test that has
/// these traits take turns on one. Returns when all have ended.
package func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let group = DispatchGroup()
  for index in 0..<count {
    group.enter()
    Thread.detachNewThread {
      body(index)
      group.leave()
    }
  }
  group.wait()
}
