import Foundation
import ProviderStub
import TestSupport
import Testing
import YAML

/// Files of which the documentation shows an example: each does what the text says of it.
@Suite(.fewAtATime) struct DocumentedFilesTests {
  private static let files = Markdown.fences(in: "yaml").filter { $0.story == nil }

  private func document(_ text: String) throws -> Node {
    try Document(parsing: Array(text.utf8)).root
  }

  @Test(arguments: files) func `an example of a file is valid`(_ fence: Markdown.Fence) throws {
    let story = try StoryWorld()
    let text = try story.text(fence.text)
    _ = try story.output(
      #"cp -a "$FILLED/." .; keyvault ls > ../listed; git init -q; git add -A; git commit -q -m start; git clone -q . ../clone"#
    )
    switch try #require(fence.info.dropFirst().first) {
    case "keyvault.yaml":
      _ = try story.output(
        "keyvault recipients add \"$HOME/bob.asc\" --quiet; keyvault reencrypt --quiet\n"
          + StoryWorld.script(adding: text, to: "keyvault.yaml"))
      // That nothing is signed yet is a finding of its own.
      let result = try story.run("keyvault validate")
      let errors = result.output.split(separator: "\n").filter { $0.contains(" error[") }
      #expect(errors.allSatisfy { $0.contains("-signed]") || $0.contains("-signer]") }, "\(result)")
    case "providers.d/acme.yaml":
      _ = try story.output("mkdir providers.d; cat > providers.d/acme.yaml <<'END'\n\(text)END")
      _ = try story.output("keyvault validate --strict; keyvault providers show acme")
    case "config.yaml":
      let result = try story.run(
        """
        mkdir -p "$HOME/.config/keyvault"; cat > "$HOME/.config/keyvault/config.yaml" <<'END'
        \(text)END
        keyvault sign && keyvault sign --recipients && keyvault validate && keyvault test
        """)
      #expect(result.status == 0, "\(result)")
    case ".pre-commit-config.yaml":
      let hooks = try String(
        contentsOf: World.repository.appending(path: ".pre-commit-hooks.yaml"), encoding: .utf8)
      let ids = try document(hooks).sequence?.compactMap { $0["id"]?.string } ?? []
      let named = try #require(try document(text)["repos"]?.sequence).flatMap { repository in
        repository["hooks"]?.sequence?.compactMap { $0["id"]?.string } ?? []
      }
      #expect(!named.isEmpty && named.allSatisfy(ids.contains), "\(named)")
    case "workflow": try run(try document(text), in: story)
    case let file: Issue.record("no test for examples of '\(file)'")
    }
  }

  /// Runs each command of a workflow as its runner does, in a clone.
  private func run(_ workflow: Node, in story: StoryWorld) throws {
    var commands = Self.values("run", of: workflow) + Self.values("script", of: workflow)
    #expect(!text(of: workflow).contains("pull_request_target"))
    for step in Self.nodes(of: workflow) {
      guard let action = step["uses"]?.string, action.hasPrefix("OWNER/keyvault@") else { continue }
      let inputs = try #require(try action_yml()["inputs"]?.mapping).map { $0.key }
      let given = try #require(step["with"]?.mapping)
      #expect(given.allSatisfy { inputs.contains($0.key) })
      let variables = given.map { "INPUT_\($0.key.uppercased())='\($0.value.string ?? "")'" }
      commands.append(
        "\(variables.joined(separator: " ")) INPUT_BINARY=\"$KEYVAULT\" '\(World.repository.path)/Scripts/action'"
      )
    }
    #expect(!commands.isEmpty)
    for command in commands {
      let command = command.replacing("${{ github.base_ref }}", with: "$GITHUB_BASE_REF")
        .replacing("'origin/$GITHUB_BASE_REF'", with: "\"origin/$GITHUB_BASE_REF\"")
      let result = try story.run(
        """
        cd ../clone
        export KEYVAULT_GPG_KEY="$(gpg --armor --export-secret-keys)" GNUPGHOME="$HOME/none"
        export CI=true GITHUB_ACTIONS=true GITHUB_BASE_REF=main GITHUB_EVENT_NAME=pull_request
        export GITHUB_ENV="$HOME/job.env" GITHUB_STEP_SUMMARY="$HOME/summary"; : > "$GITHUB_ENV"
        \(command)
        """)
      #expect(result.status == 0, "\(command)\n\(result)")
      #expect(!result.errors.contains("keyvault: error"), "\(result.errors)")
    }
  }

  private func action_yml() throws -> Node {
    try document(
      String(contentsOf: World.repository.appending(path: "action.yml"), encoding: .utf8))
  }

  private static func nodes(of node: Node) -> [Node] {
    [node] + (node.sequence ?? []).flatMap(nodes)
      + (node.mapping ?? []).flatMap { nodes(of: $0.value) }
  }

  private static func values(_ key: String, of node: Node) -> [String] {
    nodes(of: node).compactMap { $0.mapping == nil ? nil : $0[key]?.string }
  }

  private func text(of node: Node) -> String {
    Self.nodes(of: node).compactMap(\.string).joined(separator: "\n")
  }

  /// CONTRIBUTING's recorded answer, beside the scaffold of a provider that has a rule for it.
  @Test func `the recorded answer that is shown comes out as it says`() throws {
    let fences = Markdown.fences(in: "json")
    let fence = try #require(fences.first)
    #expect(fences.count == 1)
    let story = try StoryWorld()
    _ = try story.output(
      #"""
      cp -a "$EMPTY/." .
      mkdir answers
      keyvault providers new acme --name Acme --base-url https://api.acme.example/v1 --answers answers --quiet
      keyvault providers check acme --answers answers/acme
      cat > answers/acme/no_credit.json <<'END'
      """# + "\n" + fence.text + "END")
    let result = try story.run("keyvault providers check acme --answers answers/acme")
    // The scaffold has no rule for an account without credit: that it is missing is reported.
    #expect(result.status == 1, "\(result)")
    #expect((result.output + result.errors).contains("no_credit"), "\(result)")
  }

  /// What the demo prints with that command, on a stand-in of its own.
  private func demo(_ command: String) throws -> [String] {
    let world = try World()
    let keys = try JSONDecoder().decode(
      [String: [String: String]].self,
      from: Data(contentsOf: World.repository.appending(path: "Demo/keys.json")))
    let stub = try StubServer(answers: World.answers, keys: keys)
    defer { stub.stop() }
    let result = try world.run(
      """
      cp -r "$DEMO"/../{keyvault.yaml,providers.d,vault,Schemas} .
      export KEYVAULT_GPG_KEY_FILE="$DEMO/secret-key.asc"
      \(command.replacing("34567", with: String(stub.port)))
      """)
    #expect(result.status == 1, "\(result.errors)")
    return result.output.split(separator: "\n").map { words($0) }
  }

  /// Latencies differ, and with them the columns behind.
  private func words(_ line: some StringProtocol) -> String {
    line.replacingOccurrences(of: #" \d+ ms"#, with: " 1 ms", options: .regularExpression).split(
      separator: " "
    ).joined(separator: " ")
  }

  @Test(arguments: Markdown.fences(in: "console"))
  func `the demo prints what is shown`(_ fence: Markdown.Fence) throws {
    let lines = fence.text.split(separator: "\n").map(String.init)
    let printed = try demo(String(try #require(lines.first).dropFirst(2)))
    #expect(printed == lines.dropFirst().map { words($0) })
  }

  /// Scripts/picture makes it from a run at a terminal, which has the lines in another order.
  @Test func `the picture of a terminal shows what the demo prints`() throws {
    let picture = try String(
      contentsOf: World.repository.appending(path: "docs/terminal.svg"), encoding: .utf8)
    let lines = picture.split(separator: "\n").filter { $0.hasPrefix("<text ") }.map { line in
      words(
        line.replacing(/<[^>]*>/, with: "").replacing("&lt;", with: "<")
          .replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
          .replacing("&#x27;", with: "'").replacing("&amp;", with: "&"))
    }
    #expect(lines.first == "$ keyvault test demo")
    let printed = try demo("keyvault test demo --gateway http://127.0.0.1:34567/{provider}")
    #expect(lines.dropFirst().sorted() == printed.sorted(), "renew it: Scripts/picture")
  }
}
