import Dispatch
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

  static func install() {
    // `keyvault ls | head -1` ends by an error of write(2), not by a signal.
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    signalPipe = ends[1]
    caught.store(0, ordering: .relaxed)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // Whoever started us with a signal ignored, as nohup does, means it.
      if StartingState.shared.ignores(number) { continue }
      signal(number) { number in
        caught.store(number, ordering: .relaxed)
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(signalPipe, &byte, 1)
      }
    }
    let readEnd = ends[0]
    let thread = DispatchQueue(label: "signals")
    thread.async {
      while true {
        var byte: UInt8 = 0
        while read(readEnd, &byte, 1) < 0 && errno == EINTR {}
        if Int32(byte) != SIGINT || !interrupt() { finish(Int32(byte)) }
        caught.store(0, ordering: .relaxed)
      }
    }
  }

  /// What else must be undone if a signal ends the process, such as a terminal without echo.
  static func atExit(_ action: @escaping @Sendable () -> Void) {
    cleanup.withLock { $0 = action }
  }

  /// Whether Ctrl-C has ended something before its time.
  static var wasInterrupted: Bool { interrupted.load(ordering: .acquiring) }

  /// The value of `task`, which the first Ctrl-C cancels. A second one ends the process.
  static func untilInterrupted<Value: Sendable>(_ task: Task<Value, Never>) async -> Value {
    interruption.withLock { $0 = { task.cancel() } }
    defer { interruption.withLock { $0 = nil } }
    return await task.value
  }

  /// Whether somebody deals with the interruption.
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

  private static func finish(_ number: Int32) -> Never {
    isEnding.store(true, ordering: .releasing)
    cleanup.withLock { $0?() }
    ThrowawayHomes.removeAll()
    TerminalState.end()
    GitCommit.releaseAtExit()
    _exit(128 + number)
  }
}
