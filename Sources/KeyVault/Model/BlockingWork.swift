internal import Dispatch
internal import Synchronization

/// Work that blocks a thread: gpg, git, files. Async code hands it over, since the threads of Swift's tasks must not
/// wait. One limit holds for the whole process, however many actions run side by side: more than one gpg a core makes
/// all of them slower.
enum BlockingWork {
  /// Runs `job` on a thread of its own, in its turn, and returns what it returns; nil once the task is cancelled. A job
  /// that has begun goes on then, and its result is dropped: gpg may wait for a person, or for ever.
  static func run<Value: Sendable>(_ job: @escaping @Sendable () -> Value) async -> Value? {
    let ticket = Ticket<Value>()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard ticket.hold(continuation) else { return }
        lanes.run { if ticket.isWanted { ticket.end(with: job()) } }
      }
    } onCancel: {
      ticket.end(with: nil)
    }
  }

  /// Runs a `job` that throws, in its turn. A cancelled task throws `interruption`.
  static func run<Value: Sendable>(
    or interruption: Failure, _ job: @escaping @Sendable () throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let outcome = await run { Result { () throws(Failure) in try job() } }
    guard let outcome else { throw interruption }
    return try outcome.get()
  }

  private static let lanes = Lanes(max(2, min(availableCores, 16)))
}

/// Threads, and the jobs that wait for one.
private final class Lanes: Sendable {
  private struct State {
    var free: [DispatchQueue]
    var waiting: [@Sendable () -> Void] = []
    /// The first that waits; those before it have run.
    var first = 0

    mutating func next() -> (@Sendable () -> Void)? {
      guard first < waiting.count else {
        waiting.removeAll(keepingCapacity: true)
        first = 0
        return nil
      }
      defer { first += 1 }
      return waiting[first]
    }
  }

  private let state: Mutex<State>

  init(_ count: Int) {
    state = Mutex(State(free: (0..<count).map { DispatchQueue(label: "blocking work \($0)") }))
  }

  func run(_ job: @escaping @Sendable () -> Void) {
    let lane = state.withLock { state in
      let lane = state.free.popLast()
      if lane == nil { state.waiting.append(job) }
      return lane
    }
    guard let lane else { return }
    lane.async {
      var next: (@Sendable () -> Void)? = job
      while let job = next {
        job()
        next = self.state.withLock { state in
          let next = state.next()
          if next == nil { state.free.append(lane) }
          return next
        }
      }
    }
  }
}

/// The caller of a job, which gets a result once.
private final class Ticket<Value: Sendable>: Sendable {
  private enum State {
    case new
    case waiting(CheckedContinuation<Value?, Never>)
    case ended
  }

  private let state = Mutex(State.new)

  var isWanted: Bool { state.withLock { if case .waiting = $0 { true } else { false } } }

  /// Whether the job is wanted; the caller of one that is not gets nil.
  func hold(_ continuation: CheckedContinuation<Value?, Never>) -> Bool {
    let isWanted = state.withLock { state in
      guard case .new = state else { return false }
      state = .waiting(continuation)
      return true
    }
    if !isWanted { continuation.resume(returning: nil) }
    return isWanted
  }

  func end(with value: Value?) {
    let waiting = state.withLock { state in
      defer { state = .ended }
      return state
    }
    if case .waiting(let continuation) = waiting { continuation.resume(returning: value) }
  }
}
