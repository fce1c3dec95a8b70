import Dispatch
import Foundation
import Testing

/// Lets one test of all that have this trait run at a time, on a thread of its own: they wait for gpg
/// and for other programs, and the tests of a process share no more threads than there are cores.
struct OneAtATime: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
    testCase == nil ? nil : self
  }

  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing body: @concurrent @Sendable () async throws -> Void
  ) async throws {
    await Turn.shared.take()
    do {
      try await withTaskExecutorPreference(Lane.shared) { try await body() }
    } catch {
      await Turn.shared.pass()
      throw error
    }
    await Turn.shared.pass()
  }
}

extension Trait where Self == OneAtATime {
  static var oneAtATime: Self { OneAtATime() }
}

/// The same without the turn, for tests that measure a time while others block the threads of all.
struct OnOwnThread: TestTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing body: @concurrent @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(Lane.shared) { try await body() }
  }
}

extension Trait where Self == OnOwnThread {
  static var onOwnThread: Self { OnOwnThread() }
}

private actor Turn {
  static let shared = Turn()

  private var isTaken = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func take() async {
    guard isTaken else {
      isTaken = true
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func pass() {
    if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
  }
}

private final class Lane: TaskExecutor {
  static let shared = Lane()

  private let queue = DispatchQueue(label: "tests that block", attributes: .concurrent)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Runs `body` for `0..<count`, each on a thread of its own and all at once: the tasks of a test that has
/// these traits take turns on one. Returns when all have ended.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
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
