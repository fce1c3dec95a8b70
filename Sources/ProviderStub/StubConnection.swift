internal import Foundation

/// One connection to the stand-in, served by a thread of its own until either side closes it.
struct StubConnection {
  let socket: Int32
  /// The answer to a request.
  let answer: (StubRequest) -> StubAnswer
  let isStopping: () -> Bool

  func serve() {
    var pending: [UInt8] = []
    while !isStopping(), let request = StubRequest.read(from: socket, pending: &pending) {
      let wantsClose = request.header("connection")?.lowercased() == "close"
      guard send(answer(request), to: request, isLast: wantsClose), !wantsClose else { return }
    }
  }

  /// Whether the connection can go on.
  private func send(_ answer: StubAnswer, to request: StubRequest, isLast: Bool) -> Bool {
    sleep(answer.delay)
    if answer.isReset {
      // A close() without lingering sends RST instead of FIN.
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
      guard answer.cut != nil else { return false }
    }
    let isLast = isLast || answer.isEndless || answer.cut != nil
    guard write(answer.head(isLast: isLast)) else { return false }
    if request.method == "HEAD" { return !isLast }
    let body = answer.body.prefix(answer.cut ?? answer.body.count)
    var rest = answer.repeats
    repeat {
      guard write(body, drip: answer.drip) else { return false }
      rest -= 1
    } while (answer.isEndless || rest > 0) && !body.isEmpty && !isStopping()
    // What was written goes out before a reset.
    if answer.isReset { sleep(.milliseconds(50)) }
    return !isLast
  }

  private func write(_ body: ArraySlice<UInt8>, drip: Duration) -> Bool {
    guard drip > .zero else { return write(Array(body)) }
    for byte in body {
      sleep(drip)
      guard !isStopping(), write([byte]) else { return false }
    }
    return true
  }

  private func write(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Foundation.send(socket, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  private func sleep(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    Thread.sleep(forTimeInterval: Double(seconds) + Double(attoseconds) / 1e18)
  }
}
