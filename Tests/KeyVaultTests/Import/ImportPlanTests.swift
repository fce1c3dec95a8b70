import Foundation
import Naming
import Secrets
import TestSupport
import Testing

@testable import KeyVault

@Suite(.fewAtATime)
struct ImportPlanTests {
  private static let tail = "NotARealKey-NotARealKey-NotARealKey-"
  private static let openAI = "sk-proj-\(tail)1"
  private static let plain = "NotARealKeyNotARealKeyNotARealKey"

  private func plan(
    _ text: String, _ answers: [Name: String] = [:], except: Set<Name> = [], in world: World
  ) throws -> ImportPlan {
    try ImportPlan(
      of: DotenvText(Secret(utf8: text)).variables, answers: answers, excluded: except,
      to: "production", in: world.repository, policy: OriginPolicy(allowed: []))
  }

  /// `VARIABLE → entry, rendered as VARIABLE`.
  private func places(_ plan: ImportPlan) -> [String] {
    plan.keys.map { key in
      "\(key.found.name) → \(key.entry) of \(key.provider.id)"
        + (key.variable.map { " as \($0)" } ?? "")
    }
  }

  @Test func `a name identifies the provider, else the form of a key does`() throws {
    let plan = try plan(
      """
      PORT=3000
      MISTRAL_API_KEY=\(Self.plain)
      COHERE_API_KEY=\(Self.plain)
      OPENAI_ADMIN_KEY=sk-admin-\(Self.tail)2
      TEAM_KEY=gsk_\(Self.plain)
      MAPS=pa-\(Self.plain)
      """, in: World())
    #expect(
      places(plan) == [
        "MISTRAL_API_KEY → production/mistral of mistral",
        "COHERE_API_KEY → production/cohere of cohere as COHERE_API_KEY",
        "OPENAI_ADMIN_KEY → production/openai of openai",
        "TEAM_KEY → production/groq of groq as TEAM_KEY",
      ])
    #expect(plan.ambiguities.map(\.found.name) == ["MAPS"])
    #expect(plan.ambiguities.first?.candidates == ["voyage"])
    #expect(plan.skipped.map(\.found.name) == ["PORT"])
  }

  @Test
  func `a variable not known to hold a key is reported, and taken once a person permits it`()
    throws
  {
    let text = "SPARE_MODE=\(Self.openAI)1\nBASH_ENV=\(Self.openAI)2"
    let world = try World()
    let refused = try plan(text, in: world)
    #expect(refused.keys.isEmpty && refused.unlisted == ["SPARE_MODE"])
    #expect(refused.refused.map(\.found.name) == ["SPARE_MODE", "BASH_ENV"])
    #expect(refused.refused[0].reason.contains("export KEYVAULT_ALLOW_NAMES=SPARE_MODE"))
    #expect(refused.refused[1].reason == "'BASH_ENV' steers programs, so it is never rendered")
    var repository = try world.repository
    repository.names = try NamePolicy(parsing: "SPARE_MODE")
    let allowed = try ImportPlan(
      of: DotenvText(Secret(utf8: text)).variables, answers: [:], excluded: [], to: "production",
      in: repository, policy: OriginPolicy(allowed: []))
    #expect(places(allowed) == ["SPARE_MODE → production/openai of openai as SPARE_MODE"])
    #expect(allowed.unlisted.isEmpty)
  }

  @Test func `the provider's own variable has its name, whatever stands first`() throws {
    let plan = try plan(
      "BATCH_KEY=\(Self.openAI)2\nOPENAI_API_KEY=\(Self.openAI)1\nSAME_KEY=\(Self.openAI)2",
      in: World())
    #expect(
      places(plan) == [
        "OPENAI_API_KEY → production/openai of openai",
        "BATCH_KEY → production/batch_key of openai as BATCH_KEY",
      ])
    #expect(plan.skipped.map(\.reason) == ["the same key as BATCH_KEY"])
  }

  @Test func `a repository cannot claim a variable`() throws {
    let world = try World()
    let acme = Acme(at: "https://acme.example.com")
    try world.write(
      acme.text.replacing("ACME_API_KEY", with: "DATABASE_URL, OPENAI_API_KEY"),
      to: "providers.d/acme.yaml")
    let text = "DATABASE_URL=postgres://x\nOPENAI_API_KEY=\(Self.openAI)"
    let first = try plan(text, in: world)
    #expect(places(first) == ["OPENAI_API_KEY → production/openai of openai"])
    #expect(first.ambiguities.map(\.candidates) == [["acme"]])
    // A person may say so.
    let second = try plan(text, ["DATABASE_URL": "acme"], in: world)
    #expect(places(second).contains("DATABASE_URL → production/acme of acme"))
  }

  @Test func `a name and a form that do not fit, or an address elsewhere, are a question`() throws {
    let router = "sk-or-v1-" + Self.plain
    let other = try plan("OPENAI_API_KEY=\(router)", in: World())
    #expect(other.ambiguities.first?.candidates == ["openai", "openrouter"])
    let user = "sk-" + Self.plain
    for (url, isOwn) in [
      ("https://api.openai.com/v1", true), ("http://localhost:1234/v1", false),
      ("https://openai.example.com/v1", false), ("nonsense", false), ("", true),
    ] {
      let plan = try plan("OPENAI_BASE_URL=\(url)\nOPENAI_API_KEY=\(user)", in: World())
      #expect(plan.keys.isEmpty != isOwn, "\(url)")
      #expect(plan.skipped.map(\.found.name) == ["OPENAI_BASE_URL"])
    }
  }

  @Test func `additional fields go with the key`() throws {
    let key = "0123456789abcdef0123456789abcdef"
    for address in [
      "AZURE_RESOURCE_NAME=acme", "AZURE_OPENAI_ENDPOINT=https://acme.openai.azure.com/",
    ] {
      let plan = try plan("\(address)\nAZURE_OPENAI_API_KEY=\(key)", in: World())
      #expect(plan.keys.first?.fields.map(\.value) == ["acme"])
      #expect(plan.keys.first?.destinations.hosts == ["acme.openai.azure.com"])
      #expect(plan.keys.first?.objection == nil)
      #expect(plan.skipped.isEmpty)
    }
    for address in ["", "AZURE_OPENAI_ENDPOINT=https://acme.openai.azure.com.example.com/"] {
      let lone = try plan(
        "\(address)\nAZURE_API_KEY=\(key)", ["AZURE_API_KEY": "azure_openai"], in: World())
      #expect(
        lone.keys.first?.objection
          == "a key of Azure OpenAI needs 'resource' too: AZURE_RESOURCE_NAME")
    }
    let stray = try plan("OPENAI_ORG_ID=org-1", in: World())
    #expect(stray.skipped.map(\.reason) == ["no key of openai comes with it"])
  }

  @Test func `names that steer programs are refused, and no flag helps`() throws {
    for name in ["BASH_ENV", "LD_PRELOAD", "GITHUB_KEY", "HTTPS_PROXY", "my_key"] {
      let plan = try plan("\(name)=\(Self.openAI)", [Name(name): "openai"], in: World())
      #expect(plan.keys.isEmpty)
      #expect(plan.refused.map(\.found.name) == [name])
    }
  }

  @Test func `what is a key's name and no key is refused, what is another's is skipped`() throws {
    let plan = try plan(
      "OPENAI_API_KEY=${A}\nB=${A}\nGROQ_API_KEY=two  \u{1b}lines\nXAI_API_KEY=\nC=1\nC=2",
      in: World())
    #expect(plan.refused.map(\.found.name) == ["OPENAI_API_KEY", "GROQ_API_KEY"])
    #expect(plan.skipped.map(\.found.name) == ["B", "XAI_API_KEY", "C", "C"])
    #expect(plan.skipped.map(\.reason)[2] == "set again in line 6, which takes effect")
  }

  @Test func `a key finds the entry that renders its variable`() throws {
    let world = try World()
    try world.store(
      "production/team", "sk-\(Self.plain)", provider: "deepseek",
      about: .init(variable: "TEAM_KEY"))
    let again = try plan("TEAM_KEY=sk-\(Self.plain)", in: world)
    #expect(places(again) == ["TEAM_KEY → production/team of deepseek"])
    let other = try plan("TEAM_KEY=gsk_\(Self.plain)", in: world)
    #expect(
      other.refused.map(\.reason) == [
        "'production/team' is a key of deepseek, and renders TEAM_KEY"
      ])
  }

  @Test func `answers and exceptions name what is there`() throws {
    let text = "A=\(Self.openAI)"
    #expect(try plan(text, except: ["A"], in: World()).skipped.map(\.reason) == ["left out"])
    #expect(throws: Failure.self) { try plan(text, except: ["B"], in: World()) }
    #expect(throws: Failure.self) { try plan(text, ["B": "openai"], in: World()) }
    #expect(throws: Failure.self) { try plan(text, ["A": "opnai"], in: World()) }
  }
}
