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

  /// Runs `job` on a lane and returns what it returns; nil if the task was cancelled before its turn
  /// came.
  func run<Value: Sendable>(_ job: @escaping @Sendable () -> Value) async -> Value? {
    let ticket = Ticket()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let lane = lanes[next.wrappingAdd(1, ordering: .relaxed).oldValue % lanes.count]
        lane.async { continuation.resume(returning: ticket.isCancelled ? nil : job()) }
      }
    } onCancel: {
      ticket.cancel()
    }
  }

  /// Whether the job is still wanted.
  private final class Ticket: Sendable {
    private let cancelled = Atomic(false)
    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }
    func cancel() { cancelled.store(true, ordering: .relaxed) }
  }
}
