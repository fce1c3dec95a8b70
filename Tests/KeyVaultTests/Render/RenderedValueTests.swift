import GPG
import TestSupport
import Testing

@testable import KeyVault

/// Which values are rendered under names of more than a key.
@Suite(.fewAtATime)
struct RenderedValueTests {
  /// An entry whose sidecar says `variable`, beside one of the provider's own name.
  private func world(_ variable: String, key: String) throws -> World {
    let world = try World()
    try world.store("p/openai", "sk-proj-NotARealKeyNotARealKeyNotARealKey")
    try world.store("p/other", key, provider: "openai")
    try world.edit("p/other", "provider: openai", "provider: openai\nenv: \(variable)")
    return world
  }

  private func render(_ repository: Repository) async throws -> [String] {
    try await Rendering(repository: repository, policy: OriginPolicy(allowed: []))
      .variables(of: ["p"], gpg: Keyring.alice.gpg).map(\.name)
  }

  private func refusal(_ body: () async throws -> [String]) async throws -> Failure {
    do {
      Issue.record("rendered: \(try await body())")
      throw Failure(.usage, "rendered")
    } catch let failure as Failure {
      return failure
    }
  }

  @Test(arguments: ["evil.example/", "eu@evil.example", "eu.west", "a b", "eu\\x"])
  func `a region is a label and not a part of an address`(value: String) async throws {
    let hostile = try world("CLOUD_ML_REGION", key: value)
    let failure = try await refusal { try await render(hostile.repository) }
    #expect(failure.message.contains("the value of CLOUD_ML_REGION is not a region"), "\(failure)")
    let plain = try world("AWS_REGION", key: "eu-central-1")
    let names = try await render(plain.repository)
    #expect(names == ["AWS_REGION", "OPENAI_API_KEY"])
    withExtendedLifetime(plain) {}
  }

  @Test(arguments: [
    ("AWS_REGION_FILE", "evil.example/", "not a region"),
    ("ALGOLIA_APP_ID", "evil.example/", "not an identifier"),
    ("R2_ACCOUNT_ID", "x@evil.example", "not an identifier"),
    ("SEARCH_APP_ID_FILE", "../../etc", "not an identifier"),
    ("TEAM_ID", "evil.example?", "not an identifier"),
    ("TEAM_ID", "evil.example%2f", "not an identifier"),
    ("DB_USER", "u@evil.example:5432/x?", "not a user name"),
    ("DB_USER", "a@b@c", "not a user name"),
    ("DB_USER", "a#b", "not a user name"),
  ])
  func `a part of an address does not end it`(
    name: String, value: String, why: String
  ) async throws {
    let hostile = try world(name, key: value)
    var repository = try hostile.repository
    repository.names = try NamePolicy(parsing: name)
    let failure = try await refusal { try await render(repository) }
    #expect(failure.message.contains("the value of \(name) is \(why)"), "\(failure)")
  }

  @Test(arguments: [
    ("CLIENT_ID", "1234-abc.apps.example.com"), ("TENANT_ID", "72f988bf-86f1:41af=_+"),
    ("DB_USER", "app@tenant"), ("DB_USER", "svc.app_1-x"),
  ])
  func `identifiers and users are rendered`(name: String, value: String) async throws {
    let plain = try world(name, key: value)
    #expect(try await render(plain.repository) == [name, "OPENAI_API_KEY"].sorted())
  }

  @Test(arguments: [
    #"{"type":"external_account","credential_source":{"file":"/proc/self/environ"}}"#,
    "/srv/checkout/evil.json", "evil.json", "../evil", "eyJ0eXBlIjoiZXh0ZXJuYWxfYWNjb3VudCJ9",
    "ewogICJ0eXBlIjogIng", "W10/", "CnsidHlwZSI6ICJ4In0", "ICAgIHsidHlwZSI6ICJ4In0",
    "77u_eyJhIjoxfQ",
    "WyJhIl0", "W3siYSI6MX1d", "e30",
  ])
  func `credentials that may be a document or name one need a permission`(
    value: String
  ) async throws {
    let name = "ACME_CREDENTIALS"
    let doubtful = try world(name, key: value)
    var repository = try doubtful.repository
    let failure = try await refusal { try await render(repository) }
    #expect(failure.message.contains("is a document or a path"), "\(failure)")
    repository.names = try NamePolicy(parsing: name)
    #expect(try await render(repository) == [name, "OPENAI_API_KEY"])
    let plain = try world(name, key: "user:0123456789abcdef")
    #expect(try await render(plain.repository) == [name, "OPENAI_API_KEY"])
  }
}
