internal import Glibc
internal import Synchronization

/// Lets decryptions of one home run side by side, after a first one that runs alone (it starts
/// the agent and asks for the passphrase), and lets one that failed for lack of the agent's
/// memory run again alone.
@safe final class Lanes: @unchecked Sendable {
  private let lock: UnsafeMutablePointer<pthread_rwlock_t>
  private let isWarm = Atomic<Bool>(false)
  private let started = Atomic<Int>(0)
  private let running = Atomic<Int>(0)

  init() {
    unsafe lock = .allocate(capacity: 1)
    var attributes = pthread_rwlockattr_t()
    _ = unsafe pthread_rwlockattr_init(&attributes)
    // One that waits to run alone would otherwise wait until all others are through.
    _ = unsafe pthread_rwlockattr_setkind_np(
      &attributes, Int32(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP))
    _ = unsafe pthread_rwlock_init(lock, &attributes)
    _ = unsafe pthread_rwlockattr_destroy(&attributes)
  }

  deinit {
    _ = unsafe pthread_rwlock_destroy(lock)
    unsafe lock.deallocate()
  }

  /// Runs `body` in a lane, and once more alone if it failed in a way that neighbours cause.
  func run<R: ~Copyable>(_ body: () throws(GPGError) -> R) throws(GPGError) -> R {
    if !isWarm.load(ordering: .acquiring) {
      _ = unsafe pthread_rwlock_wrlock(lock)
      // Those who waited for the first one go on side by side.
      if !isWarm.load(ordering: .acquiring) { return try runFirst(body) }
      _ = unsafe pthread_rwlock_unlock(lock)
    }
    let before = started.add(1, ordering: .relaxed).newValue
    let neighbours = running.add(1, ordering: .relaxed).oldValue
    do throws(GPGError) {
      _ = unsafe pthread_rwlock_rdlock(lock)
      defer {
        _ = unsafe pthread_rwlock_unlock(lock)
        running.subtract(1, ordering: .relaxed)
      }
      return try body()
    } catch {
      let wasAlone = neighbours == 0 && started.load(ordering: .relaxed) == before
      guard !wasAlone, error.mayComeFromNeighbours else { throw error }
      return try alone(body)
    }
  }

  /// Runs `body` with the lock held for writing, and gives it back.
  private func runFirst<R: ~Copyable>(
    _ body: () throws(GPGError) -> R
  ) throws(GPGError) -> R {
    defer { _ = unsafe pthread_rwlock_unlock(lock) }
    do throws(GPGError) {
      let result = try body()
      isWarm.store(true, ordering: .releasing)
      return result
    } catch {
      // While the passphrase is not known, questions must come one by one.
      isWarm.store(!error.isAboutPassphrase, ordering: .releasing)
      throw error
    }
  }

  private func alone<R: ~Copyable>(_ body: () throws(GPGError) -> R) throws(GPGError) -> R {
    _ = unsafe pthread_rwlock_wrlock(lock)
    defer { _ = unsafe pthread_rwlock_unlock(lock) }
    return try body()
  }
}

extension GPGError {
  /// Whether gpg's agent gives this answer for no other reason than too many at once.
  fileprivate var mayComeFromNeighbours: Bool {
    switch reason {
    case .outOfMemory, .badPassphrase: true
    case _: false
    }
  }

  fileprivate var isAboutPassphrase: Bool {
    switch reason {
    case .badPassphrase, .passphraseNeeded, .cancelled, .noPinentry: true
    case _: false
    }
  }
}
