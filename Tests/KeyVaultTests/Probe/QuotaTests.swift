import Foundation
import Naming
import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

/// The second request, which asks for what the first cannot tell.
@Suite(.oneAtATime)
struct QuotaTests {
  private static let account = "GET /accounts/{/account/id}/credit"
  private static let rules =
    "{status: 200, body: {/credit: 0}, verdict: no_credit, note: no credit is left}, "
    + "{status: 200, body: {/credit: {min: 1}}, verdict: valid, credit: ok}, "
    + "{status: 401, body: {/ok: false}, verdict: invalid}"

  private static func first(_ id: String = "\"a-1_B\"", status: Int = 200) -> String {
    let body = "{\"ok\": \(status == 200), \"account\": {\"id\": \(id)}, \"plan\": \"small\"}"
    return "{\"status\": \(status), \"body\": \(body)}"
  }

  /// What comes of a first answer and then a second one.
  private func result(
    first: String = first(), second: String = #"{"body": {"credit": 5}}"#,
    request: String = account, key: String = "", hosts: [String] = [],
    _ change: (inout Prober.Options) -> Void = { $0.asksQuota = true }
  ) async throws -> (result: TestResult, requests: [StubRequest]) {
    let stub = try Stub(["acme/invalid": "{\"sequence\": [\(first), \(second)]}"])
    let world = try World()
    var acme = Acme(at: stub.base + "/acme")
    acme.key = key
    acme.probe = ", read: {plan: {body: /plan}}"
    acme.more = """
      quota:
        request: \(request)
        rules: [\(Self.rules)]
        read: {credit: {body: /credit}}
      """
    try world.add(acme, hosts: hosts)
    return (try #require(try await world.test(change).first), stub.requests)
  }

  @Test func `a second request is sent where it is asked for, and confirms the credit`()
    async throws
  {
    let (result, requests) = try await result()
    #expect(result.verdict == .valid && result.credit == .ok)
    #expect(result.quota?.verdict == .valid && result.quota?.http == 200)
    #expect(result.quota?.rule == 2)
    #expect(result.facts == ["plan": "small", "credit": "5"])
    #expect(requests.map(\.path) == ["/acme/models", "/acme/accounts/a-1_B/credit"])
    #expect(
      requests.map { $0.header("authorization") }
        == Array(repeating: "Bearer " + Acme.credential, count: 2))

    let (without, once) = try await self.result { _ in }
    #expect(without.verdict == .valid && without.credit == .unknown && without.quota == nil)
    #expect(once.count == 1)
  }

  @Test(arguments: [
    first(status: 401), #"{"status": 500}"#, #"{"status": 429}"#, #"{"text": "<html>"}"#,
    #"{"reset": true}"#, #"{"text": "x"}"#,
  ])
  func `a key that does not work is asked about once`(first: String) async throws {
    let (result, requests) = try await result(first: first)
    #expect(result.works != .yes && result.quota == nil && result.credit == .unknown)
    #expect(requests.count == 1)
  }

  @Test func `no credit takes a good verdict away`() async throws {
    let (result, _) = try await result(second: #"{"body": {"credit": 0}}"#)
    #expect(result.verdict == .noCredit && result.word == .invalid && result.credit == .exhausted)
    #expect(result.note == "no credit is left")
    #expect(result.quota?.text == "HTTP 200 · credit=0")
  }

  private static let others: [(answer: String, verdict: Verdict, status: Int?)] = [
    (#"{"status": 401, "body": {"ok": false}}"#, .invalid, 401),
    (#"{"status": 500}"#, .providerError, 500), (#"{"status": 403, "text": "no"}"#, .unknown, 403),
    (#"{"text": "\u0000garbage"}"#, .unknown, 200), (#"{"text": "<html>Sign in"}"#, .blocked, 200),
    (#"{"reset": true}"#, .unreachable, nil), (#"{"status": 404}"#, .misconfigured, 404),
  ]

  @Test(arguments: others)
  func `any other second answer is reported and changes nothing`(
    second: String, verdict: Verdict, status: Int?
  ) async throws {
    let (result, requests) = try await result(second: second)
    #expect(result.verdict == .valid && result.works == .yes && result.credit == .unknown)
    #expect(result.http == 200 && result.rule == 1)
    #expect(result.quota?.verdict == verdict && result.quota?.http == status, "\(result)")
    #expect(result.facts == ["plan": "small"])
    // Where a connection that was used before breaks, libcurl sends the request again by itself.
    #expect(status == nil ? requests.count >= 2 : requests.count == 2)
  }

  @Test(arguments: ["1", "9007199254740993", "-7", #""x""#, #""0""#, #""A_b-9""#])
  func `a plain word or a whole number completes the path`(id: String) async throws {
    let (_, requests) = try await result(first: Self.first(id))
    let word = id.replacing("\"", with: "")
    #expect(requests.map(\.path).last == "/acme/accounts/\(word)/credit")
  }

  private static let hostile: [String] = [
    #""../x""#, #""..""#, #"".""#, #""a/b""#, #""a?b""#, #""a#b""#, #""""#, #""@evil.example.com""#,
    #""a b""#, #""a%2fb""#, #""a\\b""#, #""a\nb""#, #""a\u0000b""#, #""é""#, #""{/plan}""#,
    #""a:b""#, "\"\(String(repeating: "x", count: 1000))\"", "1.5", "1e300", "null", "true",
    "{\"id\": \"x\"}", "[\"x\"]",
  ]

  @Test(arguments: hostile)
  func `any other value completes no path`(id: String) async throws {
    let (result, requests) = try await result(first: Self.first(id))
    #expect(result.verdict == .valid && result.credit == .unknown)
    #expect(result.quota?.verdict == .unknown)
    #expect(result.quota?.note == "the first answer has no address for the second request")
    #expect(requests.map(\.path) == ["/acme/models"])
  }

  @Test func `a second request goes where the key may travel, and nowhere else`() async throws {
    let host = "quota-host.example.com"
    let request = "GET https://\(host)/accounts/{/account/id}"
    let (refused, requests) = try await result(request: request, hosts: ["other.example.com"])
    #expect(refused.verdict == .valid)
    #expect(refused.quota?.verdict == .misconfigured)
    #expect(
      refused.quota?.note?.contains(
        "https://\(host) is not a host that this key may be sent "
          + "to") == true)
    #expect(requests.count == 1)
    #expect(Trap.shared.connections(to: host) == 0)

    let (allowed, _) = try await result(request: request, hosts: [host])
    #expect(allowed.verdict == .valid && allowed.quota?.verdict == .unreachable)
    #expect(Trap.shared.connections(to: host) == 1)
  }

  @Test func `a kind of key that has a request of its own has no second one`() async throws {
    let own = "probe: {request: GET /own, rules: [\(Acme.rules)]}"
    let (result, requests) = try await result(
      key: ", formats: [{name: x, prefix: acme-, chars: A-Za-z, length: 8..80, \(own)}]")
    #expect(result.verdict == .valid && result.quota == nil)
    #expect(requests.map(\.path) == ["/acme/own"])
  }

  @Test func `Deepgram's first project is the one whose balances are asked for`() async throws {
    let stub = try Stub([
      "deepgram/invalid": """
      {"request": "GET /v1/projects", "body": {"projects": [{"project_id": "p-1"}, {"project_id": "p-2"}]},
       "quota": {"request": "GET /v1/projects/p-1/balances",
                 "body": {"balances": [{"balance_id": "b", "amount": 7.25, "units": "usd"}]}}}
      """
    ])
    let world = try World("environments: {p: {gateway: \"\(stub.gateway)\"}}\n")
    let key = String(repeating: "c0ffee00", count: 5)
    let result = try await world.ask("p/deepgram", key) { $0.asksQuota = true }
    #expect(result.verdict == .valid && result.credit == .ok)
    #expect(result.facts["credit"] == "7.25")
    #expect(
      stub.requests.map(\.path) == ["/deepgram/v1/projects", "/deepgram/v1/projects/p-1/balances"])
  }
}
