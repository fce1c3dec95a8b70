import Foundation
import HTTP
import ProviderStub
import Secrets
import Testing

struct SafetyTests {
  @Test(arguments: [301, 302, 303, 307, 308])
  func `hands back a redirect and does not send the key on`(status: Int) async throws {
    let other = try Answers(["invalid": ["text": "ok"]])
    let answers = try Answers([
      "invalid": ["status": status, "headers": ["location": other.url("/stolen").text]]
    ])
    let answer = try await HTTPClient.testing().get(
      answers.url("/v1"), secret: "Authorization: Bearer not-a-key")
    #expect(answer.status == status)
    #expect(answers.server.requests.count == 1)
    #expect(other.server.requests.isEmpty)
  }

  @Test(arguments: [
    "Authorization: Bearer not-a-key\r",
    "Authorization: Bearer not-a-key\r\nX-Other: 1",
    "Authorization: Bearer not\u{0}-a-key",
    "Authorization: Bearer not-a-key\nno header",
    "Authorization: Bearer not-a-key\n\nGET / HTTP/1.1",
    "Authorization: ",
    "Authorization:",
    "Authorization",
    ": not-a-key",
    "Two Words: not-a-key",
    "Authorization : not-a-key",
    " Authorization: not-a-key",
    "X-Key\t: not-a-key",
    "Ünlike: not-a-key",
    "Host: evil.example",
    "content-LENGTH: 0",
    "Transfer-Encoding: chunked",
  ])
  func `refuses a secret header that says more than one`(lines: String) async throws {
    let answers = try Answers(["invalid": ["text": "ok"]])
    let reason = try await HTTPClient.testing().failure(answers.url("/"), secret: lines)
    #expect(reason == .invalidRequest(.secretHeader))
    #expect(answers.server.requests.isEmpty)
  }

  @Test(arguments: [
    ("X-A", "b\r\nX-C: d"), ("X-A", "b\nc"), ("X-A", "b\u{0}"), ("X-A: b\r\nX-C", "d"), ("", "b"),
    ("X A", "b"), ("Host", "evil.example"), ("Connection", "X-Key"),
  ])
  func `refuses a header that says more than one`(name: String, value: String) async throws {
    let answers = try Answers(["invalid": ["text": "ok"]])
    let request = HTTPRequest(
      method: "GET", url: try answers.url("/"), headers: [HTTPHeader(name: name, value: value)],
      secretHeaders: Secret(utf8: ""))
    let error = await #expect(throws: HTTPError.self) {
      try await HTTPClient.testing().send(request)
    }
    #expect(error?.reason == .invalidRequest(.header(name: name)))
    #expect(answers.server.requests.isEmpty)
  }

  @Test(arguments: ["", "GET /", "GET\r\n", "GÄT"])
  func `refuses a method that is not a word`(method: String) async throws {
    let answers = try Answers(["invalid": ["text": "ok"]])
    let request = HTTPRequest(
      method: method, url: try answers.url("/"), secretHeaders: Secret(utf8: ""))
    let error = await #expect(throws: HTTPError.self) {
      try await HTTPClient.testing().send(request)
    }
    #expect(error?.reason == .invalidRequest(.method))
    #expect(answers.server.requests.isEmpty)
  }

  @Test func `refuses a user agent that is empty or breaks the line`() {
    for userAgent in ["", "keyvault\r\nX-A: b"] {
      #expect(throws: HTTPError.self) { try HTTPClient(userAgent: userAgent) }
    }
  }

  @Test func `loopback and plain HTTP never use the proxy, everything else does`() async throws {
    // In a process of its own, for libcurl reads the environment.
    await #expect(processExitsWith: .success) {
      let proxy = try Answers(["invalid": ["text": "from the proxy"]])
      let answers = try Answers(["invalid": ["text": "direct"]])
      for name in ["http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        setenv(name, "http://127.0.0.1:\(proxy.server.port)", 1)
      }
      unsetenv("no_proxy")
      unsetenv("NO_PROXY")
      let client = try HTTPClient.testing()
      let secret = "Authorization: Bearer not-a-key"

      let answer = try await client.get(answers.url("/"), secret: secret)
      let local = try await client.failure(
        WebURL("https://127.0.0.1:\(answers.server.port)/"), secret: secret)
      precondition(answer.text == "direct" && local == .tls(.handshake))
      precondition(proxy.server.requests.isEmpty)

      // An address of this machine that is not called loopback.
      let port = answers.server.port
      let plain = try await client.get(WebURL("http://0.0.0.0:\(port)/acme/"), secret: secret)
      precondition(plain.text == "direct" && proxy.server.requests.isEmpty)

      let reason = try await client.failure(WebURL("https://api.example.com/v1"), secret: secret)
      let seen = proxy.server.requests
      precondition(reason == .proxyFailed)
      precondition(seen.map(\.path) == ["api.example.com:443"] && seen[0].method == "CONNECT")
      precondition(seen[0].header("authorization") == nil)
    }
  }
}
