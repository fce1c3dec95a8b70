import Foundation
import HTTP
import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

/// What is asked again, and when.
@Suite(.oneAtATime)
struct PatienceTests {
  private static let good = #"{"body": {"object": "list", "data": []}}"#

  /// Waits that a test can wait for.
  private static var brisk: Patience {
    var patience = Patience()
    patience.firstWait = .milliseconds(20)
    return patience
  }

  /// What comes of these answers, one a request, and how often was asked.
  private func result(
    of answers: [String], patience: Patience = brisk
  ) async throws -> (result: TestResult, requests: Int) {
    let stub = try Stub(["openai/invalid": "{\"sequence\": [\(answers.joined(separator: ", "))]}"])
    let world = try World("environments: {p: {gateway: \"\(stub.gateway)\"}}\n")
    let result = try await world.ask("p/openai", FaultTests.key) { $0.patience = patience }
    return (result, stub.requests.count)
  }

  @Test(arguments: [
    #"{"status": 429}"#, #"{"status": 429, "body": {"error": {"code": "rate_limit_exceeded"}}}"#,
    #"{"status": 500}"#, #"{"status": 503, "text": "<html>"}"#, #"{"status": 529, "text": "x"}"#,
    #"{"reset": true}"#, #"{"text": "{}", "cut_at": 1}"#,
    #"{"text": "{}", "cut_at": 1, "reset": true}"#,
  ])
  func `what may pass is asked again`(answer: String) async throws {
    let (result, requests) = try await self.result(of: [answer, answer, Self.good])
    #expect(result.verdict == .valid, "\(result)")
    #expect(result.attempts == 3)
    #expect(requests == 3)
    let (last, all) = try await self.result(of: [answer])
    #expect(last.works == .unknown && last.attempts == 3)
    #expect(all == 3)
  }

  @Test(arguments: [
    (#"{"status": 401, "body": {"error": {"code": "invalid_api_key"}}}"#, Verdict.invalid),
    (#"{"status": 429, "body": {"error": {"code": "insufficient_quota"}}}"#, .noCredit),
    (#"{"status": 401, "text": "no"}"#, .unknown),
    (#"{"status": 403, "text": "<html>"}"#, .blocked),
    (#"{"status": 404}"#, .misconfigured), (#"{"status": 302}"#, .misconfigured),
    (#"{"text": "half"}"#, .unknown),
    (#"{"text": "x", "headers": {"content-encoding": "x"}}"#, .unreachable),
  ])
  func `what stays as it is is asked once`(answer: String, verdict: Verdict) async throws {
    let (result, requests) = try await self.result(of: [answer, Self.good])
    #expect(result.verdict == verdict, "\(result)")
    #expect(result.attempts == 1)
    #expect(requests == 1)
  }

  @Test func `a host where nothing listens is tried again`() async throws {
    let port = try RawServer().port
    let world = try World("environments: {p: {gateway: \"http://127.0.0.1:\(port)\"}}\n")
    let result = try await world.ask("p/openai", FaultTests.key) { $0.patience = Self.brisk }
    #expect(result.verdict == .unreachable)
    #expect(result.attempts == 3)
  }

  @Test(arguments: [0, 1, 4])
  func `as often as is said`(retries: Int) async throws {
    var patience = Self.brisk
    patience.retries = retries
    #expect(try await result(of: [#"{"status": 500}"#], patience: patience).requests == retries + 1)
  }

  @Test func `a request that is paid for is sent once`() async throws {
    let stub = try Stub(["acme/invalid": #"{"status": 429}"#])
    var acme = Acme(at: stub.base + "/acme")
    acme.probe = ", cost: tokens"
    let world = try World()
    try world.write(acme.text, to: "providers.d/acme.yaml")
    let result = try await world.ask("p/acme", Acme.credential) {
      $0.allowsCost = true
      $0.patience = Self.brisk
    }
    #expect(result.verdict == .rateLimited)
    #expect(result.attempts == 1)
    #expect(stub.requests.count == 1)
  }

  @Test func `a request that is paid for is sent once on a connection that breaks, too`()
    async throws
  {
    // The free request leaves a connection open, which the paid one could use.
    let stub = try Stub(["acme/invalid": "{\"sequence\": [\(Acme.valid), {\"reset\": true}]}"])
    var acme = Acme(at: stub.base + "/acme")
    acme.more = "quota: {request: POST /ask, json: {}, cost: tokens, rules: [\(Acme.rules)]}"
    let world = try World()
    try world.write(acme.text, to: "providers.d/acme.yaml")
    let result = try await world.ask("p/acme", Acme.credential) {
      ($0.allowsCost, $0.asksQuota) = (true, true)
      $0.patience = Self.brisk
    }
    #expect(result.verdict == .valid)
    #expect(result.quota?.verdict == .unreachable)
    #expect(stub.requests.map(\.path) == ["/acme/models", "/acme/ask"])
  }

  private static func limited(_ retryAfter: String) -> String {
    #"{"status": 429, "headers": {"retry-after": "\#(retryAfter)"}}"#
  }

  @Test func `the wait that a server asks for is kept`() async throws {
    var outcome: TestResult?
    let time = try await time {
      outcome = try await result(of: [Self.limited("1"), Self.good]).result
    }
    #expect(outcome?.verdict == .valid)
    #expect(outcome?.attempts == 2)
    #expect(time >= .seconds(1) && time < .seconds(20), "\(time)")
  }

  @Test func `a date is waited for too`() async throws {
    let date = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + 2).rounded(.down))
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(identifier: "GMT")
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    let (result, _) = try await self.result(of: [
      Self.limited(format.string(from: date)), Self.good,
    ])
    #expect(result.verdict == .valid)
    #expect(result.attempts == 2)
    let end = Date()
    #expect(end >= date && end < date + 30)
  }

  @Test(arguments: ["31536000", "Wed, 01 Jan 2200 00:00:00 GMT", "21"])
  func `a wait of a year is refused`(retryAfter: String) async throws {
    var outcome: (result: TestResult, requests: Int)?
    let time = try await time {
      outcome = try await self.result(of: [Self.limited(retryAfter), Self.good])
    }
    let (result, requests) = try #require(outcome)
    expectDoubt(result, .rateLimited, "the key may be good; it asks to wait ")
    // Newer libraries than 8.14 read six hours where there are more.
    let note = try #require(result.note)
    if retryAfter == "31536000" { #expect(note.hasSuffix(" 365 days") || note.hasSuffix(" 6 h")) }
    if retryAfter == "21" { #expect(note.hasSuffix(" 21 s")) }
    #expect(result.attempts == 1)
    #expect(requests == 1)
    #expect(time < .seconds(20))
  }

  @Test(arguments: ["0", "-5", "soon", "99999999999999999999", "", "Mon, 01 Jan 2001 00:00:00 GMT"])
  func `a wait that says nothing is none`(retryAfter: String) async throws {
    var outcome: TestResult?
    let time = try await time {
      outcome = try await result(of: [Self.limited(retryAfter), Self.good]).result
    }
    #expect(outcome?.verdict == .valid)
    #expect(time < .seconds(15))
  }

  @Test func `waits double, are shortened by half at most, and end somewhere`() {
    var generator = SystemRandomNumberGenerator()
    var shares: Set<Int> = []
    for _ in 0..<2_000 {
      var patience = Patience(retries: Int.random(in: 0...100, using: &generator))
      patience.firstWait = .milliseconds(Int.random(in: 60...5_000, using: &generator))
      patience.longestWait = .milliseconds(Int.random(in: 1...60_000, using: &generator))
      let attempt = Int.random(in: 1...120, using: &generator)
      guard let wait = patience.wait(after: attempt, retryAfter: nil) else {
        #expect(attempt > patience.retries)
        continue
      }
      #expect(attempt <= patience.retries)
      var whole = patience.firstWait
      for _ in 1..<attempt where whole < patience.longestWait { whole *= 2 }
      whole = min(whole, patience.longestWait)
      #expect(wait >= whole / 2 && wait <= whole, "\(patience), \(attempt): \(wait)")
      shares.insert(Int(wait / whole * 20))
    }
    #expect(shares.count > 8, "waits differ")
  }

  @Test func `what a server asks for is kept whole, up to the longest wait`() {
    let patience = Patience(retries: 2)
    for seconds in 1...20 {
      #expect(patience.wait(after: 2, retryAfter: .seconds(seconds)) == .seconds(seconds))
    }
    #expect(patience.wait(after: 1, retryAfter: .seconds(21)) == nil)
    #expect(patience.wait(after: 3, retryAfter: .seconds(1)) == nil)
  }

  @Test func `a wait ends at once when the task is cancelled`() async throws {
    let stub = try Stub(["openai/invalid": Self.limited("20")])
    let world = try World("environments: {p: {gateway: \"\(stub.gateway)\"}}\n")
    let task = Task {
      try await world.ask("p/openai", FaultTests.key) { $0.patience = Patience(retries: 2) }
    }
    while stub.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    try await Task.sleep(for: .milliseconds(200))
    var result: TestResult?
    let time = try await time {
      task.cancel()
      result = try await task.value
    }
    #expect(time < .seconds(15), "\(time)")
    #expect(result?.verdict == .rateLimited)
    #expect(stub.requests.count == 1)
  }
}
