import Foundation
import Synchronization

/// A listener on 127.0.0.1 that reads once from each connection, writes what `answer` makes of it,
/// and closes; or, without `answer`, never says a word.
final class RawServer: Sendable {
  let port: UInt16
  private let listener: Int32
  private let clients = Mutex<[Int32]>([])

  init(backlog: Int32 = 16, answer: (@Sendable ([UInt8]) -> [UInt8])? = nil) throws {
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
    if let answer { Thread.detachNewThread { RawServer.serve(listener, answer) } }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    for client in clients.withLock({ $0 }) { close(client) }
  }

  /// Connects until the backlog is full, so that the next one hangs.
  func fill() {
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

  private static func serve(_ listener: Int32, _ answer: ([UInt8]) -> [UInt8]) {
    while true {
      let client = accept(listener, nil, nil)
      guard client >= 0 else { return }
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      let count = recv(client, &buffer, buffer.count, 0)
      let bytes = answer(Array(buffer.prefix(max(0, count))))
      _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      close(client)
    }
  }
}
