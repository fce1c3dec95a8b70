/// Who may run: so many transfers at once to one origin, the others in the order they came.
///
/// They wait here and not in libcurl, whose time-out would begin with the waiting.
@safe struct Lanes {
  enum Place {
    /// It ran; `next` takes its lane.
    case running(next: Transfer?)
    case waiting
    case unknown
  }

  private let limit: Int
  private var running: [UnsafeMutableRawPointer: Transfer] = unsafe [:]
  private var counts: [Origin: Int] = [:]
  private var waiting: [Origin: [Transfer]] = [:]

  init(limit: Int) { self.limit = max(1, limit) }

  /// Whether the transfer may begin now.
  mutating func admit(_ transfer: Transfer) -> Bool {
    guard hasRoom(for: transfer) else {
      waiting[transfer.url.origin, default: []].append(transfer)
      return false
    }
    start(transfer)
    return true
  }

  func running(_ handle: UnsafeMutableRawPointer) -> Transfer? { unsafe running[handle] }

  mutating func remove(_ transfer: Transfer) -> Place {
    let origin = transfer.url.origin
    if let index = waiting[origin]?.firstIndex(where: { $0 === transfer }) {
      waiting[origin]?.remove(at: index)
      return .waiting
    }
    guard unsafe running[transfer.easy.handle] === transfer else { return .unknown }
    unsafe running[transfer.easy.handle] = nil
    counts[origin, default: 1] -= 1
    // The first may want more room than there is now, while a later one has enough.
    let fits = waiting[origin]?.firstIndex { hasRoom(for: $0) }
    guard let fits, let next = waiting[origin]?.remove(at: fits) else {
      return .running(next: nil)
    }
    start(next)
    return .running(next: next)
  }

  private func hasRoom(for transfer: Transfer) -> Bool {
    counts[transfer.url.origin, default: 0] < min(limit, transfer.hostLimit)
  }

  private mutating func start(_ transfer: Transfer) {
    counts[transfer.url.origin, default: 0] += 1
    unsafe running[transfer.easy.handle] = transfer
  }
}
