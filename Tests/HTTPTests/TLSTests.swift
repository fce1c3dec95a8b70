import Foundation
import HTTP
import ProviderStub
import Secrets
import TestSupport
import Testing

@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: Certificates.openssl),
    "openssl is not installed"))
struct TLSTests {
  private let certificates: Certificates

  init() throws { certificates = try Certificates.shared.get() }

  /// What comes of a request to a server with that certificate, if `authorities` are trusted.
  private func failure(
    certificate: String, host: String = "127.0.0.1", authorities: URL?
  ) async throws -> HTTPError.Reason? {
    let server = try Program(
      Certificates.openssl, "s_server", "-www", "-accept", "127.0.0.1:0",
      "-cert", certificates.file("\(certificate).pem").path,
      "-key", certificates.file("\(certificate).key").path)
    let port = try #require(server.line(after: "ACCEPT 127.0.0.1:"))
    let client = try HTTPClient.testing(authorities: authorities)
    let reason = try await client.failure(WebURL("https://\(host):\(port)/"))
    return withExtendedLifetime(server) { reason }
  }

  @Test func `accepts a certificate of a trusted authority for the host`() async throws {
    #expect(
      try await failure(certificate: "good", authorities: certificates.authority) == nil)
  }

  @Test func `refuses a certificate of an unknown authority`() async throws {
    #expect(try await failure(certificate: "good", authorities: nil) == .tls(.unknownAuthority))
  }

  @Test func `refuses a certificate that signs itself`() async throws {
    let reason = try await failure(certificate: "alone", authorities: certificates.authority)
    #expect(reason == .tls(.selfSigned))
  }

  @Test func `refuses a certificate that has expired`() async throws {
    let reason = try await failure(certificate: "expired", authorities: certificates.authority)
    #expect(reason == .tls(.expired))
  }

  @Test(arguments: ["127.0.0.1", "localhost"])
  func `refuses a certificate of another host`(host: String) async throws {
    let reason = try await failure(
      certificate: "other", host: host, authorities: certificates.authority)
    #expect(reason == .tls(.wrongHost))
  }

  @Test func `a missing list of authorities is an error, not trust`() async throws {
    let reason = try await failure(
      certificate: "good", authorities: URL(fileURLWithPath: "/proc/none.pem"))
    #expect(reason == .tls(.authoritiesMissing))
  }

  @Test func `a server that does not speak TLS gets no key`() async throws {
    let answers = try Answers(["invalid": ["text": "ok"]])
    let url = try WebURL("https://127.0.0.1:\(answers.server.port)/")
    let reason = try await HTTPClient.testing().failure(url, secret: "X-Key: not-a-key")
    #expect(reason == .tls(.handshake))
    #expect(answers.server.requests.isEmpty)
  }

  @Test(.enabled(if: Nginx.isInstalled, "nginx is not installed"))
  func `uses HTTP 2 where it is offered, with few connections for many requests`() async throws {
    let server = try Nginx(certificates: certificates)
    let origin = server.origin
    let client = try HTTPClient.testing(authorities: certificates.authority)
    let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
      for number in 0..<100 {
        group.addTask { try await client.get(WebURL("\(origin)/\(number)")) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answers.allSatisfy { $0.status == 200 && $0.version == "2" })
    // The body is the number of the connection.
    #expect(Set(answers.map(\.text)).count <= 2)
    #expect(answers.contains { $0.timing.tls > 0 })
    withExtendedLifetime(server) {}
  }
}
