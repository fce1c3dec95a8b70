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

  /// Runs `job` on a lane and returns what it returns.
  func run<Value: Sendable>(_ job: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      let lane = lanes[next.wrappingAdd(1, ordering: .relaxed).oldValue % lanes.count]
      lane.async { continuation.resume(returning: job()) }
    }
  }
}
