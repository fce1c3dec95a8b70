import Foundation
import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

/// Credentials that would say more than themselves. `add` takes none of them, so they were
/// encrypted by hand.
@Suite(.oneAtATime)
struct InjectionTests {
  private static let good = #"{"body": {"object": "list", "data": []}}"#

  /// What comes of a payload that was written by hand, and what was sent.
  private func result(
    key: [UInt8], more: [UInt8] = []
  ) async throws -> (result: TestResult, requests: [StubRequest]) {
    let stub = try Stub(["openai/invalid": Self.good])
    let world = try World()
    let lines = "\nvault: \(World.vaultID)\nentry: p/openai\nprovider: openai\nserial: 1\n"
    try world.encrypt(key + Array(lines.utf8) + more, to: "p/openai")
    let result = try #require(try await world.test(gateway: stub.gateway).first)
    return (result, stub.requests)
  }

  @Test func `a payload written by hand is as good as another`() async throws {
    let (result, requests) = try await result(
      key: Array(FaultTests.key.utf8), more: Array("organization: org-fake\n".utf8))
    #expect(result.verdict == .valid)
    #expect(requests.first?.header("openai-organization") == "org-fake")
  }

  @Test(arguments: [
    (" \r", "ends with white space"), ("\rX-Evil: 1", "has a line break inside"),
    ("\0", "has a control character"), ("\u{7f}x", "has a control character"),
    ("\u{1b}[2J", "has a control character"), (" ", "ends with white space"),
  ])
  func `a key with a line break or a control character is not sent`(
    end: String, objection: String
  ) async throws {
    let (result, requests) = try await result(key: Array((FaultTests.key + end).utf8))
    expectDoubt(result, .misconfigured, "has an invalid key: it " + objection)
    #expect(result.error == result.note)
    #expect(result.next?.isEmpty == false)
    #expect(requests.isEmpty)
  }

  @Test func `a key that is not text, and an absent key, are not sent`() async throws {
    for (key, objection) in [
      (Array(FaultTests.key.utf8) + [0xff], "is not UTF-8"), ([], "is empty"),
    ] {
      let (result, requests) = try await result(key: key)
      expectDoubt(result, .misconfigured, "has an invalid key: it " + objection)
      #expect(requests.isEmpty)
    }
  }

  @Test func `a line after the key is not sent as a header`() async throws {
    let key = FaultTests.key + "\nX-Evil: 1\nauthorization: Bearer sk-proj-Another"
    let (result, requests) = try await result(key: Array(key.utf8))
    #expect(result.verdict == .valid)
    let sent = try #require(requests.first)
    #expect(sent.header("x-evil") == nil)
    #expect(
      sent.headers.filter { $0.name.lowercased() == "authorization" }.map(\.value)
        == ["Bearer \(FaultTests.key)"])
  }

  @Test(arguments: ["org\rX-Evil: 1", "org\r\r", "org\0fake", "org\u{7f}", "\u{1b}", ""])
  func `a field with a line break or a control character, or an empty one, is not sent`(
    value: String
  ) async throws {
    let (result, requests) = try await result(
      key: Array(FaultTests.key.utf8), more: Array("organization: \(value)\n".utf8))
    expectDoubt(result, .misconfigured, "nothing was sent: the header with the key cannot be sent")
    #expect(result.attempts == nil)
    #expect(requests.isEmpty)
  }

  @Test func `the prober itself refuses such a key, from any caller`() async throws {
    let stub = try Stub(["openai/invalid": Self.good])
    let world = try World("environments: {p: {gateway: \"\(stub.gateway)\"}}\n")
    for end in ["\rX-Evil: 1", "\0", "\u{7f}"] {
      let result = try await world.ask("p/openai", FaultTests.key + end)
      expectDoubt(result, .misconfigured, "nothing was sent")
    }
    #expect(stub.requests.isEmpty)
  }

  @Test(arguments: [#"acme-"},"admin":"yes"#, #"acme-\"#, "acme-{key}", "acme-&key=b%20", "acme-é"])
  func `a key stays one value of a body`(key: String) async throws {
    let stub = try Stub(["acme/invalid": Acme.valid])
    let world = try World()
    for (format, type) in [
      ("json", "application/json"), ("form", "application/x-www-form-urlencoded"),
    ] {
      var acme = Acme(at: stub.base + "/acme")
      acme.request = "POST /ask"
      acme.probe = ", \(format): {key: \"{key}\"}"
      try world.write(acme.text, to: "providers.d/acme.yaml")
      #expect(try await world.ask("p/acme", key).verdict == .valid)
      let sent = try #require(stub.requests.last)
      #expect(sent.header("content-type") == type)
      if format == "json" {
        let body = try JSONSerialization.jsonObject(with: Data(sent.body)) as? [String: String]
        #expect(body == ["key": key])
      } else {
        var form = URLComponents()
        form.percentEncodedQuery = String(decoding: sent.body, as: UTF8.self)
        #expect(form.queryItems == [URLQueryItem(name: "key", value: key)])
      }
    }
  }
}
