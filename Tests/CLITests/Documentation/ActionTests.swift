import Foundation
import TestSupport
import Testing
import YAML

/// The files at the top of the repository that other programs look for there.
@Suite(.fewAtATime) struct ActionTests {
  private func document(_ name: String) throws -> Node {
    let file = World.repository.appending(path: name)
    return try Document(parsing: Array(Data(contentsOf: file))).root
  }

  /// Runs the action's one step as a runner does, in a repository with a provider that answers.
  private func step(
    _ environment: String, in world: World
  ) throws -> (output: String, errors: String, status: Int32) {
    let step = try #require(try document("action.yml")["runs"]?["steps"]?.sequence?.first)
    let script = try #require(step["run"]?.string)
    return try world.run(
      """
      export ACTION_FOLDER='\(World.repository.path)' INPUT_BINARY="$(command -v keyvault)"
      export GITHUB_EVENT_NAME=pull_request GITHUB_STEP_SUMMARY=../summary CI=true
      \(environment)
      \(script)
      """)
  }

  private func world() throws -> World {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      printf 'environments:\\n  production: {gateway: "%s/{provider}@valid"}\\n' "$STUB" \
        >> keyvault.yaml
      git init -q
      """)
    return world
  }

  @Test func `the action's steps are composed of no input`() throws {
    let action = try document("action.yml")
    #expect(action["name"]?.string == "keyvault")
    #expect(action["runs"]?["using"]?.string == "composite")
    let inputs = try #require(action["inputs"]?.mapping)
    for input in inputs {
      #expect(input.value["description"]?.string != nil && input.value["default"] != nil)
    }
    for step in try #require(action["runs"]?["steps"]?.sequence) {
      #expect(step["shell"]?.string == "bash")
      #expect(step["run"]?.string?.contains("${{") == false)
      let passed = try #require(step["env"]?.mapping).map(\.value.string)
      for input in inputs { #expect(passed.contains("${{ inputs.\(input.key) }}"), "\(input.key)") }
    }
    let text = try String(
      contentsOf: World.repository.appending(path: "action.yml"), encoding: .utf8)
    #expect(!text.contains("secrets."))
  }

  @Test func `validate needs no key and annotates what is wrong`() throws {
    let world = try world()
    let sound = try step("export KEYVAULT_GPG_KEY=nonsense", in: world)
    #expect(sound.status == 0, "\(sound)")
    let wrong = try step(
      "echo x >> vault/production/openai.gpg; mkdir sub; cd sub; export INPUT_FOLDER=..", in: world)
    #expect(wrong.status == 1)
    #expect(wrong.output.contains("::error file=vault/production/openai.yaml,line=5,"), "\(wrong)")
  }

  @Test func `validate compares with the base that is named, and checks that it is there`() throws {
    let world = try world()
    try world.output(
      """
      printf %s "$OPENAI-2" | keyvault rotate production/openai --no-test --quiet
      git add -A; git commit -q -m start; git branch base
      cp -a "$FILLED/vault/production/." vault/production/; git commit -q -a -m 'an older key'
      """)
    let sound = try step("export INPUT_BASE=HEAD", in: world)
    #expect(sound.status == 0, "\(sound)")
    let wrong = try step("export INPUT_BASE=base", in: world)
    #expect(wrong.status == 1)
    #expect(
      wrong.output.contains("::error file=vault/production/openai.yaml,"), "\(wrong)")
    #expect(wrong.output.contains("serial"), "\(wrong)")
    let missing = try step("export INPUT_BASE=nothing", in: world)
    #expect(missing.status != 0 && missing.errors.contains("nothing"), "\(missing)")
  }

  @Test func `test asks the providers, and status writes the job's summary`() throws {
    let world = try world()
    let test = try step(
      #"export INPUT_COMMAND=test INPUT_SELECTION="production/openai production/anthropic""#,
      in: world)
    #expect(test.status == 0, "\(test)")
    #expect(try world.output("cat ../summary").contains("production/anthropic"))
    let status = try step(
      "rm ../summary; export INPUT_COMMAND=status INPUT_SELECTION=production", in: world)
    #expect(status.status == 0, "\(status)")
    #expect(try world.output("cat ../summary") == status.output)
    #expect(status.output.contains("| production/openai |"))
  }

  static let refused = [
    "GITHUB_EVENT_NAME=pull_request_target", "INPUT_COMMAND='render production'",
    "INPUT_BINARY=README.md", "INPUT_BINARY= PATH=/usr/bin:/bin",
  ]

  @Test(arguments: refused) func `what is not safe or not possible is refused`(
    _ setting: String
  ) throws {
    let result = try step("export \(setting)", in: try world())
    #expect(result.status == 64, "\(result)")
    #expect(result.output.hasPrefix("::error title=keyvault::"))
  }

  @Test func `each hook is a command that finds what it says`() throws {
    let hooks = try #require(try document(".pre-commit-hooks.yaml").sequence)
    #expect(hooks.compactMap { $0["id"]?.string } == ["keyvault-staged", "keyvault-validate"])
    for hook in hooks {
      #expect(hook["language"]?.string == "system" && hook["pass_filenames"]?.bool == false)
      let entry = try #require(hook["entry"]?.string)
      let world = try world()
      try world.output("git add -A; \(entry)")
      let wrong = try world.run("echo x > vault/production/openai.gpg; git add -A; \(entry)")
      #expect(wrong.status == 1)
      #expect((wrong.output + wrong.errors).contains("error[not-openpgp]"))
    }
  }
}
