import Dispatch
import Testing

/// Runs a test on a thread of its own: tests of other modules that block hold up the shared threads,
/// and what is measured here would be their time.
struct Undisturbed: SuiteTrait, TestTrait, TestScoping {
  let isRecursive = true

  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(Lane.shared) {
      try await function()
    }
  }
}

extension Trait where Self == Undisturbed {
  static var undisturbed: Undisturbed { Undisturbed() }
}

/// One thread that nobody else has.
final class Lane: TaskExecutor {
  static let shared = Lane()

  private let queue = DispatchQueue(label: "undisturbed tests")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
