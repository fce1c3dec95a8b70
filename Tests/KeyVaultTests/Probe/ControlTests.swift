import Foundation
import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

/// Definitions that are asked about no key and a bogus one.
@Suite(.oneAtATime)
struct ControlTests {
  private static let valid = #"{"body": {"object": "list", "data": []}}"#
  private static let invalid = #"{"status": 401, "body": {"error": {"code": "invalid_api_key"}}}"#

  /// A stand-in for OpenAI that knows one key.
  private func stub(
    bogus: String = invalid, missing: String? = nil, delay: Duration = .zero
  ) throws -> Stub {
    var answers = ["openai/valid": Self.valid, "openai/invalid": bogus]
    if let missing { answers["openai/missing"] = missing }
    return try Stub(answers, keys: ["openai": [FaultTests.key: "valid"]], delay: delay)
  }

  private func result(_ stub: Stub, retries: Int = 0) async throws -> TestResult {
    let world = try World("environments: {p: {gateway: \"\(stub.gateway)\"}}\n")
    return try await world.ask("p/openai", FaultTests.key) {
      $0.asksControls = true
      $0.patience = Patience(retries: retries)
    }
  }

  @Test func `a definition that refuses no key and a bogus one has passed`() async throws {
    let result = try await result(stub())
    #expect(result.verdict == .valid && result.rule == 1)
    #expect(result.control == .passed)
  }

  @Test func `controls are sent only where they are asked for`() async throws {
    let stub = try stub()
    let world = try World("environments: {p: {gateway: \"\(stub.gateway)\"}}\n")
    #expect(try await world.ask("p/openai", FaultTests.key).control == nil)
    #expect(stub.requests.count == 1)
  }

  @Test(arguments: [
    (valid, valid, "a bogus key is answered as a good one"),
    (valid, invalid, "a bogus key is answered as a good one"),
    (invalid, valid, "a request without a key is answered as a good one"),
    (
      #"{"status": 429, "body": {"error": {"code": "insufficient_quota"}}}"#, invalid,
      "a bogus key is answered as a good one"
    ),
  ])
  func `an endpoint that does not tell keys apart proves none`(
    bogus: String, missing: String, note: String
  ) async throws {
    let result = try await result(stub(bogus: bogus, missing: missing))
    expectDoubt(result, .unknown, note)
    #expect(result.note?.contains("does not distinguish keys") == true)
    #expect(result.control == .failed)
  }

  @Test func `a key that it refuses is not excused by a public endpoint`() async throws {
    // Each sees the other side: the key is unknown to the stand-in, no key is accepted.
    let stub = try stub(missing: Self.valid)
    let world = try World("environments: {p: {gateway: \"\(stub.gateway)\"}}\n")
    let result = try await world.ask("p/openai", FaultTests.key + "x") { $0.asksControls = true }
    #expect(result.verdict == .unknown && result.control == .failed)
  }

  @Test(arguments: [
    #"{"status": 500}"#, #"{"status": 429}"#, #"{"reset": true}"#, #"{"text": "x"}"#,
  ])
  func `a bogus key without a clear answer leaves the verdict`(bogus: String) async throws {
    let result = try await result(stub(bogus: bogus, missing: Self.invalid))
    #expect(result.verdict == .valid)
    #expect(result.control == .inconclusive)
  }

  @Test func `twenty keys of a definition share its controls`() async throws {
    // The answers take a while, so that all ask before the first control is answered.
    let stub = try stub(delay: .milliseconds(100))
    let world = try World()
    for number in 10..<30 {
      try world.store("p/key\(number)", FaultTests.key, provider: "openai")
    }
    let results = try await world.test(gateway: stub.gateway) { $0.asksControls = true }
    #expect(results.map(\.control) == Array(repeating: .passed, count: 20))
    #expect(stub.requests.count == 20 + 2)
    let keys = stub.requests.map { $0.header("authorization") }
    #expect(keys.count { $0 == "Bearer " + FaultTests.key } == 20)
    #expect(keys.count { $0 == nil } == 1)
  }

  @Test func `another definition or another place has controls of its own`() async throws {
    let stub = try stub()
    let world = try World("environments: {q: {gateway: \"\(stub.base)/{provider}@valid\"}}\n")
    try world.store("p/openai", FaultTests.key)
    try world.store("p/admin", "sk-admin-NotARealKeyNotARealKey", provider: "openai")
    try world.store("q/openai", FaultTests.key)
    try world.configure(
      "environments: {p: {gateway: \"\(stub.gateway)\"}, q: {gateway: \"\(stub.base)/{provider}@valid\"}}\n"
    )
    let results = try await world.test { $0.asksControls = true }
    #expect(stub.requests.count == 3 + 3 * 2)
    let controls = Dictionary(uniqueKeysWithValues: results.map { ($0.entry, $0.control) })
    #expect(controls == ["p/openai": .passed, "p/admin": .passed, "q/openai": .failed])
  }

  @Test func `a bogus key looks like a key, belongs to no account, and is never the same twice`()
    async throws
  {
    let stub = try stub()
    for _ in 0..<2 { _ = try await result(stub) }
    let keys = stub.requests.compactMap { $0.header("authorization") }
      .map { String($0.dropFirst("Bearer ".count)) }
    let bogus = keys.filter { $0 != FaultTests.key }
    #expect(keys.count == 4 && Set(bogus).count == 2)
    let format = try #require(BuiltIn.provider("openai")?.formats.first)
    for key in bogus {
      #expect(key.hasPrefix("sk-proj-"))
      let payload = try Payload(text: key)
      #expect(payload.withKey(format.matches))
    }
    // The request without a key is like the others except for the key.
    let without = stub.requests.filter { $0.header("authorization") == nil }
    #expect(without.count == 2)
    for request in without {
      #expect(request.path == "/openai/v1/models")
      #expect(
        Set(request.headers.map { $0.name.lowercased() })
          == ["host", "user-agent", "accept", "accept-encoding"])
    }
  }

  @Test func `controls carry the other parts of the credential`() async throws {
    let stub = try stub()
    let world = try World("environments: {p: {gateway: \"\(stub.gateway)\"}}\n")
    try world.store("p/openai", FaultTests.key, fields: [("organization", "org-fake")])
    _ = try await world.test { $0.asksControls = true }
    #expect(stub.requests.count == 3)
    #expect(stub.requests.allSatisfy { $0.header("openai-organization") == "org-fake" })
  }

  @Test func `no key leaves its place in a body empty`() async throws {
    let stub = try Stub(["acme/invalid": Acme.invalid, "acme/missing": Acme.invalid])
    var acme = Acme(at: stub.base + "/acme")
    acme.request = "POST /ask"
    acme.probe = ", json: {key: \"{key}\"}"
    let world = try World()
    try world.write(acme.text, to: "providers.d/acme.yaml")
    _ = try await world.ask("p/acme", Acme.credential) { $0.asksControls = true }
    let bodies = stub.requests.map { String(decoding: $0.body, as: UTF8.self) }
    #expect(bodies.count == 3 && bodies.contains(#"{"key":""}"#))
    #expect(bodies.count { $0.contains(Acme.credential) } == 1)
  }

  @Test(arguments: BuiltIn.ids)
  func `a bogus key is of every format of the catalogue`(id: String) throws {
    let provider = try #require(BuiltIn.provider(id))
    for format in provider.formats {
      let key = try #require(Control.bogusKey(format), "\(format.name)")
      #expect(try Payload(text: key).withKey(format.matches), "\(format.name): \(key)")
      #expect(key != Control.bogusKey(format))
    }
  }

  @Test(arguments: [
    "prefix: acme-, chars: a-z, length: 6", "prefix: acme-, chars: \"+/=-\", length: 5..6",
    "chars: a, length: 1..65536", "chars: A-Za-z0-9, length: 200..300",
  ])
  func `a bogus key fits formats that are not in use yet`(text: String) throws {
    var acme = Acme(at: "https://a.example.com")
    acme.key = ", formats: [{name: x, \(text)}]"
    let world = try World()
    try world.write(acme.text, to: "providers.d/acme.yaml")
    let provider = try #require(try world.repository.catalogue.provider("acme"))
    let format = try #require(provider.formats.first)
    let key = try #require(Control.bogusKey(format))
    #expect(try Payload(text: key).withKey(format.matches), "\(key)")
  }
}
