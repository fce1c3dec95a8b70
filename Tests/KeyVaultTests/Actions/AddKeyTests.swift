import TestSupport
import Testing

@testable import KeyVault

/// Adding a key without a command line: real gpg, and a stand-in for the provider.
@Suite(.oneAtATime)
struct AddKeyTests {
  private func add(
    _ number: Int, to world: World, _ person: KeyListener,
    _ change: (inout AddKey) -> Void = { _ in }
  ) async throws -> AddKey.Outcome {
    var action = AddKey(try EntryName("p/openai"))
    change(&action)
    return try await action.run(
      in: person.workspace(world), key: person.hand(OpenAIWorld.key(number)))
  }

  @Test func `a key that its provider accepts is stored, and the answer is remembered`()
    async throws
  {
    let place = try OpenAIWorld([1: "valid"])
    let person = KeyListener()
    let outcome = try await add(1, to: place.world, person) {
      $0.about = Vault.Description(owner: "alice@example.com")
    }
    #expect(outcome.hosts == ["api.openai.com"] && !outcome.isReplacement)
    #expect(outcome.unrecorded == nil)
    #expect(person.codes == ["accepted"])
    #expect(person.keysOf == ["openai"])
    #expect(try place.world.open("p/openai").payload.keyText == OpenAIWorld.key(1))
    #expect(try place.world.entry("p/openai").sidecar?.owner == "alice@example.com")
    let past = try person.workspace(place.world).history().past(now: World.now)
    #expect(past.records.map(\.verdict) == [.valid])
    #expect(!person.text.contains(OpenAIWorld.key(1)))
  }

  @Test func `a key that its provider rejects is stored only where that is forced`() async throws {
    let place = try OpenAIWorld([:])
    let person = KeyListener()
    let refused = try await refusal { _ = try await add(2, to: place.world, person) }
    #expect(refused?.message.hasPrefix("OpenAI rejects this key, so it was not stored") == true)
    #expect(refused?.kind == .findings)
    #expect(try place.world.repository.vault.entries().isEmpty)
    // Consent to overwrite is none to store what was rejected.
    let replacing = try await refusal {
      _ = try await add(2, to: place.world, person) { $0.replaces = true }
    }
    #expect(replacing == refused)
    _ = try await add(2, to: place.world, person) { $0.checks.isForced = true }
    #expect(person.codes == ["rejected"])
    #expect(try place.world.repository.vault.entries().count == 1)
  }

  @Test func `an existing entry is replaced only by request, and before that no key is asked for`()
    async throws
  {
    let place = try OpenAIWorld([1: "valid", 2: "valid"])
    let person = KeyListener()
    _ = try await add(1, to: place.world, person)
    let refused = try await refusal {
      _ = try await add(2, to: place.world, person) { $0.checks.isForced = true }
    }
    #expect(refused?.message == "'p/openai' exists already")
    #expect(person.keysOf.count == 1)
    let outcome = try await add(2, to: place.world, person) { $0.replaces = true }
    #expect(outcome.isReplacement)
    #expect(try place.world.open("p/openai").payload.keyText == OpenAIWorld.key(2))
    #expect(try place.world.entry("p/openai").sidecar?.serial == 2)
  }

  @Test func `the same key again keeps serial and mark, another one loses the mark`() async throws {
    let place = try OpenAIWorld([1: "valid", 2: "valid"])
    let person = KeyListener()
    _ = try await add(1, to: place.world, person)
    try place.expose()
    _ = try await add(1, to: place.world, person) { $0.replaces = true }
    #expect(person.codes == ["accepted", "stays-exposed", "accepted"])
    #expect(try place.world.entry("p/openai").sidecar?.serial == 1)
    #expect(try place.world.entry("p/openai").sidecar?.exposed != nil)
    _ = try await add(2, to: place.world, person) { $0.replaces = true }
    #expect(try place.world.entry("p/openai").sidecar?.exposed == nil)
    #expect(try place.world.entry("p/openai").sidecar?.retired.map(\.serial) == [1])
  }

  @Test func `what could not be stored is not sent`() async throws {
    let place = try OpenAIWorld([1: "valid"])
    try place.world.scratch.remove("vault/.public-keys/\(Keyring.alice.fingerprint)")
    let person = KeyListener()
    #expect(try await refusal { _ = try await add(1, to: place.world, person) } != nil)
    #expect(place.stub.requests.isEmpty)
  }

  private func acme() throws -> World {
    let world = try World()
    try world.write(Acme(at: "https://api.acme.invalid/v1").text, to: "providers.d/acme.yaml")
    return world
  }

  private func addAcme(
    to world: World, _ person: KeyListener, _ change: (inout AddKey) -> Void = { _ in }
  ) async throws -> AddKey.Outcome {
    var action = AddKey(try EntryName("p/acme"))
    change(&action)
    return try await action.run(
      in: person.workspace(world, policy: .nothingAllowed), key: person.hand(Acme.credential))
  }

  @Test(arguments: [false, nil])
  func `without consent to the repository's host no key is asked for, stored or sent`(
    consent: Bool?
  ) async throws {
    let world = try acme()
    let person = KeyListener(consent: consent)
    let before = Trap.shared.connections
    let refused = try await refusal { _ = try await addAcme(to: world, person) }
    #expect(
      refused?.message
        == "only providers.d/acme.yaml names 'api.acme.invalid', so no key is sent there")
    #expect(person.asked.map(\.question).count == 1)
    #expect(person.keysOf.isEmpty)
    #expect(try world.repository.vault.entries().isEmpty)
    // Forcing stores the key and consents to nothing.
    let outcome = try await addAcme(to: world, person) { $0.checks.isForced = true }
    #expect(outcome.hosts == [])
    #expect(person.codes == ["unsent"])
    #expect(Trap.shared.connections == before)
  }

  @Test func `consent binds the key to the host`() async throws {
    let world = try acme()
    let person = KeyListener(consent: true)
    let outcome = try await addAcme(to: world, person) { $0.checks.asksProvider = false }
    #expect(outcome.hosts == ["api.acme.invalid"])
    #expect(try world.open("p/acme").payload.hosts == ["api.acme.invalid"])
    #expect(
      person.asked.map(\.question) == [
        "send this key to 'api.acme.invalid', which only providers.d/acme.yaml names?"
      ])
  }
}
