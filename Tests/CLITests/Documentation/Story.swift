import Foundation
import Testing

/// Blocks of one page that happen one after the other, as a person types them at a terminal: each story has a
/// world of its own. The providers are stand-ins; all else is real.
struct Story: Sendable, CustomTestStringConvertible {
  let name: String
  let fences: [Markdown.Fence]

  var testDescription: String { "\(fences[0].testDescription), \(name)" }

  /// Of every block that is to be run; one without a name is a story of its own.
  static let all: [Story] = {
    var stories: [Story] = []
    for page in Markdown.pages {
      let fences = page.fences.filter {
        $0.story != nil || $0.info.first == "sh" && !$0.info.contains("parsed")
      }
      var names: [String] = []
      for name in fences.compactMap(\.story) where !names.contains(name) { names.append(name) }
      stories += names.map { name in Story(name: name, fences: fences.filter { $0.story == name }) }
      stories += fences.filter { $0.story == nil }.map { Story(name: "deployment", fences: [$0]) }
    }
    return stories
  }()

  /// What is there before a story begins, in bash.
  static let beginnings = [
    "team": "",
    "readers": #"cp -a "$FILLED/." .; keyvault ls > ../listed; "# + Self.committed,
    "deployment": Self.filled + "printf '#!/bin/sh\\nexit 0\\n' > server; chmod +x server\n",
    "signatures": Self.filled,
    "acknowledge": Self.filled
      + "printf %s '\(Self.falKey)' | keyvault add media/fal --no-test --quiet --owner a@example.com\n",
    "provider": #"""
    cp -a "$EMPTY/." .
    mkdir -p Tests/KeyVaultTests/Fixtures
    cp -a "$ANSWERS" Tests/KeyVaultTests/Fixtures/

    """#,
  ]

  private static let committed = "git init -q; git add -A; git commit -q -m start\n"
  private static let filled = #"cp -a "$FILLED/." .; "# + committed
  private static let falKey =
    "1f0e5c7a-4b2d-4e00-8a00-9a3c5e7f1b2d:0123456789abcdef0123456789abcdef"

  /// What is pasted at the hidden prompts, one after the other, in Python. A filled repository has the first key.
  var pasted: String { name == "team" ? "[openai, openai + '9']" : "[openai + '9']" }

  /// What happens meanwhile, before or after a line that begins so: files that others send, a key that its owner
  /// revokes at the provider.
  static let before = [
    "keyvault add production/anthropic": #"printf %s "$ANTHROPIC" > ../key.txt"#,
    "keyvault recipients add bob.asc": #"cp "$HOME/bob.asc" ."#,
  ]
  static let after = [
    "keyvault rotate production/openai --commit":
      #"cp "$ANSWERS/openai/invalid.json" "$HOME/answers/openai/first.json""#
  ]

  /// The exit status that the comment behind a line promises, such as `# exit status 3`; one that depends, as in
  /// `# exit status 3 if it is not there`, is not that of the example.
  static func status(promisedBy line: String) -> Int32 {
    guard let comment = line.range(of: "exit status ", options: .backwards) else { return 0 }
    let number = line[comment.upperBound...].prefix { $0.isNumber }
    return line[number.endIndex...].hasPrefix(" if ") ? 0 : Int32(number) ?? 0
  }
}
