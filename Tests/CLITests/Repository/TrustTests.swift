import Foundation
import ProviderStub
import TestSupport
import Testing

/// What a pull request that changes `providers.d/` brings about.
@Suite(.fewAtATime) struct TrustTests {
  private func world() throws -> World {
    let world = try World()
    try world.output(
      """
      cp -a "$EMPTY/." .
      mkdir providers.d
      cp "$PROVIDERS/openai.yaml" providers.d/openai.yaml
      """.replacing("$PROVIDERS", with: World.repository.appending(path: "providers.d").path))
    return world
  }

  private func hosts(_ world: World) throws -> String {
    try world.output("gpg -q -d vault/production/openai.gpg | sed -n 's/^hosts: //p'")
  }

  @Test func `hosts of an override do not come into a payload`() throws {
    let world = try world()
    try world.output(
      """
      printf 'hosts: [evil.invalid]\\n' >> providers.d/openai.yaml
      printf %s "$OPENAI" | keyvault add production/openai --no-test
      """)
    #expect(try hosts(world) == "api.openai.com\n")
    try world.output("keyvault adopt production/openai")
    #expect(try hosts(world) == "api.openai.com\n")
    let forged = try world.run(
      """
      cp vault/production/openai.gpg ..
      printf '%s\\nhosts: evil.invalid\\n' "$OPENAI" |
        gpg -q -e --yes --trust-model always -r "$FPR" -o vault/production/openai.gpg
      keyvault adopt production/openai; mv ../openai.gpg vault/production
      """)
    #expect(
      forged.errors.contains("line 2 is 'hosts: …', which keyvault itself writes"), "\(forged)")
    // Nothing but leave from outside the repository lets them in.
    try world.output(
      """
      export KEYVAULT_ALLOW_HOSTS="evil.invalid api.openai.com"
      printf %s "$OPENAI" | keyvault add production/openai --no-test --replace
      """)
    #expect(try hosts(world) == "api.openai.com evil.invalid\n")
  }

  @Test(arguments: [
    ("s/sk-proj-/sk-/", "key.formats", "Unclear"),
    ("s/OPENAI_API_KEY/EVIL_KEY/", "key.env", "Unclear"),
    ("s/Bearer/Basic/", "auth", "Unclear"), ("s/^name: .*/name: Ours/", "name", "Valid"),
  ])
  func `what an override changes is reported, and what matters gets no key`(
    change: String, part: String, word: String
  ) throws {
    let world = try world()
    let tested = try world.run(
      """
      printf %s "$OPENAI" | keyvault add production/openai --no-test --quiet
      sed -i '\(change)' providers.d/openai.yaml
      keyvault test --gateway "$STUB/{provider}@valid"
      """)
    #expect(tested.output.contains(" \(word) "), "\(tested)")
    #expect(world.stub.requests.count == (word == "Valid" ? 1 : 0))
    let findings = try world.run("keyvault validate")
    #expect(
      findings.output.hasPrefix(
        "providers.d/openai.yaml:2:5: warning[overrides-built-in]: this changes \(part) of"),
      "\(findings)")
    #expect(findings.status == 0)
  }
}
