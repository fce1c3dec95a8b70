internal import CCurl
internal import Glibc
internal import Synchronization

/// One multi handle on one thread, which owns all transfers: how many run is not a thread count.
@safe final class TransferLoop: @unchecked Sendable {
  /// What other threads leave for the loop.
  private struct Inbox {
    var added: [Transfer] = []
    var cancelled: [Transfer] = []
    var isStopping = false
  }

  private let library: Library
  private let multi: UnsafeMutableRawPointer
  private let inbox = Mutex(Inbox())
  /// The loop's thread only.
  private var lanes: Lanes

  init(library: Library, hostLimit: Int) throws(HTTPError) {
    guard let multi = library.curl.multi_init() else {
      throw HTTPError(.other(code: Int(CURLE_OUT_OF_MEMORY.rawValue)))
    }
    self.library = library
    unsafe self.multi = multi
    lanes = Lanes(limit: hostLimit)
    unsafe withUnsafePointer(to: library.curl) { curl in
      _ = unsafe kv_multi_set_long(curl, multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
      _ = unsafe kv_multi_set_long(curl, multi, CURLMOPT_MAX_HOST_CONNECTIONS, hostLimit)
    }
    try start()
  }

  func add(_ transfer: Transfer) { leave { $0.added.append(transfer) } }

  func cancel(_ transfer: Transfer) {
    transfer.isCancelled.store(true, ordering: .relaxed)
    leave { $0.cancelled.append(transfer) }
  }

  /// Ends the thread; nothing may be added or cancelled afterwards.
  func stop() { leave { $0.isStopping = true } }

  private func leave(_ change: (inout Inbox) -> Void) {
    // Woken under the lock: once the thread has seen `isStopping`, the handle is gone.
    inbox.withLock { inbox in
      change(&inbox)
      _ = unsafe library.curl.multi_wakeup(multi)
    }
  }
}

extension TransferLoop {
  private func start() throws(HTTPError) {
    let this = unsafe Unmanaged.passRetained(self).toOpaque()
    var thread = pthread_t()
    // Signals are the main thread's, and those of a broken pipe are ignored: a thread is born with
    // the mask of the one that made it.
    var all = sigset_t()
    var mine = sigset_t()
    _ = unsafe sigfillset(&all)
    _ = unsafe pthread_sigmask(SIG_SETMASK, &all, &mine)
    let result = unsafe pthread_create(
      &thread, nil,
      { this in
        unsafe Unmanaged<TransferLoop>.fromOpaque(this!).takeRetainedValue().run()
        return nil
      }, this)
    _ = unsafe pthread_sigmask(SIG_SETMASK, &mine, nil)
    guard result == 0 else {
      unsafe Unmanaged<TransferLoop>.fromOpaque(this).release()
      throw HTTPError(.noThread(errno: result))
    }
    pthread_detach(thread)
  }

  private func run() {
    while acceptInbox() {
      var running: Int32 = 0
      _ = unsafe library.curl.multi_perform(multi, &running)
      finishDone()
      _ = unsafe library.curl.multi_poll(multi, nil, 0, 60_000, nil)
    }
    _ = unsafe library.curl.multi_cleanup(multi)
  }

  /// Takes what others have left; false when it is time to end.
  private func acceptInbox() -> Bool {
    let news = inbox.withLock { inbox in
      defer { inbox = Inbox(isStopping: inbox.isStopping) }
      return inbox
    }
    for transfer in news.added {
      if transfer.isCancelled.load(ordering: .relaxed) {
        transfer.finishCancelled()
      } else if lanes.admit(transfer) {
        begin(transfer)
      }
    }
    for transfer in news.cancelled {
      switch lanes.remove(transfer) {
      case .running(let next):
        _ = unsafe library.curl.multi_remove_handle(multi, transfer.easy.handle)
        transfer.finishCancelled()
        if let next { begin(next) }
      case .waiting: transfer.finishCancelled()
      case .unknown: break
      }
    }
    return !news.isStopping
  }

  private func begin(_ transfer: Transfer) {
    _ = unsafe library.curl.multi_add_handle(multi, transfer.easy.handle)
  }

  private func finishDone() {
    var left: Int32 = 0
    while let message = unsafe library.curl.multi_info_read(multi, &left) {
      guard unsafe message.pointee.msg == CURLMSG_DONE,
        let handle = unsafe message.pointee.easy_handle
      else { continue }
      // Read before the handle is removed, which frees the message.
      let code = unsafe kv_message_result(message)
      _ = unsafe library.curl.multi_remove_handle(multi, handle)
      guard let transfer = unsafe lanes.running(handle) else { continue }
      if case .running(let next?) = lanes.remove(transfer) { begin(next) }
      transfer.finish(code)
    }
  }
}
