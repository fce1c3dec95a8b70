import HTTP
import Testing
import YAML

@testable import KeyVault

/// Rules and answers that were made for each other take no more time than others.
@Suite struct AnswerBoundTests {
  private func answer(_ body: String) -> ProbeAnswer {
    ProbeAnswer(
      HTTPAnswer(
        status: 200, headers: [], body: Array(body.utf8), isBodyTruncated: false,
        timing: HTTPAnswer.Timing(nameLookup: 0, connect: 0, tls: 0, firstByte: 0, total: 0),
        version: "1.1"))
  }

  @Test func `a text is found wherever it is, and nowhere else`() {
    let texts = ["", "a", "ab", "aab", "abab", "ababc", "aaaa", "ba", "cab", "bb"]
    let bodies = ["", "a", "b", "aa", "aaab", "ababab", "abababc", "xcabx", "aabaab", "é", "abb"]
    for text in texts {
      for body in bodies {
        let isFound = answer(body).contains(text)
        #expect(isFound == (text.isEmpty || body.contains(text)), "\(text) in \(body)")
      }
    }
    #expect(answer("caf\u{e9}").contains("e\u{301}") == false)
  }

  @Test(.timeLimit(.minutes(30)))
  func `a text that nearly fits everywhere is searched once`() {
    let body = answer(String(repeating: "a", count: 1 << 20))
    for _ in 0..<20 { #expect(!body.contains(String(repeating: "a", count: 499) + "b")) }
  }

  @Test(.timeLimit(.minutes(30)))
  func `a value that is a whole answer is not written out for each rule`() {
    let list = "[" + String(repeating: "{\"a\":\"b\"},", count: 50_000) + "1]"
    let body = answer("{\"data\": \(list)}")
    let test = AnswerTest(Node(.sequence((0..<100).map { Node(.string("word \($0)")) })))
    let data = body.json?.value(at: "/data")
    #expect(data != nil)
    for _ in 0..<200 { #expect(data.flatMap { test.match($0) } == nil) }
  }
}
