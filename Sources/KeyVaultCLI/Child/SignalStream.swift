import CProcess
import Glibc

/// A handler may do little more than write to a pipe. Written once, before a handler exists.
nonisolated(unsafe) private var streamEnd: Int32 = -1

/// Signals as a stream that poll(2) can wait for, so that the supervisor of a command deals with one
/// thing at a time.
struct SignalStream {
  struct Arrival {
    let number: Int32
    /// The terminal sent it, to all processes in its foreground alike.
    let isFromTerminal: Bool
  }

  /// The readable end.
  let descriptor: Int32

  /// Takes over these signals from now on, save those that are to be ignored.
  init(_ numbers: [Int32]) {
    var ends: [Int32] = [-1, -1]
    _ = pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    descriptor = ends[0]
    streamEnd = ends[1]
    for number in numbers where number == SIGCHLD || !StartingState.shared.ignores(number) {
      Self.take(number)
    }
    var all = sigset_t()
    sigemptyset(&all)
    for number in numbers { sigaddset(&all, number) }
    // A thread of a pool may have been started with all of them blocked.
    pthread_sigmask(SIG_UNBLOCK, &all, nil)
  }

  /// Has a signal come in the stream.
  static func take(_ number: Int32) {
    var action = sigaction()
    action.sa_flags = SA_SIGINFO | SA_RESTART
    action.__sigaction_handler.sa_sigaction = { number, information, _ in
      let code = errno
      // SI_KERNEL: no process sent it.
      let isFromTerminal = information?.pointee.si_code == 0x80
      var word = UInt16(truncatingIfNeeded: number) | (isFromTerminal ? 0x100 : 0)
      _ = write(streamEnd, &word, 2)
      errno = code
    }
    sigaction(number, &action, nil)
  }

  /// What has arrived, oldest first.
  func arrivals() -> [Arrival] {
    var arrivals: [Arrival] = []
    var word: UInt16 = 0
    while read(descriptor, &word, 2) == 2 {
      arrivals.append(
        Arrival(number: Int32(word & 0xff), isFromTerminal: word & 0x100 != 0))
    }
    return arrivals
  }
}
