import Glibc
import KeyVault

/// Whether this process may start as many threads as its work needs. Where it may not (`ulimit -u`, a limit of a
/// container), the pool that runs the work would try again for ever.
enum ThreadCheck {
  /// The least with which every command gets to its end.
  private static let count = 6

  /// Starts so many threads at once, which end again. Throws the system's reason if one cannot be started.
  static func run() throws(Failure) {
    var gate = pthread_mutex_t()
    pthread_mutex_init(&gate, nil)
    defer { pthread_mutex_destroy(&gate) }
    pthread_mutex_lock(&gate)
    var threads: [pthread_t] = []
    var code: Int32 = 0
    withUnsafeMutablePointer(to: &gate) { gate in
      for _ in 0..<count where code == 0 {
        var thread = pthread_t()
        code = pthread_create(
          &thread, nil,
          { gate in
            let gate = gate!.assumingMemoryBound(to: pthread_mutex_t.self)
            pthread_mutex_lock(gate)
            pthread_mutex_unlock(gate)
            return nil
          }, gate)
        if code == 0 { threads.append(thread) }
      }
      pthread_mutex_unlock(gate)
      for thread in threads { pthread_join(thread, nil) }
    }
    guard code == 0 else { throw failure(code) }
  }

  static func failure(_ code: Int32) -> Failure {
    Failure(
      .io,
      "this process may not start the threads that it needs: \(String(cString: strerror(code)))",
      hints: ["raise the limit of processes: ulimit -u, or --pids-limit of the container"])
  }
}
