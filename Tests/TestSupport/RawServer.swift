internal import Foundation
internal import Synchronization

/// A listener on 127.0.0.1 that reads once from each connection, writes what `answer` makes of it
/// (a byte each `pace`, if one is given), and closes; or, without `answer`, never says a word.
package final class RawServer: Sendable {
  package let port: UInt16
  private let listener: Int32
  private let clients = Mutex<[Int32]>([])

  package init(
    backlog: Int32 = 16, pace: Duration = .zero, answer: (@Sendable ([UInt8]) -> [UInt8])? = nil
  ) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = RawServer.address(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, backlog) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard result else { throw POSIXError(.EADDRINUSE) }
    port = UInt16(bigEndian: address.sin_port)
    if let answer { Thread.detachNewThread { RawServer.serve(listener, answer, pace) } }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    for client in clients.withLock({ $0 }) { close(client) }
  }

  /// Connects until the backlog is full, so that the next one hangs.
  package func fill() {
    for _ in 0..<4 {
      let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
      var address = RawServer.address(port: port)
      _ = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      clients.withLock { $0.append(client) }
    }
  }

  private static func address(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }

  private static func serve(
    _ listener: Int32, _ answer: ([UInt8]) -> [UInt8], _ pace: Duration
  ) {
    while true {
      let client = accept(listener, nil, nil)
      guard client >= 0 else { return }
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      let count = recv(client, &buffer, buffer.count, 0)
      write(answer(Array(buffer.prefix(max(0, count)))), to: client, pace)
      close(client)
    }
  }

  private static func write(_ bytes: [UInt8], to client: Int32, _ pace: Duration) {
    guard pace > .zero else {
      _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      return
    }
    for byte in bytes {
      Thread.sleep(forTimeInterval: pace / .seconds(1))
      guard send(client, [byte], 1, Int32(MSG_NOSIGNAL)) == 1 else { return }
    }
  }

  /// Whether a process listens on that port.
  static func isListening(port: UInt16) -> Bool {
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(client) }
    var address = address(port: port)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
