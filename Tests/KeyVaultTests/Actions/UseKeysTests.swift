import Naming
import TestSupport
import Testing

@testable import KeyVault

/// Testing, picking, and giving keys to programs without a command line.
@Suite(.oneAtATime)
struct UseKeysTests {
  @Test func `a test asks what is selected, lists what is missing, and remembers the answers`()
    async throws
  {
    let place = try OpenAIWorld([1: "valid"])
    let world = place.world
    try world.store("p/openai", OpenAIWorld.key(1))
    try world.store("q/openai", OpenAIWorld.key(1))
    let person = KeyListener()
    func test(_ change: (inout TestKeys) -> Void = { _ in }) async throws -> TestKeys.Outcome {
      var action = TestKeys(["p"])
      action.asking.patience = Patience(retries: 0)
      change(&action)
      let heard = Locked<[String]>([])
      let outcome = try await action.prepare(in: person.workspace(world))
        .results { result in heard.change { $0.append(result.entry) } }
      #expect(heard.value == ["p/openai"])
      return outcome
    }
    let outcome = try await test { $0.required = ["mistral"] }
    #expect(outcome.results.map(\.entry) == ["p/mistral", "p/openai"])
    #expect(outcome.results.map(\.verdict) == [.notConfigured, .valid])
    #expect(outcome.results[0].isRequired && outcome.unrecorded == nil)
    // An answer that says nothing leaves what was known.
    let unclear = try OpenAIWorld([1: "unclear"])
    try world.configure("environments: {p: {gateway: \"\(unclear.stub.gateway)\"}}\n")
    let again = try await test()
    #expect(again.results.count == 1 && again.results[0].word == .unclear)
    #expect(again.results[0].last?.verdict == .valid)
    #expect(person.codes == [])
  }

  @Test
  func `nothing to test, unknown providers, and single entries with requirements are refused`()
    async throws
  {
    let world = try World()
    try world.store("p/openai", OpenAIWorld.key(1))
    let workspace = try KeyListener().workspace(world)
    func refusal(
      _ selection: [String], _ change: (inout TestKeys) -> Void
    ) -> Failure? {
      failure {
        var action = TestKeys(selection)
        change(&action)
        _ = try action.prepare(in: workspace)
      }
    }
    #expect(refusal([]) { $0.providers = ["mistral"] }?.kind == .nothingToDo)
    #expect(refusal([]) { $0.providers = ["mistrall"] }?.hints == ["did you mean 'mistral'?"])
    #expect(refusal([]) { $0.capabilities = ["telepathy"] }?.kind == .usage)
    #expect(refusal(["p"]) { $0.required = ["mistrall"] }?.kind == .usage)
    #expect(refusal(["p/openai"]) { $0.required = ["mistral"] }?.kind == .usage)
    #expect(refusal([]) { $0.gateway = "http://203.0.113.7" }?.kind == .usage)
  }

  @Test func `a pick asks the provider and remembers what it says`() async throws {
    let place = try OpenAIWorld([1: "valid"])
    try place.world.store("p/openai", OpenAIWorld.key(1))
    let person = KeyListener()
    var action = PickKey(.textGeneration, in: "p")
    action.asksProviders = true
    let asked = try await action.run(in: person.workspace(place.world))
    #expect(asked.pick.choice?.verdict == .valid && asked.unrecorded == nil)
    action.asksProviders = false
    let known = try await action.run(in: person.workspace(place.world)).pick
    #expect(known.choice?.verdict == .valid)
    #expect(place.stub.requests.count == 1)
  }

  @Test
  func `a program gets the keys, and not its caller's where the repository names the address`()
    async throws
  {
    let place = try OpenAIWorld([1: "valid"])
    let world = place.world
    try world.store("p/openai", OpenAIWorld.key(1))
    let person = KeyListener()
    var action = EquipProgram(from: "p")
    action.capability = .textGeneration
    action.inherits = { ["OPENAI_ADMIN_KEY", "OPENAI_API_KEY"].contains($0) }
    let policy = try OriginPolicy(parsing: place.stub.base)
    let allowed = try await action.run(in: person.workspace(world, policy: policy))
    #expect(
      allowed.variables.map(\.name) == [
        "OPENAI_API_KEY", "OPENAI_BASE_URL", "AI_API_KEY", "AI_BASE_URL", "AI_PROVIDER",
      ])
    #expect(!allowed.withheld.contains("OPENAI_ADMIN_KEY") && person.codes == [])
    // The payload's own host does not permit another key.
    try world.configure("environments: {p: {gateway: \"https://gateway.invalid\"}}\n")
    try world.store("p/openai", OpenAIWorld.key(1), hosts: ["gateway.invalid"], serial: 2)
    let narrow = try await action.run(in: person.workspace(world, policy: .nothingAllowed))
    #expect(narrow.withheld.contains("OPENAI_ADMIN_KEY"))
    #expect(!narrow.withheld.contains("OPENAI_API_KEY"))
    #expect(person.codes.contains("withheld"))
  }

  @Test
  func `two values of one variable, and masks of short keys, are reported before a program starts`()
    async throws
  {
    let world = try World()
    try world.store("p/openai", OpenAIWorld.key(1))
    try world.store(
      "p/mistral", "1234567", about: .init(variable: "AI_API_KEY"))
    let person = KeyListener()
    var action = EquipProgram(from: "p")
    action.isMasked = true
    _ = try await action.run(in: person.workspace(world))
    #expect(person.codes == ["unmasked"])
    action.capability = .textGeneration
    let both = try await refusal { _ = try await action.run(in: person.workspace(world)) }
    #expect(both?.message == "'p' has an entry that gives AI_API_KEY itself")
    try world.store(
      "p/groq", "gsk_NotARealKeyNotARealKey0004",
      about: .init(variable: "OPENAI_API_KEY_FILE"))
    action.capability = nil
    action.asFiles = true
    let files = try await refusal { _ = try await action.run(in: person.workspace(world)) }
    #expect(files != nil, "a key and the file of another would have one name")
  }
}
