import Foundation
import HTTP
import TestSupport
import Testing

struct StubCommandTests {
  private static let command = Built.toRelease.appending(path: "provider-stub").path

  @Test func `says where it listens, answers, and ends at SIGTERM`() async throws {
    let answers = try Answers(["valid": ["text": "ok"], "invalid": ["status": 401]])
    let keys = answers.folder.appendingPathComponent("keys.json")
    // SHA-256 of "right-key".
    let digest = try #require(
      Program.output("/bin/sh", "-c", "printf right-key | sha256sum").split(separator: " ").first)
    try #"{"acme": {"\#(digest)": "valid"}}"#.write(to: keys, atomically: true, encoding: .utf8)
    let stub = try Program(Self.command, "--answers", answers.folder.path, "--keys", keys.path)
    let origin = try #require(stub.line(after: "listening on "))
    let client = try HTTPClient.testing()
    let url = try WebURL("\(origin)/acme/v1")
    #expect(try await client.get(url, secret: "x-api-key: right-key").text == "ok")
    #expect(try await client.get(url, secret: "x-api-key: wrong-key").status == 401)
    #expect(stub.end() == 0)
    #expect(try await client.failure(url) == .connectionRefused)
  }

  @Test(arguments: ["", "--answers", "--answers x --port 65536", "--answers x --what y"])
  func `a usage error ends with 64`(arguments: String) throws {
    let status = try Program.output("/bin/sh", "-c", "'\(Self.command)' \(arguments) || echo $?")
    #expect(status == "64\n")
  }
}
