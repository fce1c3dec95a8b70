import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

/// `providers check`: a definition's verdicts on keys that do not exist.
@Suite(.oneAtATime)
struct DefinitionCheckTests {
  private static let invalid = #"{"status": 401, "body": {"error": {"code": "invalid_api_key"}}}"#
  private static let valid = #"{"body": {"object": "list", "data": []}}"#

  private func check(
    _ provider: Provider, _ stub: Stub, fields: [(name: String, value: String)] = []
  ) async throws -> DefinitionReport {
    var options = Prober.Options()
    options.patience = Patience(retries: 0)
    let prober = Prober(
      client: try .forTests(), catalogue: Catalogue(root: nil),
      policy: try OriginPolicy(parsing: stub.base),
      options: options)
    return DefinitionReport(
      provider: provider.id,
      rows: try await prober.check(provider, fields: fields, gateway: stub.gateway))
  }

  @Test func `every definition is asked, those of single kinds of keys too`() async throws {
    let stub = try Stub(["openai/invalid": Self.invalid])
    let report = try await check(#require(BuiltIn.provider("openai")), stub)
    #expect(
      report.rows.map(\.what) == ["no key", "bogus key", "no key (admin)", "bogus key (admin)"])
    #expect(report.rows.allSatisfy { $0.verdict == .invalid && $0.http == 401 })
    #expect(report.outcome == .ok)
    #expect(
      stub.requests.map(\.path).sorted() == [
        "/openai/v1/models", "/openai/v1/models",
        "/openai/v1/organization/admin_api_keys?limit=1",
        "/openai/v1/organization/admin_api_keys?limit=1",
      ])
    let keys = stub.requests.compactMap { $0.header("authorization") }.sorted()
    #expect(keys.count == 2)
    #expect(keys[0].hasPrefix("Bearer sk-admin-") && keys[1].hasPrefix("Bearer sk-proj-"))
  }

  @Test func `an endpoint that accepts everybody is a finding`() async throws {
    let stub = try Stub(["openai/invalid": Self.invalid, "openai/missing": Self.valid])
    let report = try await check(#require(BuiltIn.provider("openai")), stub)
    #expect(report.rows.map(\.outcome) == [.wrong, .ok, .wrong, .ok])
    #expect(
      report.rows[0].note == "this endpoint does not distinguish keys: it proves nothing")
    #expect(report.outcome == .wrong)
  }

  @Test func `a bogus key without a clear answer proves nothing`() async throws {
    let stub = try Stub(["openai/invalid": #"{"status": 500}"#, "openai/missing": Self.invalid])
    let report = try await check(#require(BuiltIn.provider("openai")), stub)
    #expect(report.rows.map(\.outcome) == [.ok, .unclear, .ok, .unclear])
    #expect(report.rows[1].verdict == .providerError)
    #expect(report.rows[1].note?.isEmpty == false)
    #expect(report.outcome == .unclear)
  }

  @Test(arguments: BuiltIn.ids.filter(Fixture.isAsked))
  func `the recorded answer to a bad key is bad for every definition`(id: String) async throws {
    let provider = try #require(BuiltIn.provider(id))
    let server = try StubServer(answers: Fixture.folder)
    defer { server.stop() }
    var options = Prober.Options()
    options.patience = Patience(retries: 0)
    let prober = Prober(
      client: try .forTests(), catalogue: Catalogue(root: nil),
      policy: try OriginPolicy(parsing: "http://127.0.0.1:\(server.port)"),
      options: options)
    let fields = provider.hostFields.map { (name: $0, value: "example") }
    let rows = try await prober.check(
      provider, fields: fields, gateway: "http://127.0.0.1:\(server.port)/{provider}")
    #expect(rows.count == provider.definitions.count * 2)
    #expect(rows.allSatisfy { $0.outcome != .wrong }, "\(rows)")
    #expect(rows[1].what.hasPrefix("bogus key") && rows[1].verdict == .invalid, "\(rows[1])")
  }

  @Test func `a provider without a request, or with a host that lacks a field, is reported`()
    async throws
  {
    let stub = try Stub()
    for (id, kind) in [("jina", Failure.Kind.nothingToDo), ("azure_openai", .usage)] {
      let provider = try #require(BuiltIn.provider(id))
      await #expect { try await check(provider, stub) } throws: { ($0 as? Failure)?.kind == kind }
    }
    #expect(stub.requests.isEmpty)
  }
}
