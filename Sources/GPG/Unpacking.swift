internal import CGPGME
internal import Glibc

/// Serves one decryption of gpg, and ends it where the content asks for more than an honest one.
///
/// A few hundred bytes can hold packets that inflate to terabytes, and gpg has no limit of time. Its pipes are
/// served here, and not by gpgme, so that the time can be counted from the moment at which gpg has the session
/// key: before that, it may wait for a person or a card, for as long as they take.
@safe final class Unpacking {
  private let context: Context
  private let limit: Int
  /// Every pipe that gpgme had served, in its order; gpgme keeps pointers to them.
  private var pipes: [Pipe] = []
  private var outcome: gpgme_error_t?
  private var time = Duration.zero
  /// Why gpg was ended; nil if it was not.
  private(set) var excess: Excess?

  /// Most of the time that passes between two looks at the clock, so that a process that was stopped does not
  /// count the time for which it was.
  private static let step = Duration.milliseconds(250)

  /// What an honest content takes at most.
  static let allowance = Duration.milliseconds(500)

  /// `limit` is in seconds.
  init(in context: Context, limit: Int) {
    self.context = context
    self.limit = limit
  }

  /// What gpg took for the content beyond the allowance.
  var surplus: Duration { max(.zero, time - Self.allowance) }

  /// Runs the operation that `start` begins, which must be asynchronous. Its status.
  func run(_ start: () -> gpgme_error_t) -> gpgme_error_t {
    var callbacks = unsafe gpgme_io_cbs(
      add: Self.add, add_priv: Unmanaged.passUnretained(self).toOpaque(), remove: Self.remove,
      event: Self.event, event_priv: Unmanaged.passUnretained(self).toOpaque())
    unsafe gpgme_set_io_cbs(context.raw, &callbacks)
    defer { unsafe gpgme_set_io_cbs(context.raw, nil) }
    let status = start()
    guard gpgme_err_code(status) == GPG_ERR_NO_ERROR else { return status }
    var last = ContinuousClock.now
    var isBounded = false
    while outcome == nil {
      serve()
      let now = ContinuousClock.now
      defer { last = now }
      guard outcome == nil, context.log.hasBegun else { continue }
      time += min(last.duration(to: now), Self.step)
      if time > Self.allowance, !isBounded {
        // It would go on if this process were killed.
        processes.bound(seconds: limit)
        isBounded = true
      }
      if let excess = judged() { end(excess) }
    }
    // gpg may go on with output that is not read.
    if gpgme_err_code(outcome!) != GPG_ERR_NO_ERROR, context.log.hasBegun, !context.log.hasEnded {
      processes.end()
    }
    return outcome!
  }

  private func judged() -> Excess? {
    if context.log.isNested { return .nested }
    return time >= .seconds(limit) ? .time(seconds: limit) : nil
  }

  private func end(_ excess: Excess) {
    self.excess = excess
    processes.end()
    unsafe gpgme_cancel(context.raw)
    // gpgme says so by an event; without one, nothing is left to wait for.
    if outcome == nil { outcome = gpgme_error(GPG_ERR_CANCELED) }
  }

  private var processes: PipedProcesses {
    PipedProcesses(program: "gpg", pipes: Set(pipes.compactMap(\.identity)))
  }

  /// Waits for a pipe, and has gpgme read or write. Once the time counts, a step at most.
  private func serve() {
    let open = pipes.filter(\.isOpen)
    guard !open.isEmpty else {
      outcome = gpgme_error(GPG_ERR_EOF)
      return
    }
    var polled = open.map {
      pollfd(fd: $0.descriptor, events: Int16($0.isRead ? POLLIN : POLLOUT), revents: 0)
    }
    let patience = context.log.hasBegun ? Int32(Self.step / .milliseconds(1)) : -1
    guard unsafe poll(&polled, nfds_t(polled.count), patience) > 0 else { return }
    for (pipe, answer) in zip(open, polled)
    where answer.revents != 0 && pipe.isOpen && outcome == nil {
      pipe.serve()
    }
  }

  /// One end of a pipe to gpg, and what gpgme does when it is ready.
  @safe private final class Pipe {
    let descriptor: Int32
    let isRead: Bool
    /// The pipe's own number, which gpg's end has too.
    let identity: UInt64?
    private let call: gpgme_io_cb_t
    private let argument: UnsafeMutableRawPointer?
    var isOpen = true

    init(
      _ descriptor: Int32, isRead: Bool, call: @escaping gpgme_io_cb_t,
      argument: UnsafeMutableRawPointer?
    ) {
      self.descriptor = descriptor
      self.isRead = isRead
      unsafe self.call = call
      unsafe self.argument = argument
      var status = stat()
      identity = unsafe fstat(descriptor, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    func serve() { _ = unsafe call(argument, descriptor) }
  }

  private static let add: gpgme_register_io_cb_t = {
    hook, descriptor, direction, call, argument, tag in
    guard let hook = unsafe hook, let call = unsafe call, let tag = unsafe tag else {
      return gpgme_error(GPG_ERR_INV_VALUE)
    }
    let unpacking = unsafe Unmanaged<Unpacking>.fromOpaque(hook).takeUnretainedValue()
    let pipe = unsafe Pipe(descriptor, isRead: direction != 0, call: call, argument: argument)
    unpacking.pipes.append(pipe)
    unsafe tag.pointee = Unmanaged.passUnretained(pipe).toOpaque()
    return 0
  }

  private static let remove: gpgme_remove_io_cb_t = { tag in
    guard let tag = unsafe tag else { return }
    unsafe Unmanaged<Pipe>.fromOpaque(tag).takeUnretainedValue().isOpen = false
  }

  private static let event: gpgme_event_io_cb_t = { hook, kind, data in
    guard kind == GPGME_EVENT_DONE, let hook = unsafe hook, let data = unsafe data else { return }
    let unpacking = unsafe Unmanaged<Unpacking>.fromOpaque(hook).takeUnretainedValue()
    let done = unsafe data.assumingMemoryBound(to: gpgme_io_event_done_data.self).pointee
    unpacking.outcome =
      gpgme_err_code(done.err) == GPG_ERR_NO_ERROR ? done.op_err : done.err
  }
}
