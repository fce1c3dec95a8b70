import Foundation
import HTTP
import TestSupport
import Testing

/// Proxies that do not lead on. Each test runs in a process of its own, for libcurl reads the
/// environment.
struct ProxyTests {
  /// What is said of a host behind `proxy`, which stands in `variable`.
  private static func reason(
    behind proxy: String, in variable: String = "https_proxy",
    url: String = "https://api.example.com/v1", timeout: Duration = .seconds(10)
  ) async throws -> HTTPError.Reason? {
    let names = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]
    for name in names + names.map({ $0.uppercased() }) { unsetenv(name) }
    setenv(variable, proxy, 1)
    return try await HTTPClient.testing().failure(WebURL(url), timeout: timeout)
  }

  /// A port that nothing listens on.
  private static func deadPort() throws -> UInt16 { try RawServer().port }

  /// What is said where a proxy writes `answer` to whatever it is asked, and closes.
  private static func reason(answer: String, scheme: String = "http") async throws
    -> HTTPError.Reason?
  {
    let proxy = try RawServer { _ in Array(answer.utf8) }
    let reason = try await reason(behind: "\(scheme)://127.0.0.1:\(proxy.port)")
    return withExtendedLifetime(proxy) { reason }
  }

  @Test func `a proxy that is not there is named, whichever variable has it`() async throws {
    await #expect(processExitsWith: .success) {
      for variable in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        for scheme in ["", "http://", "https://", "socks5h://", "http://someone:word@"] {
          let proxy = "\(scheme)127.0.0.1:\(try ProxyTests.deadPort())"
          let reason = try await ProxyTests.reason(behind: proxy, in: variable)
          precondition(
            reason == .proxyUnreachable, "\(variable)=\(proxy): \(String(describing: reason))")
        }
      }
      let unknown = try await ProxyTests.reason(behind: "http://no-such-proxy.invalid:3128")
      precondition(unknown == .proxyUnreachable)
      let kind = try await ProxyTests.reason(behind: "pigeon://127.0.0.1:9")
      precondition(kind == .proxyUnreachable)
    }
  }

  @Test func `a proxy that does not accept connections is named`() async throws {
    await #expect(processExitsWith: .success) {
      let proxy = try RawServer(backlog: 0)
      proxy.fill()
      let reason = try await ProxyTests.reason(
        behind: "http://127.0.0.1:\(proxy.port)", timeout: .milliseconds(400))
      precondition(reason == .proxyUnreachable)
      withExtendedLifetime(proxy) {}
    }
  }

  @Test func `a proxy that opens no tunnel is named, whatever it says`() async throws {
    await #expect(processExitsWith: .success) {
      let answers = [
        "", "HTTP/1.1 2", "SSH-2.0-OpenSSH_9.2\r\n", "\0\0\0\0",
        "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 5\r\n\r\n<html",
        "HTTP/1.1 302 Found\r\nlocation: https://login.example.com/\r\n\r\n",
      ]
      for answer in answers {
        let reason = try await ProxyTests.reason(answer: answer)
        precondition(reason == .proxyFailed, "\(answer): \(String(describing: reason))")
      }
      // Not spoken to in its own tongue.
      let tls = try await ProxyTests.reason(
        answer: "HTTP/1.1 400 Bad Request\r\n\r\n", scheme: "https")
      precondition(tls == .proxyFailed)
      let socks = try await ProxyTests.reason(
        answer: "HTTP/1.1 400 Bad Request\r\n\r\n", scheme: "socks5h")
      precondition(socks == .proxyFailed)
    }
  }

  @Test func `a proxy that never says a word is named`() async throws {
    await #expect(processExitsWith: .success) {
      let proxy = try RawServer()
      let reason = try await ProxyTests.reason(
        behind: "http://127.0.0.1:\(proxy.port)", timeout: .milliseconds(400))
      precondition(reason == .proxyFailed)
      withExtendedLifetime(proxy) {}
    }
  }

  @Test func `what goes wrong behind the tunnel is the host's`() async throws {
    await #expect(processExitsWith: .success) {
      let reason = try await ProxyTests.reason(
        answer: "HTTP/1.1 200 Connection established\r\n\r\nno TLS here")
      precondition(reason == .tls(.handshake))
    }
  }

  @Test func `a host that no proxy stands before is named itself`() async throws {
    await #expect(processExitsWith: .success) {
      let port = try ProxyTests.deadPort()
      for scheme in ["http", "https"] {
        let reason = try await ProxyTests.reason(
          behind: "http://127.0.0.1:\(try ProxyTests.deadPort())", in: "all_proxy",
          url: "\(scheme)://127.0.0.1:\(port)/")
        precondition(reason == .connectionRefused)
      }
    }
  }

  @Test func `the words for both name the proxy and its variables`() async throws {
    await #expect(processExitsWith: .success) {
      setenv("https_proxy", "http://127.0.0.1:\(try ProxyTests.deadPort())", 1)
      do {
        _ = try await HTTPClient.testing().get(WebURL("https://api.example.com/"))
        preconditionFailure("it answers")
      } catch let error as HTTPError {
        precondition(error.isProxys)
        precondition(error.message == "cannot reach the proxy on the way to 'api.example.com'")
        precondition(error.hint == "check the variables 'https_proxy' and 'no_proxy'")
      }
    }
  }
}
