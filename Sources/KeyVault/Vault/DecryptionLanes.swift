internal import Dispatch
internal import Synchronization

/// Threads for what blocks: as many as there are cores, since more make gpg slower.
public final class DecryptionLanes: Sendable {
  private let lanes: [DispatchQueue]
  private let next = Atomic(0)

  public init() {
    let count = max(1, min(availableCores, 16))
    lanes = (0..<count).map { DispatchQueue(label: "decryption \($0)") }
  }

  /// Runs `job` on a lane and returns what it returns; nil once the task is cancelled. A job that
  /// has begun goes on then, and its result is dropped: gpg may wait for a person, or for ever.
  func run<Value: Sendable>(_ job: @escaping @Sendable () -> Value) async -> Value? {
    let ticket = Ticket<Value>()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard ticket.hold(continuation) else { return }
        let lane = lanes[next.wrappingAdd(1, ordering: .relaxed).oldValue % lanes.count]
        lane.async { if ticket.isWanted { ticket.end(with: job()) } }
      }
    } onCancel: {
      ticket.end(with: nil)
    }
  }

  /// Who waits for a job.
  private final class Ticket<Value: Sendable>: Sendable {
    private enum State {
      case new
      case waiting(CheckedContinuation<Value?, Never>)
      case ended
    }

    private let state = Mutex(State.new)

    var isWanted: Bool { state.withLock { if case .waiting = $0 { true } else { false } } }

    /// Whether the job is wanted; if it is not, the waiting caller gets nil.
    func hold(_ continuation: CheckedContinuation<Value?, Never>) -> Bool {
      let isWanted = state.withLock { state in
        guard case .new = state else { return false }
        state = .waiting(continuation)
        return true
      }
      if !isWanted { continuation.resume(returning: nil) }
      return isWanted
    }

    /// Resumes the waiting caller, once.
    func end(with value: Value?) {
      let waiting = state.withLock { state in
        defer { state = .ended }
        return state
      }
      if case .waiting(let continuation) = waiting { continuation.resume(returning: value) }
    }
  }
}
