import Foundation
import TestSupport
import Testing

/// Commands within sentences and tables. Those that name no placeholder are run.
@Suite(.fewAtATime) struct RunningTextTests {
  /// Why a command is read and not run.
  private enum Reason { case network, elsewhere }

  private static let onlyRead: [String: Reason] = [
    // It asks the provider itself, with no key and with a bogus one.
    "keyvault providers check openai": .network,
    "KEYVAULT_ALLOW_HOSTS=http://10.0.0.5:8000 keyvault test": .network,
    // In a clone that has a remote branch; with the blocks of CONTRIBUTING's own story.
    "keyvault validate --base origin/main": .elsewhere,
    "keyvault providers check acme": .elsewhere,
    // Subcommands are needed.
    "keyvault git pre-commit": .elsewhere,
  ]

  /// Of those that end otherwise than with 0.
  private static let statuses: [String: Int32] = [
    // The command's name alone.
    "keyvault accept": 64, "keyvault add": 64, "keyvault add --replace": 64, "keyvault adopt": 64,
    "keyvault cp --force": 64, "keyvault mv": 64, "keyvault providers new": 64,
    "keyvault recipients add": 64, "keyvault recipients exposure": 64,
    "keyvault recipients rm": 64, "keyvault render": 64, "keyvault rotate": 64,
    "keyvault set": 64,
    // Signatures are off there.
    "keyvault sign": 64,
    // No older lists are present.
    "keyvault accept --recipients": 2,
    // No merge is in progress.
    "keyvault resolve": 2,
  ]

  /// Variables that the text around a command presumes.
  private static let settings = [
    "keyvault sign --recipients": #"export KEYVAULT_TRUSTED_SIGNERS="$FPR""#
  ]

  /// Words in capitals, `…`, `[…]`, and variables stand for something.
  private static func isWhole(_ text: String) -> Bool {
    !text.contains { "…[|$".contains($0) }
      && !text.split(separator: " ").contains { word in
        word.count > 1 && word.allSatisfy { $0.isUppercase || $0 == "-" }
      }
  }

  private static let commands: [String] = {
    var commands: [String] = []
    for span in Markdown.pages.flatMap(\.spans) {
      let isCommand =
        span.text.hasPrefix("keyvault ")
        || span.text.hasPrefix("KEYVAULT_") && span.text.contains(" keyvault ")
      if isCommand, isWhole(span.text), !commands.contains(span.text), onlyRead[span.text] == nil {
        commands.append(span.text)
      }
    }
    return commands
  }()

  @Test(arguments: commands) func `a command within a sentence runs`(_ command: String) throws {
    let story = try StoryWorld()
    _ = try story.output(
      #"""
      cp -a "$FILLED/." .
      printf 'GROQ_API_KEY=gsk_NotARealKeyNotARealKeyNotARealKeyNotARealKeyNotARea%d\n' 0 > .env
      echo .env >> .gitignore
      git init -q; git add -A; git commit -q -m start
      """#)
    let result = try story.run("\(Self.settings[command] ?? "")\n\(command) < /dev/null")
    #expect(result.status == Self.statuses[command] ?? 0, "\(result)")
  }

  /// The rows of SECURITY's table happen one after the other; each command with the status that makes the row true.
  private static let seen: [(command: String, status: Int32)] = [
    ("cat vault/production/*.yaml vault/.gpg-id", 0),
    ("gpg --list-packets --list-only vault/production/openai.gpg", 0),
    ("gpg -d vault/production/openai.gpg", 0),
    ("git log --oneline -- vault/production/openai.gpg", 0),
    ("git show COMMIT:vault/production/openai.gpg | gpg -d", 0),
    ("keyvault recipients exposure FINGERPRINT", 0),
    ("echo x | gpg -er FINGERPRINT -o vault/production/groq.gpg", 0),
    ("keyvault validate", 0),
    ("cp vault/staging/openai.gpg vault/production/", 0),
    ("keyvault validate; keyvault get production/openai", 65),
    ("keyvault providers show openai", 0),
    ("keyvault test", 3),
  ]

  /// The copy is undone, and the repository says where keys of OpenAI go.
  private static let override = """
    git checkout -q vault
    rm vault/production/groq.gpg
    mkdir providers.d
    sed 's|https://api.openai.com|https://api.openai.example|' \
      '\(World.repository.path)/providers.d/openai.yaml' > providers.d/openai.yaml
    """

  @Test func `what SECURITY lets people see for themselves is seen`() throws {
    let page = try #require(Markdown.pages.first { $0.file == "SECURITY.md" })
    let text = try String(
      contentsOf: World.repository.appending(path: page.file), encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex(of: "## Check it in five minutes"))
    let end = try #require(lines[(start + 1)...].firstIndex { $0.hasPrefix("## ") })
    let programs = ["cat", "gpg", "git", "keyvault", "echo", "cp"]
    let commands = page.spans.filter { span in
      (start...end).contains(span.line - 1) && span.text.contains(" ")
        && programs.contains { span.text.hasPrefix($0 + " ") }
    }.map(\.text)
    #expect(commands == Self.seen.map(\.command))

    let story = try StoryWorld()
    _ = try story.output(
      #"""
      cp -a "$FILLED/." .
      printf %s "$OPENAI" | keyvault add staging/openai --no-test --quiet
      git init -q; git add -A; git commit -q -m start
      """#)
    for (command, status) in Self.seen {
      let command = command.replacing("COMMIT", with: "HEAD").replacing("FINGERPRINT", with: "$FPR")
        .replacing("gpg -er", with: "gpg --trust-model always -er")
      if command == "keyvault providers show openai" { _ = try story.output(Self.override) }
      let result = try story.run(command)
      #expect(result.status == status, "\(command)\n\(result)")
      if command.hasPrefix("cp ") {
        #expect(try story.run("keyvault validate").status == 1)
      }
    }
  }
}
