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
    // Tests of other modules in this process look up names that nobody has.
    setenv("no_proxy", ".invalid", 1)
  }

  /// Touching ``shared`` sets the variable; this is for readers.
  func arm() {}

  /// How often a connection to this host was wanted.
  func connections(to host: String) -> Int {
    stub.requests.count { $0.method == "CONNECT" && $0.path == host + ":443" }
  }
}

/// A file below Fixtures/answers.
struct Fixture: Sendable, CustomTestStringConvertible {
  let provider: String
  let name: String
  /// What the file's `verdict` says.
  let verdict: String
  /// Kind of key, where it is not the first of the provider.
  let format: String?
  let status: Int
  let headers: [String: String]
  /// nil where no answer arrives.
  let body: [UInt8]?

  var testDescription: String { "\(provider)/\(name)" }

  static let folder = package.appending(path: "Tests/KeyVaultTests/Fixtures/answers")

  static let all: [Fixture] = {
    let providers = try! FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return providers.flatMap { provider in
      try! FileManager.default.contentsOfDirectory(atPath: folder.appending(path: provider).path)
        .filter { $0.hasSuffix(".json") }.sorted()
        .map { Fixture(provider: provider, name: String($0.dropLast(5))) }
    }
  }()

  private init(provider: String, name: String) {
    self.provider = provider
    self.name = name
    let file = Self.folder.appending(path: "\(provider)/\(name).json")
    let object =
      try! JSONSerialization.jsonObject(with: Data(contentsOf: file)) as! [String: Any]
    verdict = object["verdict"] as! String
    format = object["format"] as? String
    status = object["status"] as? Int ?? 200
    var headers = object["headers"] as? [String: String] ?? [:]
    if let json = object["body"] {
      body = Array(try! JSONSerialization.data(withJSONObject: json, options: .fragmentsAllowed))
      if headers["content-type"] == nil { headers["content-type"] = "application/json" }
    } else {
      body = Array((object["text"] as? String ?? "").utf8)
    }
    self.headers = headers
  }
}
