import Dispatch
import Synchronization
import Testing

@testable import KeyVault

struct BlockingWorkTests {
  /// Of jobs.
  private final class Count: Sendable {
    let running = Atomic(0)
    let most = Atomic(0)
  }

  @Test func `a cancelled task does not wait for a job that has begun`() async throws {
    let (begun, end) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let task = Task {
      await BlockingWork.run {
        begun.signal()
        end.wait()
        return 1
      }
    }
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        begun.wait()
        continuation.resume()
      }
    }
    task.cancel()
    #expect(await task.value == nil)
    end.signal()
    // The lane is free again, and another job's value arrives.
    for number in 0..<40 { #expect(await BlockingWork.run { number } == number) }
    let cancelled = Task {
      while !Task.isCancelled { await Task.yield() }
      return await BlockingWork.run { 2 }
    }
    cancelled.cancel()
    #expect(await cancelled.value == nil)
  }

  @Test func `one limit holds for all callers, and every job runs once`() async {
    let limit = max(2, min(availableCores, 16))
    let count = Count()
    let results = await withTaskGroup(of: Int?.self) { group in
      for number in 0..<300 {
        group.addTask {
          await BlockingWork.run {
            count.most.max(count.running.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
            // Long enough for another thread to overlap.
            DispatchQueue.global().sync { _ = (0..<1000).reduce(0, +) }
            count.running.subtract(1, ordering: .relaxed)
            return number
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.compactMap(\.self).sorted() == Array(0..<300))
    #expect(count.most.load(ordering: .relaxed) <= limit)
    #expect(count.running.load(ordering: .relaxed) == 0)
  }

  @Test func `a cancelled task throws what its caller says, and a job throws what it throws`() async
  {
    let interruption = Failure(.io, "interrupted")
    await #expect(throws: Failure(.locked, "no key")) {
      try await BlockingWork.run(or: interruption) { () throws(Failure) -> Int in
        throw Failure(.locked, "no key")
      }
    }
    let task = Task { () async throws(Failure) -> Int in
      while !Task.isCancelled { await Task.yield() }
      return try await BlockingWork.run(or: interruption) { 1 }
    }
    task.cancel()
    await #expect(throws: interruption) { try await task.value }
  }
}
