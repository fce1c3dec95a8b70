import Naming
import Secrets
import TestSupport
import Testing

@testable import KeyVault

@Suite(.oneAtATime)
struct ImportKeysTests {
  private func found(_ variables: [(String, String)]) -> [FoundVariable] {
    variables.enumerated().map { index, variable in
      FoundVariable(variable.0, Secret(utf8: variable.1), line: index + 1)
    }
  }

  private func run(
    _ variables: [(String, String)], in world: World, _ person: KeyListener,
    policy: OriginPolicy? = nil, _ change: (inout ImportKeys) -> Void = { _ in }
  ) async throws -> ImportKeys.Outcome {
    let workspace = try person.workspace(world, policy: policy)
    var action = ImportKeys(found(variables), to: "p")
    change(&action)
    return try await action.run(action.plan(in: workspace), in: workspace)
  }

  private func statuses(_ outcome: ImportKeys.Outcome) -> [String] {
    outcome.keys.map { "\($0.key.entry) \($0.status)" }.sorted()
  }

  private static let mistral = "NotARealKeyNotARealKeyNotARealKe"

  @Test func `of several keys, one that its provider rejects is refused and the others are stored`()
    async throws
  {
    let stub = try Stub(
      [
        "openai/invalid": #"{"status": 401, "body": {"error": {"code": "invalid_api_key"}}}"#,
        "mistral/invalid": #"{"status": 200, "body": {"object": "list", "data": []}}"#,
      ])
    let world = try World("environments: {p: {gateway: \"\(stub.gateway)\"}}\n")
    let variables = [
      ("OPENAI_API_KEY", OpenAIWorld.key(1)), ("MISTRAL_API_KEY", Self.mistral), ("PORT", "80"),
    ]
    let person = KeyListener()
    let outcome = try await run(variables, in: world, person)
    #expect(statuses(outcome) == ["p/mistral stored", "p/openai refused"])
    #expect(outcome.stored.map(\.path) == ["p/mistral"])
    #expect(
      outcome.keys.first { $0.status == .refused }?.reason?.hasPrefix("OpenAI rejects this key")
        == true)
    #expect(try world.repository.vault.entries().map(\.name.path) == ["p/mistral"])
    let forced = try await run(variables, in: world, person) { $0.checks.isForced = true }
    #expect(statuses(forced) == ["p/mistral present", "p/openai stored"])
    #expect(person.text.contains(OpenAIWorld.key(1)) == false)
  }

  @Test func `another key at a place is refused, and forcing does not overwrite it`() async throws {
    let place = try OpenAIWorld([1: "valid", 2: "valid"])
    try place.world.store("p/openai", OpenAIWorld.key(1))
    let variables = [("OPENAI_API_KEY", OpenAIWorld.key(2))]
    let refused = try await run(variables, in: place.world, KeyListener()) {
      $0.checks.isForced = true
    }
    #expect(statuses(refused) == ["p/openai refused"])
    #expect(place.stub.requests.isEmpty)
    let dry = try await run(variables, in: place.world, KeyListener()) {
      $0.replaces = true
      $0.isDry = true
    }
    #expect(statuses(dry) == ["p/openai planned"])
    #expect(place.stub.requests.isEmpty)
    let replaced = try await run(variables, in: place.world, KeyListener()) { $0.replaces = true }
    #expect(statuses(replaced) == ["p/openai stored"] && replaced.hasReplaced)
    #expect(try place.world.open("p/openai").payload.keyText == OpenAIWorld.key(2))
  }

  @Test(arguments: [true, false, nil])
  func `each host is asked about once, and without consent nothing is stored`(
    consent: Bool?
  ) async throws {
    let world = try World()
    try world.write(Acme(at: "https://api.acme.invalid/v1").text, to: "providers.d/acme.yaml")
    let person = KeyListener(consent: consent)
    let outcome = try await run(
      [("ACME_API_KEY", Acme.credential), ("ACME_OTHER_KEY", Acme.credential + "2")], in: world,
      person, policy: .nothingAllowed
    ) {
      $0.answers = ["ACME_API_KEY": "acme", "ACME_OTHER_KEY": "acme"]
      $0.checks.asksProvider = consent != true
    }
    let hosts = person.asked.filter { if case .send = $0 { true } else { false } }
    // Where there is no person, each key is asked about in vain.
    #expect(hosts.count == (consent == nil ? 2 : 1))
    #expect(outcome.keys.allSatisfy { $0.status == (consent == true ? .stored : .refused) })
    #expect(outcome.keys.count == 2)
    if consent == true {
      #expect(try world.open("p/acme").payload.hosts == ["api.acme.invalid"])
    }
  }

  @Test func `the front end says whose a key is, and what is hidden from git comes first`()
    async throws
  {
    let variables = [("BOT_TOKEN", "sk-NotARealKeyNotARealKeyNotARealKey5")]
    func plan(_ person: KeyListener, _ change: (inout ImportKeys) -> Void = { _ in }) throws
      -> (plan: ImportPlan, hidden: [String])
    {
      let world = try World()
      var action = ImportKeys(found(variables), to: "p")
      change(&action)
      var hidden: [String] = []
      let plan = try action.plan(in: person.workspace(world)) { plan in
        hidden = (plan.keys.map(\.found) + plan.ambiguities.map(\.found)).map(\.name)
      }
      return (plan, hidden)
    }
    let answered = try plan(KeyListener(provider: "deepseek"))
    #expect(answered.plan.keys.map(\.entry.path) == ["p/deepseek"])
    #expect(answered.hidden == ["BOT_TOKEN"])
    #expect(try plan(KeyListener()).plan.ambiguities.count == 1)
    #expect(
      try plan(KeyListener(provider: "deepseek")) { $0.isAttended = false }.plan.keys.isEmpty)
  }
}
