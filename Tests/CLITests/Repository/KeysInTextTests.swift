import Foundation
import TestSupport
import Testing

/// A key that a person or a tool put into the text of a repository is shown by no command, and is reported.
@Suite(.fewAtATime) struct KeysInTextTests {
  /// A form without a prefix: known by its variable, or by where it stands.
  private static let bare = "Q7xVb2Lr9TzKp4WmNc8HdYs3GfJu6EaZ"
  private static let encoded = Data(Templates.openAI.utf8).base64EncodedString()

  /// Each text is put into the sidecar of `production/openai`, which has the line `field: …` once.
  private func write(_ field: String, _ text: String) -> String {
    """
    cp "$FILLED/vault/production/openai.yaml" vault/production/
    sed -i '/^\(field):/d' vault/production/openai.yaml
    echo '\(field): "\(text)"' >> vault/production/openai.yaml
    """
  }

  private static let commands = """
    for format in text json markdown; do keyvault status --format $format; done
    for format in text json; do
      keyvault ls --format $format
      keyvault show production/openai --format $format
    done
    keyvault set production/openai expires=2031-01-01
    keyvault test --gateway "$STUB/{provider}@valid"
    for format in text json sarif junit github; do keyvault validate --format $format; done
    """

  @Test(arguments: [
    ("preview", Templates.openAI), ("preview", bare), ("preview", bare + "…9f3A"),
    ("preview", "sk-proj-…" + bare), ("preview", "sk-proj-…9f3A…" + bare),
    ("preview", Templates.openAI.prefix(40) + "…"),
    ("owner", Templates.openAI), ("owner", "ask Alice (\(Templates.anthropic))"),
    ("description", "it is \(encoded)"), ("description", "MISTRAL_API_KEY=\(bare)"),
    ("description", "key=\(Templates.openAI)"),
  ])
  func `a key in a sidecar is shown nowhere, and is an error`(field: String, text: String) throws {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      \(write(field, text))
      { \(Self.commands); } > ../out 2>&1
      keyvault validate --format json | jq -r '.findings[] | .severity + " " + .code'
      """)
    let code = field == "preview" ? "bad-preview" : "plaintext-key"
    #expect(result.output.split(separator: "\n").contains("error \(code)"), "\(result)")
    let shown = try world.output("cat ../out")
    for key in ["NotARealKey-NotARealKey", "NotARealKey_NotARealKey", Self.bare, Self.encoded] {
      #expect(!shown.contains(key), "\(shown)")
    }
    #expect(shown.contains("…") && shown.contains("production/openai"))
  }

  @Test func `a preview that keyvault wrote is shown unchanged`() throws {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    #expect(try world.output("keyvault status").contains("sk-proj-…0001"))
    // Another version may publish another prefix; what it shows must not fail.
    try world.output(write("preview", "zz-…9f3A"))
    let shown = try world.output("keyvault show production/openai")
    #expect(shown.contains(" …9f3A\n") && !shown.contains("zz"), "\(shown)")
    try world.output("keyvault validate --strict --quiet")
  }

  @Test func `a rotation replaces what was shown too much of`() throws {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      \(write("preview", Templates.openAI))
      printf %s "${OPENAI%1}2" | keyvault rotate production/openai --no-test
      keyvault validate --strict --quiet
      grep ^preview vault/production/openai.yaml | tr -d '"'
      """)
    #expect(result.output == "preview: sk-proj-…0002\n", "\(result)")
  }

  @Test func `keys in provider files, keyvault yaml and comments are reported alone`() throws {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      keyvault providers new acme --quiet
      sed -i "s|^name: .*|name: Acme $OPENAI|; s|^description: .*|description: Use $ANTHROPIC|" \\
        providers.d/acme.yaml
      sed -i "s|keys: https.*|keys: https://acme.example/$OPENAI|" providers.d/acme.yaml
      printf 'environments:\\n  production: {description: "%s"}\\n' "$OPENAI" >> keyvault.yaml
      echo "# was $ANTHROPIC" >> vault/production/anthropic.yaml
      printf acme-0123456789abcdefghij | keyvault add production/acme --no-test > ../out 2>&1
      {
        for format in text json markdown; do keyvault providers --format $format; done
        for format in text json; do keyvault providers show acme --format $format; done
        keyvault providers check acme --answers providers.d/answers/acme
        keyvault show production/acme
        printf %s x | keyvault rotate production/acme --no-test
        keyvault test production/acme
        keyvault doctor
        keyvault show production/anthropic
        for format in text json sarif junit github; do keyvault validate --format $format; done
      } >> ../out 2>&1
      keyvault validate --format json |
        jq -r '.findings[] | select(.code == "plaintext-key") | .file'
      """)
    #expect(
      result.output
        == "keyvault.yaml\nproviders.d/acme.yaml\nvault/production/anthropic.yaml\n",
      "\(result)")
    let shown = try world.output("cat ../out")
    #expect(!shown.contains("NotARealKey"), "\(shown)")
    #expect(shown.contains("Acme …"), "\(shown)")
  }

  @Test func `the hook and a comparison with a base name each key once`() throws {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      git init -q; git add -A; git commit -qm start
      echo "# was $ANTHROPIC" >> vault/production/anthropic.yaml
      git add -A
      keyvault git pre-commit 2>&1 | grep -c plaintext-key
      keyvault validate --base HEAD --format json | jq -r '.findings[].code' | grep -c plaintext-key
      """)
    #expect(result.output == "1\n1\n", "\(result)")
  }
}
