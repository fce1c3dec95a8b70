import CProcess
import Glibc
import KeyVault

/// One stream of a command, on its way to ours with the keys hidden. A reader that does not read keeps
/// the command waiting, as it would have, and never the supervisor.
final class MaskedStream {
  /// Where the command's output is read; -1 once it has ended.
  private(set) var source: Int32
  private let target: Int32
  private var masker: Masker
  /// What can be shown and was not taken yet.
  private var output: [UInt8] = []
  private var isBroken = false

  /// Bytes of output that may wait before no more is read.
  private static let room = 1 << 16
  /// A pipe that has room has it for so many bytes. Ours may be others' too, so it is not made one that
  /// never waits: they would have to know.
  private static let piece = 4096
  /// Reads that empty any buffer: a terminal gives 4 KiB at a time, a pipe has 1 MiB at most.
  private static let bufferedPieces = 64

  init(from source: Int32, to target: Int32, hiding variables: [Rendering.Variable]) {
    self.source = source
    self.target = target
    masker = Masker(hiding: variables)
  }

  /// Whether the beginning of a value may be held back.
  var isWaiting: Bool { masker.isWaiting }

  /// Whether the reader has not taken everything yet.
  var hasOutput: Bool { !output.isEmpty }

  /// What to wait for: for more, if there is room, and for the reader.
  var polled: [pollfd] {
    var polled: [pollfd] = []
    if source >= 0, output.count < Self.room {
      polled.append(pollfd(fd: source, events: Int16(POLLIN), revents: 0))
    }
    if hasOutput { polled.append(pollfd(fd: target, events: Int16(POLLOUT), revents: 0)) }
    return polled
  }

  /// Passes on what can be read now; the stream may end by it.
  func pump() {
    withUnsafeTemporaryAllocation(byteCount: Self.room, alignment: 16) { buffer in
      let count = read(source, buffer.baseAddress, buffer.count)
      // What the command prints may be the keys.
      defer { if count > 0 { explicit_bzero(buffer.baseAddress!, count) } }
      if count < 0 && (errno == EINTR || errno == EAGAIN) { return }
      // A pseudo-terminal that no process has open any more says EIO.
      guard count > 0 else { return end() }
      masker.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { output += $0 }
    }
    flush()
  }

  /// Takes what the command has written, whatever the reader took: a pipe's or a terminal's buffer at
  /// most. More than that comes from processes that it left running.
  func pumpRest() {
    for _ in 0..<Self.bufferedPieces {
      var poll = pollfd(fd: source, events: Int16(POLLIN), revents: 0)
      guard source >= 0, Glibc.poll(&poll, 1, 0) > 0 else { return }
      pump()
    }
  }

  /// Shows what waited for something to follow.
  func settle() {
    masker.settle { output += $0 }
    flush()
  }

  /// Nothing more is read. What waited is shown as soon as the reader takes it.
  func end() {
    guard source >= 0 else { return }
    masker.finish { output += $0 }
    close(source)
    source = -1
    flush()
  }

  /// Writes what the reader takes without waiting.
  func flush() {
    var done = 0
    output.withUnsafeBytes { bytes in
      while done < bytes.count, !isBroken, isTaken {
        let count = write(
          target, bytes.baseAddress! + done, min(bytes.count - done, Self.piece))
        if count > 0 {
          done += count
        } else if errno != EINTR && errno != EAGAIN {
          isBroken = true
        }
      }
    }
    guard !isBroken else {
      output = []
      // The command learns that there is no reader by its own next write, as it would have.
      return end()
    }
    output.removeFirst(done)
  }

  /// Whether a write would not wait: there is room, or no reader any more.
  private var isTaken: Bool {
    var poll = pollfd(fd: target, events: Int16(POLLOUT), revents: 0)
    return Glibc.poll(&poll, 1, 0) > 0
  }
}
