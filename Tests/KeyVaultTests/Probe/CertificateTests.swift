import Foundation
import HTTP
import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

/// Hosts that cannot prove who they are. Behind each waits a stand-in that would accept any key.
@Suite(.oneAtATime, .enabled(if: Nginx.isInstalled, "nginx is not installed"))
struct CertificateTests {
  private let certificates: Certificates
  private let stub: Stub

  init() throws {
    certificates = try Certificates.shared.get()
    stub = try Stub(["openai/invalid": #"{"body": {"object": "list", "data": []}}"#])
  }

  private func result(
    certificate: String, isTrusted: Bool = true, location: String? = nil
  ) async throws -> TestResult {
    let nginx = try Nginx(
      certificates: certificates, certificate: certificate,
      location: location ?? "proxy_pass \(stub.base);")
    let result = try await result(
      gateway: nginx.origin, authorities: isTrusted ? certificates.authority.path : nil)
    return withExtendedLifetime(nginx) { result }
  }

  private func result(gateway: String, authorities: String?) async throws -> TestResult {
    let world = try World()
    try world.store("p/openai", FaultTests.key)
    let results = try await world.test(
      gateway: gateway + "/{provider}", client: .forTests(authorities: authorities)
    ) { $0.patience = Patience(retries: 2) }
    return try #require(results.first)
  }

  @Test func `a host that proves who it is gets the key`() async throws {
    #expect(try await result(certificate: "good").verdict == .valid)
    #expect(stub.requests.map(\.path) == ["/openai/v1/models"])
  }

  @Test(arguments: [
    ("expired", true, "has expired"), ("alone", true, "is signed by itself"),
    ("other", true, "is made out to another host"),
    ("good", false, "is signed by an unknown authority"),
  ])
  func `one that does not gets nothing, and is not asked again`(
    certificate: String, isTrusted: Bool, note: String
  ) async throws {
    let result = try await result(certificate: certificate, isTrusted: isTrusted)
    expectDoubt(result, .unreachable, note)
    #expect(result.attempts == 1)
    #expect(stub.requests.isEmpty)
  }

  @Test func `a host without TLS gets nothing`() async throws {
    let result = try await result(
      gateway: "https://127.0.0.1:\(stub.port)", authorities: certificates.authority.path)
    expectDoubt(result, .unreachable, "cannot agree on TLS with")
    #expect(result.attempts == 1)
    #expect(stub.requests.isEmpty)
  }

  @Test func `a server that has lost the provider behind it is a fault`() async throws {
    let port = try RawServer().port
    let result = try await result(
      certificate: "good", location: "proxy_pass http://127.0.0.1:\(port);")
    expectDoubt(result, .providerError, "the provider, or a server in front of it, has an error")
    #expect(result.http == 502)
  }
}
