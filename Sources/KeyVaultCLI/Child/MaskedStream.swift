import Glibc
import KeyVault

/// One stream of a command, on its way to ours with the keys hidden.
final class MaskedStream {
  /// Where the command's output is read; -1 once it has ended.
  private(set) var source: Int32
  private let target: Int32
  private var masker: Masker
  private var isBroken = false

  init(from source: Int32, to target: Int32, hiding variables: [Rendering.Variable]) {
    self.source = source
    self.target = target
    masker = Masker(hiding: variables)
  }

  /// Whether the beginning of a value may be held back.
  var isWaiting: Bool { masker.isWaiting }

  /// Passes on what can be read now; the stream may end by it.
  func pump() {
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
      let count = read(source, buffer.baseAddress, buffer.count)
      if count < 0 && (errno == EINTR || errno == EAGAIN) { return }
      // A pseudo-terminal that nobody has open any more says EIO.
      guard count > 0 else { return end() }
      masker.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { write($0) }
    }
    // The command learns that nobody reads by its own next write, as it would have.
    if isBroken { end() }
  }

  func settle() { masker.settle { write($0) } }

  func end() {
    guard source >= 0 else { return }
    masker.finish { write($0) }
    close(source)
    source = -1
  }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    var done = 0
    while done < bytes.count, !isBroken {
      let count = Glibc.write(target, bytes.baseAddress! + done, bytes.count - done)
      if count > 0 {
        done += count
      } else if errno == EAGAIN {
        var wait = pollfd(fd: target, events: Int16(POLLOUT), revents: 0)
        poll(&wait, 1, -1)
      } else if errno != EINTR {
        isBroken = true
      }
    }
  }
}
