public import Foundation
internal import Glibc
internal import Synchronization

/// A stand-in for AI providers on 127.0.0.1, for the demo and the tests.
///
/// The path of a request is `/{provider}/rest` or `/{provider}@{answer}/rest`. The answer is the one
/// that the path names, or the one that `keys` gives the presented key, or `invalid` for any other
/// key, or `missing` (if there is one) without a key. It can send malformed answers, which no
/// framework would. It serves until `stop()`.
public final class StubServer: Sendable {
  /// The socket could not be had, for the reason that `errno` gives.
  public struct ListenError: Error, Sendable {
    public let errno: Int32
  }

  private struct State {
    var requests: [StubRequest] = []
    var sockets: Set<Int32> = []
    /// How often each file was asked for.
    var turns: [String: Int] = [:]
    var isStopping = false
  }

  /// Where the stand-in listens on 127.0.0.1.
  public let port: UInt16
  private let answers: URL
  private let keys: [String: [String: String]]
  private let delay: Duration
  private let listener: Int32
  private let state = Mutex(State())

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - answers: The folder with `<provider>/<answer>.json`.
  ///   - keys: Provider, SHA-256 of the key in hexadecimal, name of the answer.
  ///   - port: 0 for any that is free.
  ///   - delay: Before every answer, beside what the answer itself says.
  public init(
    answers: URL, keys: [String: [String: String]] = [:], port: UInt16 = 0, delay: Duration = .zero
  ) throws(ListenError) {
    self.answers = answers
    self.keys = keys
    self.delay = delay
    (listener, self.port) = try StubServer.listen(on: port)
    Thread.detachNewThread { self.accept() }
  }

  /// Every request so far, in the order they came.
  public var requests: [StubRequest] { state.withLock { $0.requests } }

  /// Closes the listening socket and every connection.
  public func stop() {
    state.withLock { state in
      guard !state.isStopping else { return }
      state.isStopping = true
      shutdown(listener, Int32(SHUT_RDWR))
      for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }
  }

  private static func listen(on port: UInt16) throws(ListenError) -> (Int32, UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && Foundation.listen(listener, 1024) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard result else {
      let error = ListenError(errno: errno)
      close(listener)
      throw error
    }
    return (listener, UInt16(bigEndian: address.sin_port))
  }

  private func accept() {
    while true {
      let socket = Glibc.accept(listener, nil, nil)
      let isStopping = state.withLock { state in
        if socket >= 0 && !state.isStopping { state.sockets.insert(socket) }
        return state.isStopping
      }
      if isStopping {
        if socket >= 0 { close(socket) }
        close(listener)
        return
      }
      guard socket >= 0 else { continue }
      var yes: Int32 = 1
      setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, 4)
      Thread.detachNewThread { self.serve(socket) }
    }
  }

  private func serve(_ socket: Int32) {
    StubConnection(
      socket: socket, answer: answer(to:),
      isStopping: { self.state.withLock { $0.isStopping } }
    ).serve()
    state.withLock { state in
      _ = state.sockets.remove(socket)
      close(socket)
    }
  }

  private func answer(to request: StubRequest) -> StubAnswer {
    state.withLock { $0.requests.append(request) }
    guard let route = request.route, let chosen = chosen(for: request, at: route) else {
      return StubAnswer(status: 404, error: "no such provider or answer")
    }
    var answer = chosen.answer(to: request, at: route.rest)
    answer.delay += delay
    return answer
  }

  private func chosen(
    for request: StubRequest, at route: (provider: String, answer: String?, rest: String)
  ) -> StubAnswer? {
    // What every provider may answer is in `any`.
    let named = { (name: String) in
      self.next(in: "\(route.provider)/\(name).json") ?? self.next(in: "any/\(name).json")
    }
    if let name = route.answer { return named(name) }
    guard let digest = request.keyDigest else { return named("missing") ?? named("invalid") }
    return named(keys[route.provider]?[digest] ?? "invalid")
  }

  /// What a file answers to the request that has come now; nil if there is none.
  private func next(in file: String) -> StubAnswer? {
    guard let sequence = StubAnswer.sequence(in: answers.appendingPathComponent(file)) else {
      return nil
    }
    let turn = state.withLock { state in
      defer { state.turns[file, default: 0] += 1 }
      return state.turns[file, default: 0]
    }
    return turn < sequence.count ? sequence[turn] : sequence.last
  }
}
