import TestSupport
import Testing

@testable import KeyVault

@Suite(.oneAtATime)
struct RetireKeysTests {
  /// `p/openai` with these keys in turn, each committed.
  private func store(_ numbers: [Int], in place: OpenAIWorld) throws {
    try place.world.git("init", "-q")
    for (index, number) in numbers.enumerated() {
      try place.world.store("p/openai", OpenAIWorld.key(number), serial: index + 1)
      try place.world.commit()
    }
  }

  private func retire(
    _ place: OpenAIWorld, _ names: [String] = ["p/openai"], _ person: KeyListener = KeyListener()
  ) async throws -> RetireKeys.Outcome {
    let action = RetireKeys(try names.map { name throws(Failure) in try EntryName(name) })
    return try await action.run(in: person.workspace(place.world)) { _ in }
  }

  @Test(
    arguments: [
      ([1: "invalid", 2: "valid"], [1, 2], Conclusion.good),
      ([1: "no_credit", 2: "valid"], [1, 2], .findings),
      ([1: "unclear", 2: "valid"], [1, 2], .inconclusive), ([2: "valid"], [2], .nothing),
    ] as [([Int: String], [Int], Conclusion)])
  func `the conclusion is the worst of what the earlier keys say`(
    verdicts: [Int: String], stored: [Int], conclusion: Conclusion
  ) async throws {
    let place = try OpenAIWorld(verdicts)
    try store(stored, in: place)
    let person = KeyListener()
    let outcome = try await retire(place, ["p/openai"], person)
    #expect(outcome.conclusion == conclusion)
    #expect((outcome.refusal != nil) == (conclusion == .findings || conclusion == .nothing))
    #expect(outcome.changed == (stored.count > 1 ? ["vault/p/openai.yaml"] : []))
    #expect(person.codes == (stored.count > 1 ? ["noted"] : []))
  }

  @Test
  func
    `without complete history nothing is proved, and no old key is sent before all entries open`()
    async throws
  {
    let place = try OpenAIWorld([1: "invalid", 2: "valid"])
    try store([1, 2], in: place)
    try place.world.write(place.world.git("rev-parse", "HEAD"), to: ".git/shallow")
    let person = KeyListener()
    #expect(try await retire(place, ["p/openai"], person).conclusion == .inconclusive)
    #expect(person.codes.last == "incomplete-history")
    #expect(place.stub.requests.isEmpty)
    let history = try OpenAIWorld([1: "invalid", 2: "valid"])
    try store([1, 2], in: history)
    try history.world.encrypt(Array("x".utf8), to: "p/locked", for: .bob)
    let refused = try await refusal { _ = try await retire(history, ["p/openai", "p/locked"]) }
    #expect(refused != nil)
    #expect(history.stub.requests.isEmpty)
  }
}
