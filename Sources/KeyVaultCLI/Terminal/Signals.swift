import CProcess
import GPG
import Glibc
import KeyVault
import Synchronization

/// Handlers may do little more than write to a pipe; a thread does the rest. Written once, before a
/// handler exists.
nonisolated(unsafe) private var signalPipe: Int32 = -1
/// The signal that was caught and is not dealt with yet; 0 for none.
private let caught = Atomic<Int32>(0)

/// An interrupted command leaves nothing behind: throwaway homes with a secret key go, and so do
/// their agents.
enum Signals {
  private static let isEnding = Atomic(false)
  private static let cleanup = Mutex<(@Sendable () -> Void)?>(nil)
  /// What the first Ctrl-C does instead of ending the process.
  private static let interruption = Mutex<(@Sendable () -> Void)?>(nil)
  private static let interrupted = Atomic(false)

  /// Throws if this process may start no threads: everything else would wait for them.
  static func install() throws(Failure) {
    // `keyvault ls | head -1` ends by an error of write(2), not by a signal.
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw ThreadCheck.failure(errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    signalPipe = ends[1]
    caught.store(0, ordering: .relaxed)
    // Before a handler exists, so that no signal is caught that nothing deals with.
    try startThread(reading: ends[0])
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // A parent that started us with a signal ignored, as nohup does, means it.
      if StartingState.shared.ignores(number) { continue }
      signal(number) { number in
        caught.store(number, ordering: .relaxed)
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(signalPipe, &byte, 1)
      }
    }
  }

  private static func startThread(reading readEnd: Int32) throws(Failure) {
    var thread = pthread_t()
    // It deals with signals, and none interrupts it: a thread is born with the mask of the one that made it.
    var all = sigset_t()
    var mine = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &mine)
    defer { pthread_sigmask(SIG_SETMASK, &mine, nil) }
    let code = pthread_create(
      &thread, nil,
      { end in
        // While the command has begun: a person who waits for a key does not wait for this.
        Signals.checkThreads()
        let readEnd = Int32(Int(bitPattern: end))
        while true {
          var byte: UInt8 = 0
          while read(readEnd, &byte, 1) < 0 && errno == EINTR {}
          if Int32(byte) != SIGINT || !Signals.interrupt() { Signals.finish(Int32(byte)) }
          caught.store(0, ordering: .relaxed)
        }
      }, UnsafeMutableRawPointer(bitPattern: Int(readEnd)))
    guard code == 0 else { throw ThreadCheck.failure(code) }
    pthread_detach(thread)
  }

  /// What else must be undone if a signal ends the process, such as a terminal without echo.
  static func atExit(_ action: @escaping @Sendable () -> Void) {
    cleanup.withLock { $0 = action }
  }

  /// Whether Ctrl-C has ended something before its time.
  static var wasInterrupted: Bool { interrupted.load(ordering: .acquiring) }

  /// The value of `task`, which the first Ctrl-C cancels. A second one ends the process.
  static func untilInterrupted<Value: Sendable, Fault: Error>(
    _ task: Task<Value, Fault>
  ) async throws -> Value {
    interruption.withLock { $0 = { task.cancel() } }
    defer { interruption.withLock { $0 = nil } }
    return try await task.value
  }

  /// Whether a command deals with the interruption.
  private static func interrupt() -> Bool {
    let action = interruption.withLock { action in
      defer { action = nil }
      return action
    }
    guard let action else { return false }
    interrupted.store(true, ordering: .releasing)
    action()
    // What is cancelled waits for gpg, and gpg for a passphrase.
    TerminalState.end()
    return true
  }

  /// Waits for the end if a signal has begun it. A failure says nothing then: gpg was interrupted too, or its home
  /// went away.
  static func waitIfEnding() {
    while caught.load(ordering: .relaxed) != 0 || isEnding.load(ordering: .acquiring) {
      usleep(1000)
    }
  }

  private static func checkThreads() {
    do throws(Failure) {
      try ThreadCheck.run()
    } catch {
      Console.report(error)
      end(error.kind.exitStatus)
    }
  }

  private static func finish(_ number: Int32) -> Never { end(128 + number) }

  private static func end(_ status: Int32) -> Never {
    isEnding.store(true, ordering: .releasing)
    cleanup.withLock { $0?() }
    ThrowawayHomes.removeAll()
    TerminalState.end()
    GitCommit.releaseAtExit()
    _exit(status)
  }
}
