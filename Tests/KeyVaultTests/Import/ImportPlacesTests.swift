import Naming
import Secrets
import TestSupport
import Testing

@testable import KeyVault

/// Where imported keys go, beside existing entries.
@Suite(.fewAtATime)
struct ImportPlacesTests {
  private static let key = "sk-proj-NotARealKey-NotARealKey-NotARealKey-1"

  private func plan(
    _ variables: [FoundVariable], _ answers: [Name: String] = [:], in world: World
  ) throws -> ImportPlan {
    try ImportPlan(
      of: variables, answers: answers, excluded: [], to: "production", in: world.repository,
      policy: OriginPolicy(allowed: []))
  }

  private func plan(
    _ text: String, _ answers: [Name: String] = [:], in world: World
  ) throws -> ImportPlan {
    try plan(DotenvText(Secret(utf8: text)).variables, answers, in: world)
  }

  @Test func `an existing entry that does not fit answers no question`() throws {
    let world = try World()
    try world.write(Acme(at: "https://acme.example.com").text, to: "providers.d/acme.yaml")
    try world.store(
      "production/team", "sk-NotARealKeyNotARealKeyNotARealKey", provider: "deepseek",
      about: .init(variable: "TEAM_KEY"))
    // Anybody who may push can add such an entry, and the definition of its provider.
    try world.store(
      "production/other", Acme.credential, provider: "acme", about: .init(variable: "ACME_API_KEY"))
    let plan = try plan(
      "TEAM_KEY=pa-NotARealKeyNotARealKeyNotARealKey\nACME_API_KEY=postgres://x", in: world)
    #expect(plan.keys.isEmpty)
    #expect(plan.ambiguities.map(\.candidates) == [["voyage"], ["acme"]])
  }

  @Test func `a folder below is another environment`() throws {
    let world = try World()
    try world.store("production/eu/openai", Self.key)
    let plan = try plan("OPENAI_API_KEY=\(Self.key)", in: world)
    #expect(plan.keys.map(\.entry.path) == ["production/openai"])
  }

  @Test func `two keys of one variable are not both taken`() throws {
    let found = ["a/TEAM_KEY", "b/TEAM_KEY"].enumerated().map { number, path in
      FoundVariable(entry: path, shown: path, Secret(utf8: Self.key + "\(number)"))
    }
    let plan = try plan(found, in: World())
    #expect(plan.keys.map(\.found.name) == ["a/TEAM_KEY"])
    #expect(plan.refused.map(\.reason) == ["another key is rendered as TEAM_KEY already"])
  }

  @Test func `the variable of an address takes no key`() throws {
    let plan = try plan(
      "OPENAI_BASE_URL=\(Self.key)", ["OPENAI_BASE_URL": "openai"], in: World())
    #expect(plan.keys.isEmpty)
    #expect(plan.refused.map(\.found.name) == ["OPENAI_BASE_URL"])
  }

  @Test func `an additional field with a control character is an objection`() throws {
    let plan = try plan(
      "OPENAI_ORG_ID=org\u{1b}1\nOPENAI_API_KEY=\(Self.key)", in: World())
    #expect(
      plan.keys.map(\.objection) == [
        "the value of 'organization' is empty or has a control character"
      ])
  }
}
