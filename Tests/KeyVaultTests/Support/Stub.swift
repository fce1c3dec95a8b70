import Foundation
import HTTP
import ProviderStub
import Secrets
import Testing

/// The folder of this package.
let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// A stand-in with answers of a test's own, gone with the value.
final class Stub: Sendable {
  private let scratch = Scratch()
  private let server: StubServer

  /// `answers` are JSON texts by `provider/name`; `keys` gives an answer's name by key.
  init(
    _ answers: [String: String] = [:], keys: [String: [String: String]] = [:],
    delay: Duration = .zero
  ) throws {
    for (name, json) in answers { try scratch.write(json, to: name + ".json") }
    let digests = keys.mapValues { keys in
      Dictionary(uniqueKeysWithValues: keys.map { (SHA256.hex(of: Array($0.key.utf8)), $0.value) })
    }
    server = try StubServer(
      answers: URL(fileURLWithPath: scratch.folder), keys: digests, delay: delay)
  }

  deinit { server.stop() }

  var port: UInt16 { server.port }
  /// A gateway's template.
  var gateway: String { "http://127.0.0.1:\(server.port)/{provider}" }
  /// `http://127.0.0.1:port`.
  var base: String { "http://127.0.0.1:\(server.port)" }
  var requests: [StubRequest] { server.requests }
}

/// Stands where a key must not go: every https request of this process is sent to it by the proxy
/// variable, so that it sees to which host a connection was wanted, and nothing leaves the machine.
final class Trap: Sendable {
  static let shared = Trap()

  private let stub = try! Stub()

  private init() {
    for name in ["NO_PROXY", "all_proxy", "ALL_PROXY", "HTTPS_PROXY"] {
      unsetenv(name)
    }
    setenv("https_proxy", stub.base, 1)
    // Tests of other modules in this process look up names that do not exist.
    setenv("no_proxy", ".invalid", 1)
  }

  /// Touching ``shared`` sets the variable; this is for readers.
  func arm() {}

  /// How often a connection to any host was wanted.
  var connections: Int { stub.requests.count }

  /// How often a connection to this host was wanted.
  func connections(to host: String) -> Int {
    stub.requests.count { $0.method == "CONNECT" && $0.path == host + ":443" }
  }
}
