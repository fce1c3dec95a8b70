import Foundation
import ProviderStub
import TestSupport
import Testing

/// A provider that asks to wait holds up neither the other results nor the person.
@Suite(.fewAtATime) struct WaitingTests {
  /// One key is accepted at once, the other one's provider wants `wait` seconds.
  private func stub(in world: World, wait: Int = 3) throws -> StubServer {
    let answers = world.root.appending(path: "answers")
    for (provider, answer) in [
      (
        "openai",
        #"{"status": 429, "headers": {"retry-after": "\#(wait)"}, "body": {"error": {}}}"#
      ),
      ("anthropic", ""),
    ] {
      let folder = answers.appending(path: provider)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let file = folder.appending(path: "invalid.json")
      if answer.isEmpty {
        let valid = World.answers.appending(path: "\(provider)/valid.json")
        try FileManager.default.copyItem(at: valid, to: file)
      } else {
        try answer.write(to: file, atomically: true, encoding: .utf8)
      }
    }
    return try StubServer(answers: answers)
  }

  @Test func `results are shown as they come, and the wait is shown`() throws {
    let world = try World()
    let stub = try stub(in: world)
    defer { stub.stop() }
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      keyvault test --gateway 'http://127.0.0.1:\(stub.port)/{provider}' --retries 1 |
        while read -r line; do echo "$(date +%s) $line"; done
      """)
    let rows = result.output.split(separator: "\n").filter { $0.contains("production/") }
      .map { $0.split(separator: " ", maxSplits: 1) }
    try #require(rows.count == 2, "\(result)")
    #expect(rows[0][1].hasPrefix("production/anthropic  Valid "), "\(result)")
    #expect(rows[1][1].hasPrefix("production/openai"), "\(result)")
    // The second one waits for three seconds.
    let times = rows.compactMap { Int($0[0]) }
    #expect(times[1] - times[0] >= 2, "\(result)")
    #expect(result.output.contains("2 keys: 1 valid, 1 unclear"), "\(result)")
    #expect(
      result.errors == "production/openai: HTTP 429; asking again in 3 s\n", "\(result)")
  }

  @Test func `no wait goes beyond the deadline, and the verdict that is known stays`() throws {
    let world = try World()
    let stub = try stub(in: world, wait: 19)
    defer { stub.stop() }
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      keyvault test --gateway 'http://127.0.0.1:\(stub.port)/{provider}' --deadline 15 --retries 9 \
        --format json | jq -r '.complete, (.results[] | .entry + " " + .verdict)'
      """)
    // A run that waited would be cut short.
    #expect(
      result.output
        == "true\nproduction/anthropic valid\nproduction/openai rate_limited\n", "\(result)")
  }

  @Test func `a command that proves a key says why it waits`() throws {
    let world = try World()
    let stub = try stub(in: world)
    defer { stub.stop() }
    let result = try world.run(
      """
      cp -a "$EMPTY/." .
      export KEYVAULT_ALLOW_HOSTS=http://127.0.0.1:\(stub.port)
      printf 'environments:\\n  live: {gateway: "http://127.0.0.1:\(stub.port)/{provider}"}\\n' >> keyvault.yaml
      printf %s "$OPENAI" | keyvault add live/openai
      """)
    #expect(result.status == 0)
    #expect(
      result.errors.contains(
        "live/openai: HTTP 429; asking again in 3 s (--no-test stores the key without asking)"),
      "\(result)")
  }
}
