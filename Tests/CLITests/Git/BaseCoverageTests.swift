import Foundation
import TestSupport
import Testing

/// What a pull request changes, property by property.
@Suite(.fewAtATime) struct BaseCoverageTests {
  struct Edit: Sendable {
    let file: String
    /// Of sed.
    let edit: String
    /// What the message says.
    let shown: String
    var severity = "warning"
  }

  private static let sidecar = "vault/production/openai.yaml"

  static let edits = [
    Edit(file: sidecar, edit: "s/^preview: .*/preview: sk-admin-…9f3A/", shown: "'preview' is"),
    Edit(file: sidecar, edit: "s/^expires: .*/expires: 2036-01-01/", shown: "'expires' is"),
    Edit(file: sidecar, edit: "/^expires: /d", shown: "'expires' is not set"),
    Edit(file: sidecar, edit: "s/^created: 2026/created: 2027/", shown: "'created' is"),
    Edit(file: sidecar, edit: "$arotated: 2027-01-01T00:00:00Z", shown: "'rotated' is"),
    Edit(file: sidecar, edit: "$aenv: OTHER_API_KEY", shown: "'env' is"),
    Edit(file: sidecar, edit: "$adisabled: true", shown: "'disabled' is"),
    Edit(file: sidecar, edit: "$aretired: {1: 2026-01-01}", shown: "'retired' is"),
    Edit(
      file: sidecar, edit: "s/^owner: .*/owner: mallory@example.com/", shown: "'owner' is",
      severity: "note"),
    Edit(
      file: "keyvault.yaml", edit: "s/openai, anthropic/anthropic, openai/",
      shown: "'preferences.text-generation[0]' is 'anthropic'"),
    Edit(file: "keyvault.yaml", edit: "s/cache: .off./cache: on/", shown: "'cache' is looser"),
    Edit(
      file: "keyvault.yaml", edit: "s/Live/Test/",
      shown: "'environments.production.description' is", severity: "note"),
    Edit(file: "keyvault.yaml", edit: "s/require: .openai./require: []/", shown: "not require"),
    Edit(
      file: "providers.d/acme.yaml", edit: "s/^capabilities: .*/capabilities: [vision]/",
      shown: "'capabilities[0]' is 'vision'"),
    Edit(
      file: "providers.d/acme.yaml", edit: #"s|keys: .https://acme|keys: "https://evil|"#,
      shown: "'links.keys' is 'https://evil"),
    Edit(
      file: "providers.d/acme.yaml", edit: "s/^name: .*/name: OpenAI/", shown: "'name' is",
      severity: "note"),
    Edit(file: "vault/production/anthropic.yaml", edit: "s/^serial: 1/serial: 1/", shown: ""),
  ]

  private func world() throws -> World {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      mkdir providers.d
      cat > providers.d/acme.yaml <<'END'
      id: acme
      name: Acme
      capabilities: [text-generation]
      links: {keys: "https://acme.invalid/keys"}
      base_url: https://api.acme.invalid/v1
      auth: {header: Authorization, value: "Bearer {key}"}
      key: {env: [ACME_API_KEY]}
      probe: {request: GET /models, rules: [{status: 200, text: ok, verdict: valid}]}
      END
      keyvault set production/openai expires=2027-01-01 --quiet
      cat >> keyvault.yaml <<'END'
      environments:
        production: {description: Live, require: [openai]}
      preferences:
        text-generation: [openai, anthropic]
      policy: {cache: "off"}
      END
      git init -q; git add -A; git commit -q -m start
      """)
    return world
  }

  @Test func `each property that a pull request changes is reported, and nothing else`() throws {
    let world = try world()
    for edit in Self.edits {
      let result = try world.run(
        """
        sed -i '\(edit.edit)' \(edit.file)
        keyvault validate --base HEAD --format json --quiet > ../found
        git checkout -q .
        python3 - <<'END'
        import json
        for f in json.load(open("../found"))["findings"]:
            if f["code"].endswith(("-changed", "-loosened")): print(f["severity"], f["file"], f["message"])
        END
        """)
      let lines = result.output.split(separator: "\n")
      guard !edit.shown.isEmpty else {
        #expect(lines.isEmpty, "\(edit) \(result)")
        continue
      }
      #expect(lines.count == 1, "\(edit) \(result)")
      #expect(lines.first?.hasPrefix("\(edit.severity) \(edit.file) ") == true, "\(edit) \(result)")
      #expect(result.output.contains(edit.shown), "\(edit) \(result)")
    }
  }

  struct Takeover: Sendable {
    let change: String
    let was: String
  }

  @Test(arguments: [
    Takeover(change: "git rm -q vault/production/openai.*", was: "was that of 'production/openai'"),
    Takeover(
      change: "sed -i 's/^preview: .*/preview: sk-admin-…9f3A/' vault/production/openai.yaml",
      was: "was that of 'production/openai'"),
    Takeover(
      change: "git rm -q vault/production/mistral.*",
      was: "was hidden by the disabled 'production/mistral'"),
    Takeover(
      change:
        "sed -i 's/^preview: .*/&x/; s/^disabled: .*/env: OTHER_API_KEY/' vault/production/mistral.yaml",
      was: "was hidden by the disabled 'production/mistral'"),
  ])
  func `an inherited key that takes the place of another is reported`(case takeover: Takeover)
    throws
  {
    let world = try world()
    let result = try world.run(
      """
      printf 'sk-proj-NotARealKeyNotARealKeyNotARealKeyNotARealKeyNot%d' 7 | keyvault add shared/openai --no-test --quiet
      printf 'NotARealKeyNotARealKeyNotARealK1' | keyvault add shared/mistral --no-test --quiet
      printf 'NotARealKeyNotARealKeyNotARealK2' | keyvault add production/mistral --no-test --quiet
      keyvault set production/mistral disabled=true --quiet
      sed -i 's/{description: Live/{inherit: [shared], description: Live/' keyvault.yaml
      git add -A; git commit -q -m base
      keyvault validate --base HEAD --quiet | grep -c source-changed
      \(takeover.change)
      keyvault validate --base HEAD --quiet | grep source-changed
      """)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 2 && lines[0] == "0", "\(result)")
    #expect(lines.last?.contains("warning[source-changed]") == true, "\(result)")
    #expect(lines.last?.contains("is the key of 'shared/") == true, "\(result)")
    #expect(lines.last?.contains(takeover.was) == true, "\(result)")
  }
}
