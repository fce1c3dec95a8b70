import Foundation
import JSONSchema
import TestSupport
import Testing
import YAML

/// What a script may rely on: each JSON document of a command satisfies the schema that the binary
/// prints for it.
@Suite(.fewAtATime) struct OutputSchemaTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let command: String
    let schema: String
    var setup = ""

    var testDescription: String { command }
  }

  private static let exposed =
    #"printf 'exposed: {to: "%s", since: 2026-11-20, reason: gone}\nretired: {"1": unproven}\n' "$FPR" >> vault/production/openai.yaml"#

  static let cases = [
    Case(command: "keyvault ls --format json", schema: "output-ls"),
    Case(command: "keyvault show production/openai --format json", schema: "output-show"),
    Case(command: "keyvault providers ls --format json", schema: "output-providers"),
    Case(command: "keyvault providers show runway --format json", schema: "output-providers"),
    Case(command: "keyvault validate --format json", schema: "output-validate"),
    Case(
      command: "keyvault validate --format json", schema: "output-validate",
      setup:
        "mkdir providers.d; echo 'id: [1' > providers.d/acme.yaml; echo 'x: 1' >> vault/production/openai.yaml"
    ),
    Case(command: "keyvault status --format json", schema: "output-status"),
    Case(
      command: "keyvault status --format json", schema: "output-status",
      setup: #"keyvault test --gateway "$STUB/{provider}@no_credit" > /dev/null || true"#),
    Case(
      command: "keyvault show production/openai --format json", schema: "output-show",
      setup: exposed),
    Case(command: "keyvault status --format json", schema: "output-status", setup: exposed),
    Case(
      command: #"keyvault test --format json --gateway "$STUB/{provider}@valid""#,
      schema: "output-test", setup: exposed),
    Case(
      command: #"keyvault recipients exposure "$FPR" --format json"#, schema: "output-exposure",
      setup:
        #"git init -q; git add -A; git commit -q -m start; printf %s9 "$OPENAI" | keyvault rotate production/openai --no-test --quiet --commit"#
    ),
    Case(command: "keyvault recipients --format json", schema: "output-recipients"),
    Case(
      command: "keyvault recipients ls --folder staging --format json",
      schema: "output-recipients",
      setup:
        #"mkdir vault/staging; (cat vault/.gpg-id; echo 0123456789ABCDEF0123456789ABCDEF01234567) > vault/staging/.gpg-id"#
    ),
    Case(command: "keyvault doctor --format json", schema: "output-doctor"),
    Case(command: "GNUPGHOME=$HOME/none keyvault doctor --format json", schema: "output-doctor"),
    Case(command: "GNUPGHOME=$HOME/none keyvault test --format json", schema: "output-test"),
    Case(
      command: "keyvault log --verdicts --format json", schema: "output-log",
      setup:
        #"for answer in valid invalid reset; do keyvault test --retries 0 --gateway "$STUB/{provider}@$answer" > /dev/null || true; done"#
    ),
    Case(command: "keyvault pick text-generation production --format json", schema: "output-pick"),
    Case(
      command: "keyvault pick text-generation production --format json", schema: "output-pick",
      setup:
        #"keyvault test --gateway "$STUB/{provider}@no_credit" > /dev/null || true; keyvault set production/anthropic disabled=true --quiet"#
    ),
    Case(
      command:
        #"keyvault pick vision production --test --format json --gateway "$STUB/{provider}@rate_limited""#,
      schema: "output-pick"),
    Case(
      command: #"keyvault providers check openai --format json --gateway "$STUB/{provider}""#,
      schema: "output-check"),
    Case(
      command: #"keyvault providers check openai --format json --answers "$ANSWERS/openai""#,
      schema: "output-check"),
    Case(
      command:
        #"keyvault test --quota --control --format json --gateway "$STUB/{provider}@quota_credit""#,
      schema: "output-test",
      setup:
        "printf 0123456789abcdef0123456789abcdef01234560 | keyvault add production/deepgram --no-test --quiet --owner alice@example.com"
    ),
    Case(
      command: #"keyvault recipients exposure "$FPR" --format json"#, schema: "output-exposure",
      setup: "git init -q; git add -A; git commit -q -m start"),
    Case(
      command: "keyvault log staging/openai --format json", schema: "output-log",
      setup: """
        git init -q; git add -A; git commit -q -m start
        keyvault mv production/openai staging/ --commit --quiet
        keyvault test staging --gateway "$STUB/{provider}@valid" > /dev/null
        printf %s9 "$OPENAI" | keyvault rotate staging/openai --no-test --commit --quiet
        keyvault test staging --retries 0 --gateway "$STUB/{provider}@reset" > /dev/null || true
        """),
    Case(
      command: "keyvault log --changes --format json", schema: "output-log",
      setup: "git init -q; git add -A; git commit -q -m start"),
    Case(
      command:
        #"keyvault import batch --from ../source --format json --as GUESS=openai --except PORT"#,
      schema: "output-import",
      setup:
        #"sed -i "s|^environments:|&\n  batch: {gateway: \"$STUB/{provider}\"}|" keyvault.yaml; printf 'PORT=1\nOPENAI_API_KEY=%s\nGUESS=%s1\nT=sk-NotARealKeyNotARealKeyNotARealKey\nbad line\n' "$OPENAI" "$OPENAI" > ../source"#
    ),
    Case(
      command: #"keyvault import production --from ../source --format json --dry-run"#,
      schema: "output-import",
      setup:
        #"printf 'OPENAI_API_KEY=%s\nWORK=%s1\n' "$OPENAI" "$OPENAI" > ../source"#),
    Case(
      command: #"keyvault test --deadline 1 --format json --gateway "$STUB/{provider}@slow""#,
      schema: "output-test"),
  ]

  static let answers = [
    "valid", "restricted", "no_credit", "invalid", "rate_limited", "waf_html", "provider_error",
    "reset", "bare_401",
  ]

  @Test(arguments: cases) func `a document satisfies its schema`(_ example: Case) throws {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      printf 'environments:\\n  production: {require: [openai, mistral]}\\n' >> keyvault.yaml
      \(example.setup)
      """)
    try check(example.command, example.schema, in: world)
  }

  @Test(arguments: answers) func `a test's document satisfies its schema`(_ answer: String) throws {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    try check(
      #"keyvault test --all --format json --gateway "$STUB/{provider}@\#(answer)""#, "output-test",
      in: world)
  }

  private func check(_ command: String, _ name: String, in world: World) throws {
    let schema = try Schema(json: Array(try world.output("keyvault schema \(name)").utf8))
    let result = try world.run(command)
    let document = try Node(json: Array(result.output.utf8))
    #expect(schema.check(document) == [], "\(command)\n\(result.output)\(result.errors)")
    #expect(document["version"]?.int == 1)
    // A schema that allows everything would prove nothing.
    #expect(!schema.check(try Node(json: Array(#"{"version": 1, "extra": 2}"#.utf8))).isEmpty)
  }
}
