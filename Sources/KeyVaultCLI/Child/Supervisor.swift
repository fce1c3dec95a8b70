import ArgumentParser
import CProcess
import Glibc
import KeyVault
import Machine

/// Stays beside a command: hides keys in what it prints, removes their files at its end, and does what
/// the command does when it stops or ends.
///
/// It holds keys longer than any other part of keyvault, so it matters most here that no other process of
/// the same user can read its memory, unless that one has the capabilities for it.
final class Supervisor {
  /// How long the beginning of a value is held back when nothing follows, and how long output may take
  /// to arrive after its writer's end or to be read after ours is asked for, all in milliseconds.
  private static let patience: Int32 = 20
  private static let afterlife: Int32 = 100

  private let hidden: [Rendering.Variable]?
  private let folder: ScratchFolder?
  private var terminal: PseudoTerminal?
  private var streams: [MaskedStream] = []
  private var keyboard: Keyboard?
  /// Signals by which a person or program wanted the command, and so us, to end.
  private var wishes: Set<Int32> = []

  /// Hides these variables, if any are given, and removes `folder` at the end.
  init(hiding hidden: [Rendering.Variable]?, folder: ScratchFolder?) {
    self.hidden = hidden
    self.folder = folder
  }

  /// Runs the command to its end, and ends as it did.
  func run(_ program: Program, _ environment: consuming ChildEnvironment) throws -> Never {
    if hidden != nil, Console.isOutputTerminal { terminal = try PseudoTerminal() }
    // Before the command starts, which may end at once.
    let signals = SignalStream(
      [SIGCHLD, SIGCONT, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM]
        + (terminal == nil ? [] : [SIGWINCH, SIGTSTP]))
    let child = try start(program, environment)
    keyboard = terminal.map { Keyboard(to: $0.outer) }
    terminal?.takeKeyboard()
    let status = watch(child, signals)
    keyboard = nil
    // What the command did not end by may be long past; TERM is meant.
    if status & 0x7f == 0 { wishes.formIntersection([SIGTERM]) }
    drain(signals)
    folder?.remove()
    try end(status)
  }

  private func start(
    _ program: Program, _ environment: consuming ChildEnvironment
  ) throws -> pid_t {
    guard let hidden else { return try program.start(environment) }
    var mine: [Int32] = []
    func stream(to target: Int32) throws(Failure) -> Int32 {
      let ends = try Self.pipe()
      streams.append(MaskedStream(from: ends.read, to: target, hiding: hidden))
      mine.append(ends.write)
      return ends.write
    }
    defer { for descriptor in mine { close(descriptor) } }
    guard let terminal else {
      return try program.start(environment, output: stream(to: 1), errors: stream(to: 2))
    }
    streams.append(MaskedStream(from: terminal.outer, to: 1, hiding: hidden))
    mine.append(terminal.inner)
    return try program.start(
      environment, terminal: terminal.inner,
      input: Console.isInputTerminal ? terminal.inner : nil, output: terminal.inner,
      errors: Console.isErrorTerminal ? terminal.inner : stream(to: 2))
  }

  private static func pipe() throws(Failure) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else {
      throw Failure(.io, "cannot make a pipe: \(String(cString: strerror(errno)))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// Until the command has ended; how, as waitpid(2) has it.
  private func watch(_ child: pid_t, _ signals: SignalStream) -> Int32 {
    while true {
      pump(timeout: streams.contains(where: \.isWaiting) ? Self.patience : -1, also: signals)
      for arrival in signals.arrivals() {
        if arrival.number == SIGCHLD {
          if let status = look(at: child, signals) { return status }
        } else {
          note(arrival)
          pass(arrival, to: child)
        }
      }
    }
  }

  /// One turn: waits, and passes on what has come.
  @discardableResult
  private func pump(timeout: Int32, also signals: SignalStream? = nil) -> Bool {
    var polled = streams.flatMap(\.polled)
    if let signals {
      polled.append(pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0))
      let isOurs = terminal?.isInForeground ?? false
      if let keyboard { polled += keyboard.polled(isOurs: isOurs) }
    }
    let count = poll(&polled, nfds_t(polled.count), timeout)
    if count == 0 { for stream in streams { stream.settle() } }
    guard count > 0 else { return count < 0 }
    let ready = Set(polled.filter { $0.revents != 0 && $0.events & Int16(POLLIN) != 0 }.map(\.fd))
    for stream in streams {
      stream.flush()
      if ready.contains(stream.source) { stream.pump() }
    }
    keyboard?.pump(isReadable: ready.contains(0))
    // The command's terminal goes with the real one, and then there is nowhere to type.
    if keyboard?.hasEnded == true { streams[0].end() }
    if terminal != nil, streams[0].source < 0 { keyboard = nil }
    return true
  }

  /// What a command wrote before its end may arrive after it; what its own children write later has
  /// no one who hides it, and is not waited for: a writer in the background would keep us for ever. A
  /// reader may take its time, unless a signal asks us to end.
  private func drain(_ signals: SignalStream) {
    let clock = ContinuousClock()
    let deadline = clock.now + .milliseconds(Int(Self.afterlife))
    while streams.contains(where: { $0.source >= 0 }), clock.now < deadline {
      let left = Int32((deadline - clock.now) / .milliseconds(1))
      guard pump(timeout: max(left, 1)) else { break }
    }
    for stream in streams {
      stream.pumpRest()
      stream.end()
    }
    // Ctrl-C is for us now.
    terminal?.giveBack()
    while streams.contains(where: \.hasOutput) {
      guard pump(timeout: wishes.isEmpty ? -1 : Self.afterlife, also: signals) else { break }
      signals.arrivals().forEach(note)
    }
  }

  /// How the command has ended, if it has. If it has stopped, so does keyvault.
  private func look(at child: pid_t, _ signals: SignalStream) -> Int32? {
    var status: Int32 = 0
    while waitpid(child, &status, WNOHANG | WUNTRACED) > 0 {
      guard status & 0xff == 0x7f else { return status }
      stop(with: child, signals)
    }
    return nil
  }

  private func stop(with child: pid_t, _ signals: SignalStream) {
    // Without a terminal of its own, the process that stopped the command stopped its group, or meant it alone.
    guard let terminal else {
      kill(getpid(), SIGTSTP)
      return
    }
    terminal.giveBack()
    signal(SIGTSTP, SIG_DFL)
    // To all of a pipeline, as the real terminal would have done.
    kill(0, SIGTSTP)
    // A group that no one could continue is not stopped at all; then it goes on after a moment.
    var wait = pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)
    poll(&wait, 1, Self.afterlife)
    SignalStream.take(SIGTSTP)
    terminal.takeKeyboard()
    terminal.copySize()
    kill(child, SIGCONT)
  }

  private func note(_ arrival: SignalStream.Arrival) {
    if [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(arrival.number) {
      wishes.insert(arrival.number)
    }
  }

  private func pass(_ arrival: SignalStream.Arrival, to child: pid_t) {
    switch (arrival.number, terminal) {
    case (SIGWINCH, let terminal?): terminal.copySize()
    case (SIGINT, let terminal?) where arrival.isFromTerminal,
      (SIGQUIT, let terminal?) where arrival.isFromTerminal,
      (SIGTSTP, let terminal?) where arrival.isFromTerminal:
      kv_signal_foreground(terminal.outer, arrival.number)
    case (SIGCONT, let terminal):
      terminal?.takeKeyboard()
      kill(child, SIGCONT)
    // What the terminal sends reaches a command that shares it without us.
    case (_, nil) where arrival.isFromTerminal: break
    default: kill(child, arrival.number)
    }
  }

  private func end(_ status: Int32) throws -> Never {
    let number = status & 0x7f
    guard number != 0 else { throw ExitCode(status >> 8 & 0xff) }
    signal(number, SIG_DFL)
    var one = sigset_t()
    sigemptyset(&one)
    sigaddset(&one, number)
    pthread_sigmask(SIG_UNBLOCK, &one, nil)
    raise(number)
    throw ExitCode(128 + number)
  }
}
