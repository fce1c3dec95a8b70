import CProcess
import Glibc
import KeyVault

/// A question on a terminal that waits for one line, and that Ctrl-Z may stop, as with readpassphrase(3): the
/// terminal gets its settings back first, and when the job goes on, echo is turned off and the question shown
/// again.
struct TerminalQuestion {
  enum Answer {
    /// So many bytes, with the line break.
    case line(Int)
    /// The input ended (Ctrl-D) before anything was typed.
    case none
    /// An error's number.
    case failed(Int32)
  }

  let text: String
  let input: Int32
  let output: Int32
  /// Whether what is typed is not shown.
  var isHidden = false
  /// Whether what was typed before the question does not answer it.
  var dropsEarlierInput = false

  /// Reads one line into `buffer`, or as much of it as there is room for.
  func answer(into buffer: UnsafeMutableRawBufferPointer) -> Answer {
    var settings = termios()
    guard tcgetattr(input, &settings) == 0 else { return .failed(errno) }
    if isHidden { restoreAtExit(settings) }
    defer { if isHidden { end(settings) } }
    let control = JobControl()
    while true {
      control.forget()
      // In the background, the kernel stops the job here until the shell calls it to the foreground.
      if let code = prepare(settings) { return .failed(code) }
      show()
      switch read(into: buffer, control) {
      case .answer(let answer): return answer
      case .signal(let number):
        // Half a key may have been typed.
        explicit_bzero(buffer.baseAddress!, buffer.count)
        guard number != SIGCONT else { continue }
        if isForeground { apply(settings, TCSADRAIN) }
        control.stop(number)
      }
    }
  }

  private enum Event {
    case answer(Answer)
    case signal(Int32)
  }

  private func read(into buffer: UnsafeMutableRawBufferPointer, _ control: JobControl) -> Event {
    control.begin()
    defer { control.end() }
    var count = 0
    while count < buffer.count {
      var ready = [
        pollfd(fd: control.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: input, events: Int16(POLLIN), revents: 0),
      ]
      if poll(&ready, 2, -1) < 0, errno != EINTR { return .answer(.failed(errno)) }
      if let number = control.arrival() { return .signal(number) }
      guard ready[1].revents != 0 else { continue }
      guard isForeground else { return .signal(SIGTTIN) }
      let got = Glibc.read(input, buffer.baseAddress! + count, buffer.count - count)
      if got < 0, errno == EINTR || errno == EAGAIN { continue }
      guard got >= 0 else { return .answer(.failed(errno)) }
      if got == 0 { return .answer(count == 0 ? .none : .line(count)) }
      count += got
      if buffer[count - 1] == UInt8(ascii: "\n") { break }
    }
    return .answer(.line(count))
  }

  /// The error's number; nil for none.
  private func prepare(_ settings: termios) -> Int32? {
    var wanted = settings
    if isHidden { wanted.c_lflag &= ~tcflag_t(ECHO) }
    return apply(wanted, isHidden || dropsEarlierInput ? TCSAFLUSH : TCSADRAIN)
  }

  @discardableResult private func apply(_ settings: termios, _ when: Int32) -> Int32? {
    var settings = settings
    while tcsetattr(input, when, &settings) != 0 {
      if errno != EINTR { return errno }
    }
    return nil
  }

  private func show() {
    _ = text.printable.withCString { write(output, $0, strlen($0)) }
  }

  /// A signal that ends the process gives the terminal its settings back.
  private func restoreAtExit(_ settings: termios) {
    Signals.atExit { [self] in if isForeground { apply(settings, TCSAFLUSH) } }
  }

  private func end(_ settings: termios) {
    if isForeground { apply(settings, TCSAFLUSH) }
    Signals.atExit {}
  }

  /// Whether the terminal is this job's to change. One that controls no job is everybody's.
  private var isForeground: Bool {
    let group = tcgetpgrp(input)
    return group < 0 || group == getpgrp()
  }
}
