internal import Dispatch
internal import Naming
internal import Synchronization

/// A turn among the threads of this process that want to write to one repository, until the end of the value. They come
/// in the order in which they asked, and only the first of them asks the kernel for the lock: many that each asked again
/// and again would keep a core busy, and the one that waited longest could wait for ever.
struct WriterTurn: ~Copyable {
  private let root: Name
  private let number: Int

  private struct Waiting {
    let number: Int
    let isFirst = DispatchSemaphore(value: 0)
  }

  private struct Queues {
    var last = 0
    var waiting: [Name: [Waiting]] = [:]
  }

  private static let queues = Mutex(Queues())

  /// Waits for the turn; nil if it does not come before `deadline`.
  static func taken(of root: String, until deadline: ContinuousClock.Instant) -> WriterTurn? {
    let root = Name(root)
    let own = queues.withLock { queues in
      queues.last += 1
      let own = Waiting(number: queues.last)
      if queues.waiting[root, default: []].isEmpty { own.isFirst.signal() }
      queues.waiting[root, default: []].append(own)
      return own
    }
    let turn = WriterTurn(root: root, number: own.number)
    let patience = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
    let end = DispatchTime.now() + .milliseconds(Int(max(0, patience)))
    guard own.isFirst.wait(timeout: end) == .success else { return nil }
    return turn
  }

  private init(root: Name, number: Int) {
    self.root = root
    self.number = number
  }

  deinit {
    Self.queues.withLock { queues in
      guard var waiting = queues.waiting[root] else { return }
      let wasFirst = waiting.first?.number == number
      waiting.removeAll { $0.number == number }
      if wasFirst { waiting.first?.isFirst.signal() }
      queues.waiting[root] = waiting.isEmpty ? nil : waiting
    }
  }
}
