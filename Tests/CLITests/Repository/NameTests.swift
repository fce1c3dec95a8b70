import Foundation
import TestSupport
import Testing

/// Names of variables that a person writes and keyvault does not know.
@Suite(.fewAtATime) struct NameTests {
  private func answer(_ answer: String, in world: World) throws -> (output: String, status: Int32) {
    let result = try Terminal.run(
      #"""
      spawn("keyvault", "set", "production/openai", "env=AUDIT_SINK", columns=200)
      shown = read_until("[y/N] ")
      type("\#(answer)\n")
      rest, status = wait()
      print(shown + rest)
      sys.exit(status)
      """#, in: world)
    return (result.output, result.status)
  }

  @Test(.needsPython)
  func `an answer on a terminal permits a name in this repository`() throws {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    let no = try answer("n", in: world)
    #expect(no.status == 64 && no.output.contains("'AUDIT_SINK' is not a known name"), "\(no)")
    #expect(try world.output("keyvault render production --format json").contains("OPENAI_API_KEY"))
    let yes = try answer("y", in: world)
    #expect(yes.status == 0, "\(yes)")
    #expect(try world.output("keyvault render production --format json").contains("AUDIT_SINK"))
    // There are no prompts in CI, and nothing is remembered there.
    let job = try world.run("CI=true keyvault render production --format json --reveal")
    #expect(job.status == 65 && job.errors.contains("export KEYVAULT_ALLOW_NAMES=AUDIT_SINK"))
    // Another repository was not asked about.
    let other = try world.run(
      "cp -a . ../other; cd ../other; keyvault render production -o /dev/null")
    #expect(other.status == 65, "\(other)")
  }

  @Test(.needsPython)
  func `import asks for each unknown name`() throws {
    let world = try World()
    try world.output(#"cp -a "$EMPTY/." .; printf 'SPARE_HOST=%s\n' "$OPENAI" > .env"#)
    let result = try Terminal.run(
      #"""
      spawn("keyvault", "import", "production", "--from", ".env", "--no-test", columns=200)
      shown = read_until("[y/N] ")
      type("y\n")
      rest, status = wait()
      print(shown + rest)
      sys.exit(status)
      """#, in: world)
    #expect(
      result.status == 0 && result.output.contains("'SPARE_HOST' is not a known name"), "\(result)")
    #expect(try world.output("keyvault render production") == "SPARE_HOST=\(Templates.openAI)\n")
  }

  @Test func `exec keeps the caller's keys from an address that only the repository names`() throws
  {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$EMPTY/." .
      printf 0123456789abcdef0123456789abcdef | keyvault add dev/azure_openai --no-test --quiet --field resource=ours
      export AZURE_API_KEY=mine
      keyvault exec dev -- sh -c 'echo "${AZURE_API_KEY-none}"'
      KEYVAULT_ALLOW_HOSTS=ours.openai.azure.com keyvault exec dev -- sh -c 'echo "$AZURE_API_KEY"' 2>&1
      """)
    #expect(result.output == "none\nmine\n", "\(result)")
    #expect(
      result.errors.contains("left out AZURE_API_KEY of the caller's environment"), "\(result)")
  }

  @Test func `what a command runs with has no name that a file chose`() throws {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    for name in [
      "GNUMAKEFLAGS", "R_PROFILE_USER", "UV_INDEX_URL", "GROQ_BASE_URL", "LANGSMITH_ENDPOINT",
    ] {
      try world.output(
        "sed -i '/^env:/d' vault/production/openai.yaml; echo 'env: \(name)' >> vault/production/openai.yaml"
      )
      for options in ["", "--files", "--clean", "--mask", "--only production/openai"] {
        let result = try world.run("keyvault exec production \(options) -- env")
        #expect(result.status == 65 && result.output == "", "\(name) \(options): \(result)")
      }
      for format in ["dotenv", "shell", "fish", "json", "yaml", "k8s-secret --name x", "systemd"] {
        let result = try world.run("keyvault render production --format \(format)")
        #expect(result.status == 65 && result.output == "", "\(name) \(format): \(result)")
      }
      let job = try world.run(
        "GITHUB_ENV=$HOME/github keyvault render production --format github; cat $HOME/github")
      #expect(!job.output.contains(name), "\(job)")
      // The other entry is there without it.
      #expect(
        try world.output("keyvault render production --except production/openai")
          == "ANTHROPIC_API_KEY=\(Templates.anthropic)\n")
    }
  }
}
