import Foundation
import HTTP
import ProviderStub
import Secrets
import Testing

struct StubTests {
  private static let answers: [String: [String: any Sendable]] = [
    "valid": [
      "request": "GET /v1/models?limit=1", "request_headers": ["acme-version": "1"],
      "body": ["data": [] as [Int]],
    ],
    "invalid": ["status": 401, "text": "invalid"],
    "missing": ["status": 401, "text": "missing"],
    "html": ["status": 403, "headers": ["content-type": "text/html"], "text": "<html>no</html>"],
  ]

  private func request(
    _ url: WebURL, secret: String = "", version: String? = "1"
  ) async throws -> HTTPAnswer {
    try await HTTPClient.testing().send(
      HTTPRequest(
        method: "GET", url: url,
        headers: version.map { [HTTPHeader(name: "Acme-Version", value: $0)] } ?? [],
        secretHeaders: Secret(utf8: secret)))
  }

  @Test(arguments: [
    "Authorization: Bearer right-key", "Authorization: Key right-key", "Authorization: right-key",
    "x-api-key: right-key", "XI-API-Key: right-key", "api-key: right-key", "x-key: right-key",
    "x-goog-api-key: right-key",
  ])
  func `a known key gets its answer, however it is presented`(header: String) async throws {
    let answers = try Answers(StubTests.answers, keys: ["right-key": "valid"])
    let answer = try await request(answers.url("/v1/models?limit=1"), secret: header)
    #expect(answer.status == 200)
    #expect(answer.header("content-type") == "application/json")
    #expect(answer.text == #"{"data":[]}"#)
  }

  @Test func `an unknown key is invalid, no key is missing`() async throws {
    let answers = try Answers(StubTests.answers, keys: ["right-key": "valid"])
    let url = try answers.url("/v1/models?limit=1")
    #expect(try await request(url, secret: "x-api-key: wrong-key").text == "invalid")
    #expect(try await request(url).text == "missing")
  }

  @Test func `the path can name the answer`() async throws {
    let answers = try Answers(StubTests.answers)
    let answer = try await request(answers.url("@html/anything"), secret: "x-api-key: wrong-key")
    #expect(answer.status == 403)
    #expect(answer.header("content-type") == "text/html")
    #expect(answer.text == "<html>no</html>")
  }

  @Test func `a file may hold one answer after the other, the last again and again`() async throws {
    let turns: [[String: any Sendable]] = [["text": "one"], ["status": 500], ["text": "three"]]
    let answers = try Answers(["valid": ["sequence": turns], "invalid": ["text": "no"]])
    var bodies: [String] = []
    for _ in 0..<5 { bodies.append(try await request(answers.url("@valid/v1")).text) }
    #expect(bodies == ["one", "", "three", "three", "three"])
    #expect(try await request(answers.url("@invalid/v1")).text == "no")
  }

  @Test func `a body may be sent several times`() async throws {
    let answers = try Answers(["valid": ["text": "ab", "repeat": 3], "invalid": ["text": "no"]])
    #expect(try await request(answers.url("@valid/v1")).text == "ababab")
  }

  @Test(arguments: ["/v1/models", "/v1/models?limit=2", "/v1/models?limit=1&a=b", "/v2/models"])
  func `another endpoint is not found`(path: String) async throws {
    let answers = try Answers(StubTests.answers)
    let answer = try await request(answers.url("@valid\(path)"))
    #expect(answer.status == 404)
    #expect(answer.text == #"{"error":"stand-in: no such endpoint"}"#)
  }

  @Test(arguments: ["2", nil])
  func `another header is a bad request`(version: String?) async throws {
    let answers = try Answers(StubTests.answers)
    let answer = try await request(answers.url("@valid/v1/models?limit=1"), version: version)
    #expect(answer.status == 400)
    #expect(answer.text == #"{"error":"stand-in: the header 'acme-version' is not '1'"}"#)
  }

  @Test(arguments: ["/other/v1", "/acme@none/v1", "/acme", "/acme@..%2fx/v1", "/.acme/v1"])
  func `a provider or an answer that it does not have is not found`(path: String) async throws {
    let answers = try Answers(StubTests.answers)
    #expect(try await request(WebURL("\(answers.url().origin)" + path)).status == 404)
  }
}
