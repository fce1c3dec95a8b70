import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

/// Servers that take their time: all at once, for each takes the whole time-out.
struct SlownessTests {
  @Test(.onOwnThread) func `a server that drips or hangs is given up after 30 s`() async throws {
    let text = String(repeating: "a", count: 100)
    let stub = try Stub(["openai/drip": #"{"text": "\#(text)", "drip_ms": 1000}"#])
    let head = try RawServer(pace: .seconds(1)) { _ in
      Array("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".utf8)
    }
    let silent = try RawServer()
    let cases = [
      ("body", "\(stub.gateway)@drip", "did not finish its answer in time"),
      ("head", "http://127.0.0.1:\(head.port)", "in time"),
      ("hangs", "http://127.0.0.1:\(silent.port)", "did not answer in time"),
      ("tls", "https://127.0.0.1:\(silent.port)", "did not agree on TLS in time"),
    ]
    let environments = cases.map { "  \($0.0): {gateway: \"\($0.1)\"}\n" }
    let world = try World("environments:\n" + environments.joined())
    let time = try await time {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (name, _, note) in cases {
          group.addTask {
            let result = try await world.ask("\(name)/openai", FaultTests.key) {
              $0.patience = Patience(retries: 2)
            }
            expectDoubt(result, .unreachable, note)
            // Another 30 s would be spent on the same.
            #expect(result.attempts == 1)
          }
        }
        try await group.waitForAll()
      }
    }
    // A bound against a hang: the number of attempts shows that no second 30 s are spent.
    #expect(time < .seconds(300))
    withExtendedLifetime((head, silent)) {}
  }
}
