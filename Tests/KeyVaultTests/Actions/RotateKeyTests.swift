import TestSupport
import Testing

@testable import KeyVault

@Suite(.oneAtATime)
struct RotateKeyTests {
  @Test func `a key is replaced once its provider accepts another one`() async throws {
    let place = try OpenAIWorld([2: "valid"])
    let world = place.world
    try world.store("p/openai", OpenAIWorld.key(1))
    try place.expose()
    let person = KeyListener()
    func rotate(
      to number: Int, _ change: (inout RotateKey) -> Void = { _ in }
    ) async throws -> RotateKey.Outcome {
      var action = RotateKey(try EntryName("p/openai"))
      change(&action)
      return try await action.run(
        in: person.workspace(world), key: person.hand(OpenAIWorld.key(number)))
    }
    let same = try await refusal { _ = try await rotate(to: 1) { $0.checks.isForced = true } }
    #expect(
      same?.message == "this is the key that 'p/openai' holds already, so nothing was changed")
    #expect(place.stub.requests.isEmpty)
    let rejected = try await refusal { _ = try await rotate(to: 3) }
    #expect(rejected?.message.contains("rejects this key") == true)
    #expect(try world.open("p/openai").payload.keyText == OpenAIWorld.key(1))
    #expect(try world.entry("p/openai").sidecar?.exposed != nil)
    let outcome = try await rotate(to: 2)
    #expect(outcome.serial == 2 && outcome.provider.id == "openai")
    #expect(try world.open("p/openai").payload.keyText == OpenAIWorld.key(2))
    #expect(try world.entry("p/openai").sidecar?.exposed == nil)
  }

  @Test func `a host that only the old payload names is asked about before a key is taken`()
    async throws
  {
    // As any person writes it who has the public key: this machine and no trusted writer vouches.
    let world = try World()
    try world.store("p/openai", OpenAIWorld.key(1), hosts: ["api.openai.com", "other.invalid"])
    let person = KeyListener()
    var action = RotateKey(try EntryName("p/openai"))
    action.checks.asksProvider = false
    let outcome = try await action.run(
      in: person.workspace(world, policy: .nothingAllowed), key: person.hand(OpenAIWorld.key(2)))
    #expect(person.asked.map(\.question).allSatisfy { $0.contains("other.invalid") })
    #expect(person.asked.count == 1)
    #expect(outcome.hosts.allSatisfy { $0 != "other.invalid" })
    #expect(try !world.open("p/openai").payload.hosts.contains("other.invalid"))
  }
}
