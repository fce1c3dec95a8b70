import Foundation
import TestSupport
import Testing

/// The question on a terminal that names a host which only the repository names.
@Suite(.fewAtATime, .needsPython) struct HostConsentTests {
  private static let question =
    "'api.acme.invalid', which only providers.d/acme.yaml names? [y/N] "

  /// A repository with a provider of its own, whose host does not exist.
  private func world(_ more: String = "") throws -> World {
    let world = try World()
    try world.output(
      """
      cp -a "$EMPTY/." .
      mkdir providers.d
      cat > providers.d/acme.yaml <<'END'
      id: acme
      name: Acme
      capabilities: [text-generation]
      base_url: https://api.acme.invalid/v1
      auth: {header: Authorization, value: "Bearer {key}"}
      key: {env: [ACME_API_KEY]}
      probe: {request: GET /models, rules: [{status: 200, text: ok, verdict: valid}]}
      END
      printf 'NotARealKeyNotARealKey' > ../key
      printf 'ACME_API_KEY=NotARealKeyNotARealKey\\n' > ../env
      \(more)
      """)
    return world
  }

  /// Runs a command on a terminal, its key from a file, and answers each question in turn.
  private func run(
    _ command: String, answers: [String], in world: World
  ) throws -> (shown: String, status: Int32) {
    let result = try Terminal.run(
      #"""
      spawn("sh", "-c", "\#(command)", columns=250)
      shown = ""
      for answer in \#(answers):
          shown += read_until("[y/N] ")
          type(answer + "\n")
      rest, status = wait()
      print(shown + rest)
      sys.exit(status)
      """#, in: world)
    return (result.output + result.errors, result.status)
  }

  private func hosts(_ world: World) throws -> String {
    try world.run("gpg -q -d vault/production/acme.gpg 2> /dev/null | sed -n 's/^hosts: //p'")
      .output
  }

  @Test(arguments: ["y", "Yes"])
  func `yes sends a new key and binds it to the host`(answer: String) throws {
    let world = try world()
    let result = try run("keyvault add production/acme < ../key", answers: [answer], in: world)
    #expect(result.status == 0, "\(result)")
    #expect(result.shown.contains("send this key to " + Self.question))
    // It was tried: there is no such host.
    #expect(result.shown.contains("unreachable"), "\(result)")
    #expect(try hosts(world) == "api.acme.invalid\n")
    #expect(!result.shown.contains("NotARealKeyNotARealKey"))
  }

  @Test(arguments: ["n", "", "yess", "oui"])
  func `any other answer sends nothing and stores nothing`(answer: String) throws {
    let world = try world()
    let result = try run("keyvault add production/acme < ../key", answers: [answer], in: world)
    #expect(result.status == 1, "\(result)")
    #expect(result.shown.contains("KEYVAULT_ALLOW_HOSTS=api.acme.invalid"), "\(result)")
    #expect(!result.shown.contains("unreachable"))
    #expect(try world.run("keyvault ls").status == 2)
  }

  @Test(arguments: ["--force", "--no-test"])
  func `after no, force stores the key without the host`(option: String) throws {
    let world = try world()
    let result = try run(
      "keyvault add production/acme \(option) < ../key", answers: ["n"], in: world)
    #expect(result.status == 0, "\(result)")
    #expect(!result.shown.contains("unreachable"))
    #expect(result.shown.contains("bound to no host"), "\(result)")
    #expect(try hosts(world) == "")
  }

  @Test func `rotate asks about a host that the old key is not bound to, and about no other`()
    throws
  {
    let world = try world(
      """
      printf NotARealKey1 | KEYVAULT_ALLOW_HOSTS=api.acme.invalid keyvault add production/acme --no-test
      """)
    let same = try run("keyvault rotate production/acme < ../key", answers: [], in: world)
    #expect(same.status == 0 && !same.shown.contains("[y/N]"), "\(same)")
    try world.output("sed -i s/api.acme/new.acme/ providers.d/acme.yaml; printf 2 >> ../key")
    let no = try run("keyvault rotate production/acme < ../key", answers: ["n"], in: world)
    #expect(no.status == 1, "\(no)")
    #expect(no.shown.contains("send this key to 'new.acme.invalid'"))
    #expect(try hosts(world) == "api.acme.invalid\n")
    let yes = try run("keyvault rotate production/acme < ../key", answers: ["y"], in: world)
    #expect(yes.status == 0, "\(yes)")
    #expect(yes.shown.contains("may travel to api.acme.invalid, new.acme.invalid"), "\(yes)")
    #expect(try hosts(world) == "api.acme.invalid new.acme.invalid\n")
  }

  @Test func `import asks once for each host, and names the variable`() throws {
    let command = "keyvault import production --from ../env --as ACME_API_KEY=acme"
    let world = try world()
    let no = try run(command, answers: ["n"], in: world)
    #expect(no.status == 1, "\(no)")
    #expect(no.shown.contains("send ACME_API_KEY to " + Self.question))
    #expect(try world.run("keyvault ls").status == 2)
    let yes = try run(command, answers: ["y"], in: world)
    #expect(yes.status == 0, "\(yes)")
    #expect(try hosts(world) == "api.acme.invalid\n")
  }

  @Test func `a gateway in TLS is asked about, one on loopback is refused without a question`()
    throws
  {
    let world = try world(
      #"""
      printf 'environments:\n  production: {gateway: "https://gateway.invalid"}\n' >> keyvault.yaml
      printf '  local: {gateway: "http://127.0.0.2:9"}\n' >> keyvault.yaml
      printf %s "$OPENAI" > ../key
      """#)
    let yes = try run("keyvault add production/openai < ../key", answers: ["y"], in: world)
    #expect(yes.status == 0, "\(yes)")
    #expect(
      yes.shown.contains(
        "send this key to 'gateway.invalid', which only keyvault.yaml names? [y/N] "))
    #expect(yes.shown.contains("may travel to api.openai.com, gateway.invalid"), "\(yes)")
    let local = try run("keyvault add local/openai < ../key", answers: [], in: world)
    #expect(local.status == 1 && !local.shown.contains("[y/N]"), "\(local)")
    #expect(local.shown.contains("KEYVAULT_ALLOW_HOSTS=http://127.0.0.2:9"), "\(local)")
  }

  @Test func `no question is asked in CI, or where standard error goes to a file`() throws {
    let world = try world()
    for command in [
      "CI=true keyvault add production/acme < ../key",
      "keyvault add production/acme < ../key 2> ../errors",
    ] {
      let result = try run(command, answers: [], in: world)
      #expect(result.status == 1 && !result.shown.contains("[y/N]"), "\(command) \(result)")
    }
  }

  @Test func `what was typed before the question does not answer it`() throws {
    let world = try world()
    let result = try Terminal.run(
      #"""
      spawn("sh", "-c", "sleep 0.5; keyvault add production/acme < ../key", columns=250)
      type("y\n")
      read_until("[y/N] ")
      time.sleep(0.3)
      type("n\n")
      rest, status = wait()
      sys.exit(status)
      """#, in: world)
    #expect(result.status == 1, "\(result)")
  }
}
