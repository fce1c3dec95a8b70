internal import Dispatch
internal import Synchronization

/// Threads for what blocks: as many as there are cores, since more make gpg slower.
///
/// The first job runs alone, so that a passphrase is asked for once.
public final class DecryptionLanes: Sendable {
  private let lanes: [DispatchQueue]
  private let next = Atomic(0)
  private let first = Mutex(true)

  public init() {
    let count = max(1, min(availableCores, 16))
    lanes = (0..<count).map { DispatchQueue(label: "decryption \($0)") }
  }

  /// Runs `job` on a lane and returns what it returns.
  func run<Value: Sendable>(_ job: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      let lane = lanes[next.wrappingAdd(1, ordering: .relaxed).oldValue % lanes.count]
      lane.async {
        continuation.resume(returning: self.alone(job))
      }
    }
  }

  /// Whoever comes first holds the lock while it works; the others wait for it once.
  private func alone<Value: Sendable>(_ job: () -> Value) -> Value {
    let value: Value? = first.withLock { isFirst in
      guard isFirst else { return nil }
      isFirst = false
      return job()
    }
    return value ?? job()
  }
}
