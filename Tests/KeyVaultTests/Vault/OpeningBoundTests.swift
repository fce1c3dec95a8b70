import Foundation
import Synchronization
import TestSupport
import Testing

@testable import KeyVault

/// How many entries a repository can make one command open, and for how long.
@Suite(.oneAtATime)
struct OpeningBoundTests {
  /// One good entry, and copies of it, which open and are bound elsewhere.
  private func world(copies: Int) throws -> World {
    let world = try World()
    try world.store("p/openai", World.openAI)
    var sidecar = try world.scratch.text("vault/p/openai.yaml")
    if !sidecar.contains("provider:") { sidecar += "provider: openai\n" }
    for number in 0..<copies {
      try world.scratch.copy("vault/p/openai.gpg", to: "vault/p/a\(number).gpg")
      try world.write(sidecar + "env: A\(number)_API_KEY\n", to: "vault/p/a\(number).yaml")
    }
    return world
  }

  private func pick(_ world: World, until end: ContinuousClock.Instant? = nil) async throws -> Pick
  {
    let picker = Picker(
      repository: try world.repository, gpg: Keyring.alice.gpg, policy: .nothingAllowed)
    return try await picker.pick(
      .textGeneration, in: "p", past: world.past([]), now: World.now, until: end)
  }

  @Test func `an environment of more entries than one command opens is refused, a part is not`()
    async throws
  {
    let world = try world(copies: Limits.opened)
    let rendering = Rendering(repository: try world.repository, policy: .nothingAllowed)
    var refusal: Failure?
    do throws(Failure) {
      _ = try await rendering.variables(of: ["p"], gpg: Keyring.alice.gpg)
    } catch {
      refusal = error
    }
    #expect(
      refusal?.message == "'p' has 501 entries to open, and one command opens at most 500")
    #expect(refusal?.hints.first?.contains("--only") == true)
    let one = try await rendering.variables(
      of: ["p"], choosing: VariableChoice(only: ["p/openai"]), gpg: Keyring.alice.gpg)
    #expect(one.map(\.name) == ["OPENAI_API_KEY"])
  }

  @Test func `what is tried in vain has a bound, and the rest is left open`() async throws {
    let world = try world(copies: Limits.tries + 20)
    let pick = try await pick(world)
    #expect(pick.choice == nil && pick.conclusion == .inconclusive)
    #expect(pick.skipped.count == Limits.tries + 1)
    #expect(pick.skipped.dropLast().allSatisfy { $0.cause == .broken })
    #expect(
      pick.skipped.last?.reason == "not tried, like 20 more: 100 others could not be used")
    // The first that serves ends it.
    try world.configure("preferences: {text-generation: [mistral]}\n")
    try world.store("p/mistral", World.mistral)
    #expect(try await self.pick(world).choice?.entry.path == "p/mistral")
  }

  @Test func `nothing is tried after the deadline`() async throws {
    let world = try world(copies: 3)
    let pick = try await pick(world, until: .now - .seconds(1))
    #expect(pick.choice == nil && pick.conclusion == .inconclusive)
    #expect(pick.skipped.map(\.reason) == ["not tried, like 3 more: the deadline has passed"])
  }

  @Test func `a run whose time is over before it begins opens and sends nothing`() async throws {
    let stub = try Stub(["openai/x": #"{"body": {"object": "list", "data": []}}"#])
    let world = try world(copies: 3)
    let results = try await world.test(gateway: stub.gateway + "@x", deadline: .seconds(-1))
    #expect(results.count == 4 && results.allSatisfy { $0.isCutShort })
    #expect(stub.requests.isEmpty)
  }
}
