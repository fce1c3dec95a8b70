import Foundation
import HTTP
import Naming
import ProviderStub
import TestSupport
import Testing
import YAML

@testable import KeyVault

/// What an answer's status and words say where no rule knows it, whichever provider was asked.
struct AnswerWordsTests {
  private static let none = try! definition(rules: "{status: 999, verdict: valid}")

  private static func verdict(_ status: Int, _ body: String, type: String = "application/json")
    -> Verdict
  {
    none.judge(KeyVaultTests.answer(status, body, headers: [("content-type", type)])).verdict
  }

  @Test(arguments: [
    #"{"error":{"message":"x","type":"billing_not_active","code":null}}"#,
    #"{"error":{"code":"insufficient_quota"}}"#, #"{"code":"InsufficientBalance"}"#,
    #"{"error":"insufficient_credits"}"#, #"{"type":"credit_limit","title":"Too Many Requests"}"#,
    #"{"error":{"type":"budget_exceeded","message":"Rate limit reached"}}"#,
    #"{"detail":{"status":"payment-required"}}"#, #"{"code":"Arrearage"}"#,
    #"{"error":{"code":"account_suspended"}}"#, #"{"error":{"type":"access_terminated"}}"#,
    #"[{"error":{"reason":"PREPAYMENT_REQUIRED"}}]"#,
    // What NestJS and its kin write: the name of the status beside the reason.
    #"{"statusCode":429,"error":"Too Many Requests","message":"Your balance is too low"}"#,
    #"{"error":{"message":"You have run out of credits. Please add a payment method."}}"#,
    #"{"error":{"message":"You exceeded your current quota, please check your plan and billing details."}}"#,
    #"{"message":"Monthly spending cap reached"}"#, #"{"detail":"Your account is not active."}"#,
    #"{"errors":[{"detail":"An invoice is overdue"}]}"#, #""Please top up your account.""#,
    "Insufficient funds: please recharge.", "no prepaid amount is left",
  ])
  func `a 429 about money or the account is not a temporary limit`(body: String) {
    let type = body.hasPrefix("{") || body.hasPrefix("[") ? "application/json" : "text/plain"
    #expect(Self.verdict(429, body, type: type) == .unknown)
  }

  @Test(arguments: [
    "", "{}", "[]", "null", #"{"error":{"code":"rate_limit_exceeded"}}"#,
    #"{"error":"Too Many Requests"}"#, #"{"message":"slow down"}"#,
    // Sentences about a limit also say where to buy a higher one.
    #"{"error":{"message":"Rate limit reached on requests per min. Please try again in 20s. You can increase your rate limit by adding a payment method at https://x.example.com/account/billing"}}"#,
    #"{"error":{"message":"Rate limit exceeded: free-models-per-day. Add 10 credits to unlock more"}}"#,
    #"{"detail":"Request was throttled. You have less than $5.0 in credit."}"#,
    #"{"error":{"message":"Add a payment method","code":"rate_limit_exceeded"}}"#,
    #"{"error":{"message":"Add a payment method","type":"RateLimitReached"}}"#,
    #"{"detail":"3 requests per minute until you add a payment method in the billing page"}"#,
    #"{"message":"the load balancer is busy","code":"balancer_busy"}"#,
    "Slow down. Credits do not help.",
  ])
  func `a 429 about the pace of requests is a limit`(body: String) {
    let type = body.hasPrefix("S") ? "text/plain" : "application/json"
    #expect(Self.verdict(429, body, type: type) == .rateLimited)
  }

  @Test func `words of money mean nothing at other statuses`() {
    for status in [400, 401, 403, 418] {
      #expect(Self.verdict(status, #"{"code":"insufficient_quota"}"#) == .unknown)
    }
    #expect(Self.verdict(500, #"{"code":"billing_error"}"#) == .providerError)
  }

  private static let permission = try! definition(
    rules: "{status: [401, 403], body: {/error/type: permission_error}, verdict: restricted}")

  @Test(arguments: [
    "OAuth token has been revoked. Please obtain a new token.", "API key expired", "key_disabled",
    "This API key has been disabled.", "Your account was suspended", "The token is inactive",
    "the key is no longer valid", "AccountDeactivated", "credential_deleted",
  ])
  func `a refusal that says that the key has ended proves no key, whatever its type`(words: String)
  {
    for status in [401, 403] {
      let body = #"{"error":{"type":"permission_error","message":"\#(words)"}}"#
      let judgement = Self.permission.judge(KeyVaultTests.answer(status, body))
      #expect(judgement.verdict == .unknown && judgement.note?.contains("no longer exists") == true)
    }
  }

  @Test(arguments: [
    "Your API key does not have permission to use the specified resource.", "missing scope",
    "The API is disabled in this project", "this model was deleted", "key may not list users",
  ])
  func `a refusal about something else than the key is a missing permission`(words: String) {
    let body = #"{"error":{"type":"permission_error","message":"\#(words)"}}"#
    #expect(Self.permission.judge(KeyVaultTests.answer(403, body)).verdict == .restricted)
  }

  @Test func `a 429 about money says so and is not repeated, one about requests is`() async throws {
    for (code, attempts) in [("insufficient_balance", 1), ("slow_down", 3)] {
      let stub = try Stub(["groq/invalid": #"{"status": 429, "body": {"error": "\#(code)"}}"#])
      let world = try World("environments: {p: {gateway: \"\(stub.gateway)\"}}\n")
      let key = "gsk_NotARealKeyNotARealKeyNotARealKey"
      let result = try await world.ask("p/groq", key) {
        $0.patience = Patience(retries: 2)
        $0.patience.firstWait = .milliseconds(5)
      }
      expectDoubt(
        result, attempts == 1 ? .unknown : .rateLimited,
        attempts == 1 ? "about billing or the account" : "too many requests")
      #expect(result.attempts == attempts)
      #expect(stub.requests.count == attempts)
    }
  }

  @Test func `a hostile 429 is read in bounded time`() async {
    let word = String(repeating: "aB", count: 1 << 18)
    let long = #"{"error":"\#(word) billing"}"#
    let deep =
      String(repeating: "[", count: 400) + #""billing""# + String(repeating: "]", count: 400)
    let wide = "[" + Array(repeating: #""x y""#, count: 100_000).joined(separator: ",") + "]"
    let time = await time {
      for body in [long, deep, wide] { _ = Self.verdict(429, body) }
    }
    #expect(time < .seconds(30), "\(time)")
  }

  @Test(arguments: [
    (408, Verdict.providerError), (429, .rateLimited), (500, .providerError),
    (502, .providerError), (503, .providerError), (520, .providerError), (529, .providerError),
    (599, .providerError), (200, .blocked), (302, .blocked), (400, .blocked), (401, .blocked),
    (403, .blocked), (404, .blocked), (405, .blocked), (418, .blocked), (600, .blocked),
  ])
  func `a page is a fault or a limit where its status says so, else something in between`(
    status: Int, verdict: Verdict
  ) {
    let page = "<!doctype html><title>Just a moment</title><p>Billing, credit, payment"
    for type in ["text/html", "application/json", "application/xhtml+xml", ""] {
      #expect(Self.verdict(status, page, type: type) == verdict, "\(type)")
    }
  }

  /// A member of a body, its value in JSON.
  private typealias Member = (name: String, value: String)

  /// Members that say that something failed.
  private static let errors: [Member] = [
    ("error", #"{"message":"no"}"#), ("error", #""unauthorized""#), ("error", "true"),
    ("error", "401"), ("Error", #""no""#), ("errors", #"[{"message":"no"}]"#),
    ("errors", #""no""#), ("err", #""no""#), ("error_code", "17"), ("errorCode", #""E17""#),
    ("errcode", "40001"), ("isError", "true"), ("success", "false"), ("success", #""false""#),
    ("ok", "false"), ("ok", "0"), ("type", #""error""#), ("object", #""error""#),
    ("status", #""error""#), ("status", #""FAILED""#), ("status", "401"),
    ("result", #""failure""#), ("code", "401"), ("code", #""403""#), ("statusCode", "500"),
    ("status_code", "429"),
  ]

  /// Members of those names that say that nothing did.
  private static let successes: [Member] = [
    ("error", "null"), ("error", #""""#), ("error", "false"), ("error", "[]"), ("error", "{}"),
    ("error", "0"), ("error", #""none""#), ("errors", "[]"), ("error_code", "0"),
    ("errorCode", #""0""#), ("errcode", #""ok""#), ("success", "true"), ("ok", "true"),
    ("ok", "1"), ("status_code", "200"), ("statusCode", #""200""#), ("result", #""success""#),
    ("warning", #""error""#), ("message", #""no error""#),
  ]

  /// The answer of a fixture with one more member; nil if its body is not an object.
  private func answer(_ fixture: Fixture, with member: Member) throws -> ProbeAnswer? {
    guard
      var body = try JSONSerialization.jsonObject(with: Data(#require(fixture.body)))
        as? [String: Any]
    else { return nil }
    body[member.name] = try JSONSerialization.jsonObject(
      with: Data(member.value.utf8), options: .fragmentsAllowed)
    let text = String(decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self)
    return KeyVaultTests.answer(
      fixture.status, text, headers: fixture.headers.map { ($0.text, $1) })
  }

  /// Answers that prove a key, each with the definition that says so.
  private static let proofs: [(fixture: Fixture, definition: ProbeDefinition)] =
    Fixture.recorded.filter { $0.verdict == "valid" && !$0.hasQuota }.compactMap { fixture in
      let provider = BuiltIn.provider(fixture.provider)!
      let format = fixture.format.flatMap { name in provider.formats.first { $0.name == name } }
      return provider.definition(for: format ?? provider.definitions.first?.format)
        .map { (fixture, $0) }
    }

  @Test func `a proof that also reports an error proves nothing`() throws {
    var count = 0
    for (fixture, definition) in Self.proofs {
      for member in Self.errors {
        guard let answer = try answer(fixture, with: member) else { continue }
        let judgement = definition.judge(answer)
        #expect(judgement.verdict != .valid, "\(fixture.testDescription) with \(member)")
        #expect(!judgement.provesCredit)
        count += 1
      }
    }
    #expect(count > 25 * Self.errors.count, "most proofs are objects")
  }

  @Test func `a proof that reports no error stays one`() throws {
    for (fixture, definition) in Self.proofs {
      for member in Self.successes {
        guard let answer = try answer(fixture, with: member) else { continue }
        let verdict = definition.judge(answer).verdict
        #expect(verdict == .valid, "\(fixture.testDescription) with \(member): \(verdict)")
      }
    }
  }

  @Test func `an error in a success is reported, and a rule may still read it`() throws {
    let body = #"{"object":"list","data":[],"error":{"code":"key_revoked"}}"#
    let rules = try definition(
      rules: """
        {status: 200, body: {/object: list}, verdict: valid}
        {status: 200, body: {/error/code: key_revoked}, verdict: revoked}
        """)
    #expect(rules.judge(KeyVaultTests.answer(200, body)).verdict == .revoked)
    let other = rules.judge(KeyVaultTests.answer(200, body.replacing("key_revoked", with: "x")))
    #expect(other.verdict == .unknown && other.rule == nil)
    #expect(other.note == "the status says success, but the body reports an error")
  }

  @Test func `a refusal that proves a key may say error`() throws {
    // As a request for a model that does not exist may be refused to good keys alone.
    let rules = try definition(
      rules: "{status: 400, body: {/error/code: invalid_model}, verdict: valid}")
    let refusal = KeyVaultTests.answer(400, #"{"error":{"code":"invalid_model"}}"#)
    #expect(rules.judge(refusal).verdict == .valid)
  }

  @Test func `an error in the second answer confirms no credit`() async throws {
    let stub = try Stub([
      "acme/invalid": #"{"sequence": [\#(Acme.valid), {"body": {"credit": 5, "success": false}}]}"#
    ])
    var acme = Acme(at: stub.base + "/acme")
    acme.more =
      "quota: {request: GET /credit, rules: [{status: 200, body: {/credit: {min: 1}}, verdict: valid, credit: ok}]}"
    let world = try World()
    try world.add(acme)
    let result = try #require(try await world.test { $0.asksQuota = true }.first)
    #expect(result.verdict == .valid && result.credit == .unknown)
    #expect(result.quota?.verdict == .unknown)
  }
}

/// Keys that look like a provider's and are another product's, and proxies that look like a provider.
@Suite(.oneAtATime)
struct BlameTests {
  @Test(arguments: [
    "sk-kimi-NotARealKeyNotARealKey", "sk-kimi-" + String(repeating: "NotARealKey-_0", count: 12),
  ])
  func `a key of the Kimi Code subscription is not sent to Moonshot`(key: String) async throws {
    let refusal =
      #"{"status": 401, "body": {"error": {"message": "Invalid Authentication", "type": "invalid_authentication_error"}}}"#
    let stub = try Stub(["moonshot/invalid": refusal])
    let world = try World("environments: {p: {gateway: \"\(stub.gateway)\"}}\n")
    expectDoubt(try await world.ask("p/moonshot", key), .unverifiable, "looks like one")
    #expect(stub.requests.isEmpty)
    let other = try await world.ask("p/moonshot", key.replacing("sk-kimi-", with: "sk-"))
    #expect(other.verdict == .invalid)
  }

  @Test func `a Kimi Code key has variables of its own`() throws {
    let moonshot = try #require(BuiltIn.provider("moonshot"))
    let payload = try Payload(text: "sk-kimi-NotARealKeyNotARealKey")
    let format = try #require(payload.withKey(moonshot.format))
    #expect(format.name == "kimi-code")
    #expect(format.variables == ["KIMI_API_KEY", "KIMI_CODE_API_KEY", "KIMI_CODING_API_KEY"])
  }

  @Test func `a proxy that refuses is blamed, and not the provider`() async throws {
    Trap.shared.arm()
    let world = try World()
    let result = try await world.ask("p/openai", FaultTests.key)
    expectDoubt(result, .unreachable, "the proxy does not let us reach 'api.openai.com'")
    #expect(result.next == "check the variables 'https_proxy' and 'no_proxy'")
  }
}
