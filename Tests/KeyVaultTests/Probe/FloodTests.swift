import Foundation
import ProviderStub
import TestSupport
import Testing

@testable import KeyVault

/// Answers that are too much, in time and in memory.
struct FloodTests {
  /// An answer of the stand-in, what must come of it, and how much memory it may take.
  private struct Flood {
    let name: String
    let answer: [String: Any]
    var verdict = Verdict.unknown
    var note = "the answer is too long"
    var room = 64 << 20
  }

  private static func floods() throws -> [Flood] {
    let good = #"{"object":"list","data":[]"#
    let mebibyte = String(repeating: "a", count: 1 << 20)
    let json = ["content-type": "application/json"]
    func packed(_ times: Int) throws -> [String: Any] {
      let pipe = "head -c 256M /dev/zero" + String(repeating: " | gzip -1", count: times)
      let encoding = repeatElement("gzip", count: times).joined(separator: ", ")
      return [
        "headers": json.merging(["content-encoding": encoding]) { $1 },
        "base64": try Program.output("/bin/sh", "-c", "\(pipe) | base64 -w 0"),
      ]
    }
    // Not too long, and so read as JSON, which takes many times its size.
    func dense(_ name: String, _ item: String) -> Flood {
      let count = (1 << 20) / (item.utf8.count + 1) - 9
      let text = "[" + String(repeating: item + ",", count: count) + item + "]"
      return Flood(
        name: name, answer: ["headers": json, "text": text], note: "no rule matches this answer",
        room: 96 << 20)
    }
    return [
      Flood(name: "long", answer: ["headers": json, "text": mebibyte, "repeat": 100]),
      Flood(name: "endless", answer: ["headers": json, "text": mebibyte, "endless": true]),
      Flood(
        name: "page", answer: ["text": "<html>" + mebibyte, "endless": true], verdict: .blocked,
        note: "got a web page instead of an API response"),
      // Good, except for its length.
      Flood(
        name: "spaces",
        answer: ["headers": json, "text": good + String(repeating: " ", count: 5 << 20) + "}"]),
      Flood(name: "bomb", answer: try packed(1)),
      Flood(name: "bomb_in_bomb", answer: try packed(2)),
      dense("numbers", "0"), dense("lists", "[]"), dense("objects", #"{"a":1}"#),
    ]
  }

  @Test func `floods end in bounded time and memory`() async throws {
    // In a process of its own, for the peak is the process's.
    await #expect(processExitsWith: .success) {
      let floods = try FloodTests.floods()
      var answers = ["openai/ok": #"{"body": {"object": "list", "data": []}}"#]
      for flood in floods {
        answers["openai/\(flood.name)"] = String(
          decoding: try JSONSerialization.data(withJSONObject: flood.answer), as: UTF8.self)
      }
      let stub = try Stub(answers)
      let environments = (floods.map(\.name) + ["ok"]).map { name in
        "  \(name): {gateway: \"\(stub.base)/{provider}@\(name)\"}\n"
      }
      let world = try World("environments:\n" + environments.joined())
      #expect(try await world.ask("ok/openai", FaultTests.key).verdict == .valid)
      let before = peakMemory()
      for flood in floods {
        var result: TestResult?
        let time = try await time {
          result = try await world.ask("\(flood.name)/openai", FaultTests.key)
        }
        expectDoubt(try #require(result), flood.verdict, flood.note)
        #expect(time < .seconds(20), "\(flood.name)")
        let growth = peakMemory() - before
        #expect(
          isSanitized || growth < flood.room, "\(flood.name): \(growth >> 20) MiB")
      }
    }
  }
}
