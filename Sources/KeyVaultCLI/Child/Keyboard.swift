import CProcess
import Glibc

/// What a person types, on its way to a pseudo-terminal. A command that does not read must not keep
/// its output from being read, so that nothing here waits.
struct Keyboard {
  private let target: Int32
  private var waiting: [UInt8] = []
  /// The real terminal was closed.
  private(set) var hasEnded = false

  init(to target: Int32) {
    self.target = target
    _ = fcntl(target, F_SETFL, fcntl(target, F_GETFL) | O_NONBLOCK)
  }

  /// What to wait for: for more, or, while something waits, for room.
  func polled(isOurs: Bool) -> [pollfd] {
    if !waiting.isEmpty { return [pollfd(fd: target, events: Int16(POLLOUT), revents: 0)] }
    return isOurs && !hasEnded ? [pollfd(fd: 0, events: Int16(POLLIN), revents: 0)] : []
  }

  mutating func pump(isReadable: Bool) {
    if isReadable, waiting.isEmpty {
      withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
        let count = read(0, buffer.baseAddress, buffer.count)
        if count > 0 { waiting += buffer[..<count] }
        hasEnded = count == 0 || count < 0 && errno != EINTR && errno != EAGAIN
      }
    }
    while !waiting.isEmpty {
      let count = waiting.withUnsafeBytes { write(target, $0.baseAddress, $0.count) }
      guard count > 0 else {
        if errno != EAGAIN && errno != EINTR { waiting = [] }
        break
      }
      waiting.removeFirst(count)
    }
    if hasEnded { waiting = [] }
  }
}
