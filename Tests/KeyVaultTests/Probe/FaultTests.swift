import Foundation
import HTTP
import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

/// Bad answers, and none: each gets a verdict and a reason, and none is taken for a good key.
@Suite(.oneAtATime)
struct FaultTests {
  static let key = "sk-proj-NotARealKeyNotARealKeyNotARealKey"
  /// What proves a key if nothing is wrong with it.
  private static let good = #"{"object":"list","data":[]}"#

  /// What comes of a key if the provider's answer is `answer`, JSON for the stand-in.
  private func result(of answer: String) async throws -> TestResult {
    let stub = try Stub(["openai/invalid": answer])
    return try await result(gateway: stub.gateway)
  }

  private func result(
    gateway: String, policy: OriginPolicy? = nil
  ) async throws -> TestResult {
    let world = try World()
    try world.store("p/openai", Self.key)
    var result: TestResult?
    let time = try await time {
      result = try await world.test(gateway: gateway, policy: policy).first
    }
    #expect(time < .seconds(30))
    return try #require(result)
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    let answer: String
    let verdict: Verdict
    let note: String

    init(_ name: String, _ answer: [String: Any], _ verdict: Verdict, _ note: String) {
      self.name = name
      self.answer = String(
        decoding: try! JSONSerialization.data(withJSONObject: answer), as: UTF8.self)
      self.verdict = verdict
      self.note = note
    }

    /// A body of these bytes, said to be JSON.
    init(_ name: String, bytes: [UInt8], _ verdict: Verdict, _ note: String) {
      self.init(
        name,
        [
          "headers": ["content-type": "application/json"],
          "base64": Data(bytes).base64EncodedString(),
        ],
        verdict, note)
    }

    var testDescription: String { name }
  }

  @Test func `the answer alone is wrong in these tests`() async throws {
    #expect(try await result(of: #"{"body": {"object": "list", "data": []}}"#).verdict == .valid)
  }

  private static let notJSON = "no rule matches this answer, which is not JSON"
  private static let lost = "closed the connection before its answer was complete"
  private static let page = "got a web page instead of an API response"
  private static let notHTTP = "answers with something that is not HTTP"

  private static let bodies = [
    Fault("half a JSON", bytes: Array(good.utf8.dropLast()), .unknown, notJSON),
    Fault("two JSONs", bytes: Array((good + good).utf8), .unknown, notJSON),
    Fault(
      "invalid UTF-8", bytes: bytes(#"{"object":"list","data":["#, 0xff, "]}"), .unknown, notJSON),
    Fault(
      "invalid UTF-8 in a text", bytes: bytes(#"{"object":"list","data":[],"x":""#, 0xc3, "\"}"),
      .unknown, notJSON),
    Fault("NUL at the end", bytes: Array((good + "\0").utf8), .unknown, notJSON),
    Fault(
      "NUL in a text", bytes: bytes(#"{"object":"list","data":[],"x":""#, 0, "\"}"), .unknown,
      notJSON),
    Fault("UTF-16", bytes: Array(good.utf8).flatMap { [$0, 0] }, .unknown, notJSON),
    Fault("an empty answer", bytes: [], .unknown, "no rule matches this answer"),
    Fault(
      "a million brackets", bytes: Array(repeating: UInt8(ascii: "["), count: 1_000_000),
      .unknown, notJSON),
    Fault("a word", bytes: Array("OK".utf8), .unknown, notJSON),
    Fault(
      "a picture", ["headers": ["content-type": "image/png"], "base64": "iVBORw0KGgo="],
      .unknown, notJSON),
    Fault(
      "JSON that is said to be HTML", ["headers": ["content-type": "text/html"], "text": good],
      .blocked, page),
    Fault(
      "a page for logging in",
      [
        "headers": ["content-type": "text/html; charset=utf-8"],
        "text": "<!doctype html><title>Sign in</title><form></form>",
      ], .blocked, page),
    Fault(
      "a page that is said to be JSON", bytes: Array("\n<!DOCTYPE HTML><p>object list</p>".utf8),
      .blocked, page),
    Fault("a page without a type", ["text": "<html><body>Sign in"], .blocked, page),
  ]

  private static func bytes(_ before: String, _ byte: UInt8, _ after: String) -> [UInt8] {
    Array(before.utf8) + [byte] + Array(after.utf8)
  }

  private static let connections = [
    Fault("a reset instead of an answer", ["reset": true], .unreachable, lost),
    Fault(
      "a reset after the headers", ["text": good, "cut_at": 0, "reset": true], .unreachable, lost),
    Fault(
      "a reset within the body", ["text": good, "cut_at": 26, "reset": true], .unreachable, lost),
    Fault("an end after the headers", ["text": good, "cut_at": 0], .unreachable, lost),
    Fault("an end within the body", ["text": good, "cut_at": 26], .unreachable, lost),
    Fault(
      "an encoding that it is not in",
      ["headers": ["content-encoding": "gzip"], "text": good], .unreachable, notHTTP),
    Fault(
      "an encoding that nobody has",
      ["headers": ["content-encoding": "sideways"], "text": good], .unreachable, notHTTP),
    Fault("NUL in a header", ["headers": ["x-a": "b\u{0}c"], "text": good], .unreachable, notHTTP),
    Fault(
      "65 KiB of headers",
      ["headers": ["x-a": String(repeating: "a", count: 65 << 10)], "text": good],
      .unreachable, "more than 64 KiB of headers"),
  ]

  @Test(arguments: bodies + connections)
  func `a broken answer says nothing of the key`(fault: Fault) async throws {
    expectDoubt(try await result(of: fault.answer), fault.verdict, fault.note)
  }

  private static let head = "HTTP/1.1 200 OK\r\n"
  private static let hints = String(repeating: "HTTP/1.1 103 Early Hints\r\n\r\n", count: 3_000)

  private static let fragments: [(what: String, text: String)] = [
    ("another protocol", "SSH-2.0-OpenSSH_9.2\r\n"), ("NUL", "\0\0\0\0"),
    ("a body without a head", good), ("half a status line", "HTTP/1.1 2"),
    ("half a head", head + "content-length: 27\r\n"),
    ("a length below zero", head + "content-length: -1\r\n\r\n" + good),
    ("no length of a chunk", head + "transfer-encoding: chunked\r\n\r\nzz\r\n" + good),
    ("half a chunk", head + "transfer-encoding: chunked\r\n\r\n1b\r\n" + good),
    ("interim answers without end", hints),
  ]

  @Test(arguments: fragments)
  func `an incomplete HTTP answer is not an answer`(what: String, text: String) async throws {
    let server = try RawServer { _ in Array(text.utf8) }
    let result = try await result(gateway: "http://127.0.0.1:\(server.port)")
    expectDoubt(result, .unreachable, "'127.0.0.1:\(server.port)'")
    withExtendedLifetime(server) {}
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func `a redirect to another host is not followed with the key`(status: Int) async throws {
    let other = try Stub(["openai/invalid": #"{"body": {"object": "list", "data": []}}"#])
    for location in ["\(other.base)/openai/v1/models", "https://redirect-host.example.com/"] {
      let answer: [String: Any] = [
        "status": status, "headers": ["location": location],
        "body": ["object": "list", "data": [] as [Int]],
      ]
      let fault = Fault("", answer, .misconfigured, "redirect, which is not followed with a key")
      expectDoubt(try await result(of: fault.answer), fault.verdict, fault.note)
    }
    #expect(other.requests.isEmpty)
    #expect(Trap.shared.connections(to: "redirect-host.example.com") == 0)
  }

  @Test func `a host that has no address is named`() async throws {
    let result = try await result(
      gateway: "https://no-such-host.invalid/{provider}",
      policy: OriginPolicy(parsing: "no-such-host.invalid"))
    expectDoubt(result, .unreachable, "cannot find the host 'no-such-host.invalid'")
  }

  @Test func `a host where nothing listens is named`() async throws {
    let port = try RawServer().port
    let result = try await result(gateway: "http://127.0.0.1:\(port)/{provider}")
    expectDoubt(result, .unreachable, "'127.0.0.1:\(port)' refuses connections")
  }
}
