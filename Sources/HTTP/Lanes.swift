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
    let origin = transfer.url.origin
    guard counts[origin, default: 0] < min(limit, transfer.hostLimit) else {
      waiting[origin, default: []].append(transfer)
      return false
    }
    counts[origin, default: 0] += 1
    unsafe running[transfer.easy.handle] = transfer
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
    guard let next = waiting[origin]?.first else { return .running(next: nil) }
    waiting[origin]?.removeFirst()
    _ = admit(next)
    return .running(next: next)
  }
}
