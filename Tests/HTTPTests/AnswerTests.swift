import Foundation
import HTTP
import ProviderStub
import Secrets
import TestSupport
import Testing

struct AnswerTests {
  @Test func `hands back the status, the headers and the body of any answer`() async throws {
    let answers = try Answers([
      "invalid": [
        "status": 401, "headers": ["X-Request-ID": " 7f "], "body": ["error": "no such key"],
      ]
    ])
    let answer = try await HTTPClient.testing().get(answers.url("/v1"))
    #expect(answer.status == 401)
    #expect(answer.header("x-request-id") == "7f")
    #expect(answer.header("retry-after") == nil)
    #expect(answer.text == #"{"error":"no such key"}"#)
    #expect(!answer.isBodyTruncated)
    #expect(answer.version == "1.1")
    #expect(answer.timing.firstByte > 0 && answer.timing.total >= answer.timing.firstByte)
    #expect(answer.timing.total < 5)
  }

  @Test func `sends the method, both kinds of headers, a user agent and the body`() async throws {
    let answers = try Answers(["invalid": ["text": "ok"]])
    let request = HTTPRequest(
      method: "POST", url: try answers.url("/v1?a=b"),
      headers: [
        HTTPHeader(name: "content-type", value: "application/json"),
        HTTPHeader(name: "X-Empty", value: ""),
      ],
      secretHeaders: Secret(utf8: "Authorization: Bearer not-a-key\nX-Second: two"),
      body: Secret(utf8: "{\"a\":1}"))
    _ = try await HTTPClient.testing().send(request)

    let sent = try #require(answers.server.requests.first)
    #expect(sent.method == "POST")
    #expect(sent.path == "/acme/v1?a=b")
    #expect(sent.header("content-type") == "application/json")
    #expect(sent.header("x-empty") == "")
    #expect(sent.header("authorization") == "Bearer not-a-key")
    #expect(sent.header("x-second") == "two")
    #expect(sent.header("user-agent") == "keyvault/test")
    #expect(sent.header("accept-encoding")?.contains("gzip") == true)
    #expect(sent.header("cookie") == nil && sent.header("expect") == nil)
    #expect(String(decoding: sent.body, as: UTF8.self) == "{\"a\":1}")
  }

  @Test(arguments: ["GET", "HEAD", "DELETE", "POST", "PUT", "OPTIONS"])
  func `sends any method without a body`(method: String) async throws {
    let answers = try Answers(["invalid": ["text": "ok"]])
    let answer = try await HTTPClient.testing().send(
      HTTPRequest(method: method, url: answers.url("/v1"), secretHeaders: Secret(utf8: "")))
    #expect(answer.status == 200)
    #expect(answer.text == (method == "HEAD" ? "" : "ok"))
    let sent = try #require(answers.server.requests.first)
    #expect(sent.method == method)
    #expect(sent.body.isEmpty && sent.header("content-type") == nil)
  }

  @Test func `stops reading an endless body at 1 MiB`() async throws {
    let text = String(repeating: "a", count: 100_000)
    let answers = try Answers(["invalid": ["status": 403, "text": text, "endless": true]])
    let answer = try await HTTPClient.testing().get(answers.url("/v1"))
    #expect(answer.status == 403)
    #expect(answer.body.count == 1 << 20)
    #expect(answer.isBodyTruncated)
  }

  @Test func `keeps a body of exactly 1 MiB whole`() async throws {
    let text = String(repeating: "a", count: 1 << 20)
    let answers = try Answers(["invalid": ["text": text]])
    let answer = try await HTTPClient.testing().get(answers.url("/v1"))
    #expect(answer.body.count == 1 << 20)
    #expect(!answer.isBodyTruncated)
  }

  @Test func `stops unpacking a small body that unpacks to a large one`() async throws {
    let packed = try Program.output(
      "/bin/sh", "-c", "head -c 64M /dev/zero | gzip -c | base64 -w 0")
    let answers = try Answers([
      "invalid": ["headers": ["content-encoding": "gzip"], "base64": packed]
    ])
    let answer = try await HTTPClient.testing().get(answers.url("/v1"))
    #expect(packed.utf8.count < 1 << 20)
    #expect(answer.body.count == 1 << 20)
    #expect(answer.isBodyTruncated)
  }

  @Test func `says so if a body is not in the encoding that its header names`() async throws {
    let answers = try Answers([
      "invalid": ["headers": ["content-encoding": "gzip"], "text": "not gzip"]
    ])
    #expect(try await HTTPClient.testing().failure(answers.url("/v1")) == .malformedAnswer)
  }

  @Test func `gives up at 64 KiB of headers`() async throws {
    let value = String(repeating: "a", count: 1000)
    let headers = (0..<70).map { ("x-\($0)", value) }
    let answers = try Answers([
      "invalid": ["headers": Dictionary(uniqueKeysWithValues: headers), "text": "ok"]
    ])
    #expect(try await HTTPClient.testing().failure(answers.url("/v1")) == .tooManyHeaders)
  }

  @Test func `names a connection that is reset, and one that closes within a body`() async throws {
    let answers = try Answers(["reset": ["reset": true], "cut": ["text": "abcdef", "cut_at": 3]])
    let client = try HTTPClient.testing()
    #expect(try await client.failure(answers.url("@reset/")) == .connectionClosed)
    #expect(try await client.failure(answers.url("@cut/")) == .connectionClosed)
  }

  @Test func `names a refused connection`() async throws {
    let answers = try Answers([:])
    let url = try answers.url("/v1")
    answers.server.stop()
    try await Task.sleep(for: .milliseconds(50))
    let client = try HTTPClient.testing()
    #expect(try await client.failure(url) == .connectionRefused)

  }

  @Test func `names a host that does not exist`() async throws {
    // In a process of its own, for a proxy would be asked for the name.
    await #expect(processExitsWith: .success) {
      for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] { unsetenv(name) }
      let client = try HTTPClient.testing()
      do {
        _ = try await client.get(WebURL("https://no-such-host.invalid/"))
        preconditionFailure("it exists")
      } catch let error as HTTPError {
        precondition(error.reason == .nameNotResolved)
        precondition(error.message == "cannot find the host 'no-such-host.invalid'")
      }
    }
  }

  @Test func `refuses an answer that is not HTTP`() async throws {
    let server = try RawServer { _ in Array("SSH-2.0-OpenSSH_9.2\r\n".utf8) }
    let url = try WebURL("http://127.0.0.1:\(server.port)/")
    #expect(try await HTTPClient.testing().failure(url) == .malformedAnswer)
  }
}
