import CProcess
import Glibc

/// A handler may do little more than write to a pipe. Written before a handler exists.
nonisolated(unsafe) private var controlEnd: Int32 = -1

/// The signals with which a shell stops a job and lets it go on, for as long as a question waits.
final class JobControl {
  /// Readable once a signal has come.
  let descriptor: Int32
  private let writeEnd: Int32
  /// With which this began.
  private var before: [(Int32, sigaction)] = []

  /// From the keyboard, and for what a job in the background does to the terminal. Of the latter, the kernel's
  /// own check is left alone: the system call would begin again and again after a handler.
  private static let fromKeyboard = [SIGTSTP, SIGCONT]
  private static let fromBackground = [SIGTTIN, SIGTTOU]

  init() {
    var ends: [Int32] = [-1, -1]
    _ = pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    (descriptor, writeEnd) = (ends[0], ends[1])
    controlEnd = writeEnd
    for number in Self.fromKeyboard { take(number) }
  }

  deinit {
    for (number, action) in before {
      var action = action
      sigaction(number, &action, nil)
    }
    close(descriptor)
    close(writeEnd)
  }

  /// While a line is awaited, the terminal is given back before the other signals stop the job, too.
  func begin() { for number in Self.fromBackground { take(number) } }

  func end() {
    for number in Self.fromBackground where !StartingState.shared.ignores(number) {
      signal(number, SIG_DFL)
    }
  }

  /// The oldest signal that has come and was not told yet.
  func arrival() -> Int32? {
    var byte: UInt8 = 0
    return Glibc.read(descriptor, &byte, 1) == 1 ? Int32(byte) : nil
  }

  func forget() { while arrival() != nil {} }

  /// Stops the process as if nothing had caught the signal; returns when it goes on.
  func stop(_ number: Int32) {
    let numbers = Self.fromKeyboard + Self.fromBackground
    for number in numbers where !StartingState.shared.ignores(number) { signal(number, SIG_DFL) }
    var all = sigset_t()
    sigemptyset(&all)
    for number in numbers { sigaddset(&all, number) }
    // A thread of a pool may have been started with all of them blocked.
    pthread_sigmask(SIG_UNBLOCK, &all, nil)
    raise(number)
    for number in Self.fromKeyboard { take(number) }
  }

  private func take(_ number: Int32) {
    // A parent that started us with a signal ignored means it.
    if StartingState.shared.ignores(number) { return }
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { number in
      let code = errno
      var byte = UInt8(truncatingIfNeeded: number)
      _ = write(controlEnd, &byte, 1)
      errno = code
    }
    var old = sigaction()
    sigaction(number, &action, &old)
    if !before.contains(where: { $0.0 == number }) { before.append((number, old)) }
  }
}
