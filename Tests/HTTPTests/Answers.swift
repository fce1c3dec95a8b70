import Foundation
import HTTP
import ProviderStub
import Secrets

/// A stand-in with the given answers of one provider, `acme`, in a folder of its own.
final class Answers: Sendable {
  let folder: URL
  let server: StubServer

  init(
    _ answers: [String: [String: Any]], keys: [String: String] = [:], delay: Duration = .zero
  ) throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("keyvault-http-\(UUID().uuidString)")
    let provider = folder.appendingPathComponent("acme")
    try FileManager.default.createDirectory(at: provider, withIntermediateDirectories: true)
    for (name, answer) in answers {
      try JSONSerialization.data(withJSONObject: answer)
        .write(to: provider.appendingPathComponent("\(name).json"))
    }
    let digests = keys.map { (SHA256.hex(of: Array($0.key.utf8)), $0.value) }
    server = try StubServer(
      answers: folder, keys: ["acme": Dictionary(uniqueKeysWithValues: digests)], delay: delay)
  }

  deinit {
    server.stop()
    try? FileManager.default.removeItem(at: folder)
  }

  /// As in `url("@slow/v1/models")`.
  func url(_ path: String = "/") throws -> WebURL {
    try WebURL("http://127.0.0.1:\(server.port)/acme\(path)")
  }
}

extension HTTPClient {
  /// A client that trusts `authorities` alone, if given.
  static func testing(
    hostLimit: Int = 32, authorities: URL? = nil
  ) throws -> HTTPClient {
    try HTTPClient(
      userAgent: "keyvault/test", hostLimit: hostLimit, authorities: authorities?.path)
  }

  func get(
    _ url: WebURL, secret: String = "", timeout: Duration = .seconds(10),
    connectTimeout: Duration = .seconds(5), hostLimit: Int = .max
  ) async throws -> HTTPAnswer {
    try await send(
      HTTPRequest(
        method: "GET", url: url, secretHeaders: Secret(utf8: secret), timeout: timeout,
        connectTimeout: connectTimeout, hostLimit: hostLimit))
  }

  /// Why there is no answer; nil if there is one.
  func failure(
    _ url: WebURL, secret: String = "", timeout: Duration = .seconds(10),
    connectTimeout: Duration = .seconds(5)
  ) async throws -> HTTPError.Reason? {
    do {
      _ = try await get(url, secret: secret, timeout: timeout, connectTimeout: connectTimeout)
      return nil
    } catch let error as HTTPError {
      return error.reason
    }
  }
}

extension HTTPAnswer {
  var text: String { String(decoding: body, as: UTF8.self) }
}
