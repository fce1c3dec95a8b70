import Testing

/// Every command with keys at hand: each output format, verbose and quiet, and what goes wrong.
struct CanaryCommand: Sendable, CustomTestStringConvertible {
  let script: String
  /// Beforehand, unwatched.
  var setup = ""
  var exceptions: CanaryWorld.Exception = []

  init(_ script: String, setup: String = "", except exceptions: CanaryWorld.Exception = []) {
    (self.script, self.setup, self.exceptions) = (script, setup, exceptions)
  }

  var testDescription: String { script }

  /// The command in each of these formats, verbose and quiet.
  static func each(
    _ command: String, _ formats: [String] = [], setup: String = "",
    except exceptions: CanaryWorld.Exception = []
  ) -> Self {
    let options = formats.map { "--format \($0)" } + ["--verbose", "--quiet"]
    return Self(
      options.map {
        command.contains("{}") ? command.replacing("{}", with: $0) : "\(command) \($0)"
      }
      .joined(separator: "\n"), setup: setup, except: exceptions)
  }

  static let all = keys + people + reports + deployment + aid + failures

  static let both = ["text", "json"]

  private static let signing = "printf 'policy: {signatures: optional}\n' >> keyvault.yaml"

  /// Two branches changed the same key.
  private static let conflict = """
    keyvault test --gateway "$STUB/{provider}@valid" > /dev/null
    git checkout -q -b theirs
    keyvault rotate production/openai --no-test --quiet --commit < "$GIVEN/other"
    git checkout -q main
    (cat "$GIVEN/other"; printf 8) | keyvault rotate production/openai --no-test --quiet --commit
    git merge -q theirs || true
    """

  static let keys: [Self] = [
    .init(
      """
      (mkdir out/a; cd out/a; keyvault init --recipient "$FPR" --verbose)
      (mkdir out/b; cd out/b; keyvault init --recipient "$FPR" --quiet)
      """),
    .init(
      """
      keyvault add staging/openai --no-test --verbose < "$GIVEN/openai"
      keyvault add staging/anthropic --no-test --quiet --commit < "$GIVEN/anthropic"
      keyvault add batch/openai --verbose < "$GIVEN/openai"
      keyvault add refused/openai --verbose < "$GIVEN/openai"
      keyvault add refused/openai --force < "$GIVEN/openai"
      keyvault add odd/openai --verbose < "$GIVEN/openai"
      keyvault add odd/azure_openai --verbose --field resource=acme < "$GIVEN/wide"
      """),
    .init(
      """
      (cat "$GIVEN/openai"; echo; echo x) | keyvault add production/openai --force --no-test
      (cat "$GIVEN/openai"; printf ' ') | keyvault add production/openai --force --no-test
      (cat "$GIVEN/openai"; printf '\\001') | keyvault add production/openai --force --no-test
      keyvault add production/mistral --no-test --verbose < "$GIVEN/anthropic"
      keyvault add production/openai --no-test < "$GIVEN/other"
      keyvault add production/openai --force --no-test --verbose < "$GIVEN/other"
      """),
    .init(
      """
      KEY="$(<"$GIVEN/other")" keyvault add staging/openai --no-test --from-env KEY --verbose
      KEY="$(<"$GIVEN/openai")" keyvault rotate staging/openai --no-test --from-env KEY --verbose
      KEY="$(<"$GIVEN/openai")" keyvault import production --from env --no-test --verbose
      MY_KEY="$(<"$GIVEN/openai")" keyvault import production --from env --no-test --verbose
      OPENAI_API_KEY="$(<"$GIVEN/other")" keyvault import fresh --from env --no-test --commit
      """, except: .variable),
    .init(
      """
      keyvault rotate production/openai --no-test --verbose < "$GIVEN/openai"
      keyvault rotate production/openai --no-test --verbose --commit < "$GIVEN/other"
      keyvault rotate production/openai --no-test --quiet < "$GIVEN/openai"
      keyvault rotate production/openai --no-test --quiet --force < "$GIVEN/openai"
      keyvault rotate production/anthropic --no-test < "$GIVEN/wide"
      """),
    .init(
      """
      keyvault rotate batch/openai --verbose --verify-retired < "$GIVEN/other"
      keyvault rotate batch/openai --verbose < "$GIVEN/openai"
      """, setup: #"keyvault add batch/openai --no-test --quiet < "$GIVEN/openai""#),
    .each(
      #"keyvault import staging --from "$GIVEN/source" --no-test --as GUESS=openai {} --force"#,
      both, setup: source),
    .each(#"keyvault import fresh --from "$GIVEN/source" --dry-run"#, both, setup: source),
    .each(#"keyvault import production --from "$GIVEN/source" --no-test"#, both, setup: source),
    .each(#"keyvault import batch --from - {} < "$GIVEN/source""#, both, setup: source),
    .each(#"keyvault import refused --from - {} < "$GIVEN/source""#, both, setup: source),
    .each(#"keyvault import odd --from - {} < "$GIVEN/source""#, both, setup: source),
    .init(
      "keyvault import fresh --from pass:team --no-test --verbose",
      setup: """
        mkdir -p ~/.password-store/team; echo "$FPR" > ~/.password-store/.gpg-id
        gpg -q -e -r "$FPR" --trust-model always -o ~/.password-store/team/OPENAI_API_KEY.gpg "$GIVEN/openai"
        """),
    .init(
      """
      keyvault adopt production/openai --verbose --commit
      cp vault/production/anthropic.gpg vault/production/claude.gpg
      keyvault adopt production/claude --provider anthropic --verbose
      keyvault adopt production/claude --provider anthropic --from production/anthropic --quiet
      """),
    .init(
      """
      keyvault get production/openai --verbose
      keyvault get production/openai --quiet --reveal
      """, except: .output),
    .init(
      "keyvault get production/openai --field nothing; CI=true keyvault get production/openai | cat"
    ),
    .each("keyvault show production/openai", both),
    .each("keyvault show production/azure_openai", both),
    .each("keyvault ls", both), .each("keyvault ls production", both),
    .init(
      """
      keyvault set production/openai owner=x@y.example --verbose --commit
      keyvault set production/azure_openai --field resource=other --quiet
      """),
    .init(
      """
      keyvault mv production/openai staging/ --verbose --commit
      keyvault mv staging/openai production/ --quiet
      keyvault cp production/openai staging/ --verbose --commit
      keyvault cp production/openai staging/ --quiet --force
      keyvault rm staging/openai --verbose --commit
      keyvault rm -f production/openai --quiet
      """),
    .init("keyvault resolve --no-test --verbose; keyvault resolve --ours --quiet", setup: conflict),
    .init(
      #"keyvault resolve --verbose"#,
      setup: """
        printf '  production: {gateway: "%s/{provider}@odd"}\n' "$ECHO" >> keyvault.yaml
        git commit -q -a -m gateway
        \(conflict)
        """),
    .init(
      """
      export KEYVAULT_TRUSTED_SIGNERS=$FPR
      keyvault sign --verbose --commit
      keyvault sign production/openai --quiet
      """, setup: signing),
    .init(
      "keyvault accept production/anthropic --verbose; keyvault accept production/openai --force --quiet",
      setup: "keyvault get production/openai > /dev/null"),
  ]

  /// Lines for `import`, of which some are wrong.
  private static let source = """
    openai=$(<"$GIVEN/openai") wide=$(<"$GIVEN/wide")
    cat > "$GIVEN/source" <<END
    OPENAI_API_KEY=$openai
    ANTHROPIC_API_KEY="$(<"$GIVEN/anthropic")
    GROQ_API_KEY='$openai
    MISTRAL_API_KEY=$openai
    GUESS=${openai#sk-proj-}
    BASH_ENV=$openai
    OPENAI_BASE_URL=https://$openai@example.com
    AZURE_OPENAI_ENDPOINT=$openai
    AZURE_OPENAI_API_KEY=$wide
    XAI_API_KEY=$openai#x
    WIDE=$wide \\$wide
    $openai
    $openai=x
    END
    """

  static let people: [Self] = [
    .each("keyvault recipients"), .each("keyvault recipients ls", both),
    .each("keyvault recipients exposure $FPR", both),
    .init(
      """
      keyvault recipients add "$GIVEN/bob.asc" --folder production --verbose --commit
      keyvault recipients refresh --verbose; keyvault recipients refresh --quiet
      keyvault recipients rm --verbose --commit --folder production "$(<"$GIVEN/bob")"
      keyvault recipients add "$GIVEN/bob.asc" --quiet
      keyvault recipients rm --quiet "$(<"$GIVEN/bob")"
      """,
      setup: """
        gpg() { command gpg --homedir ../bobs --batch --quiet "$@" 2> /dev/null; }
        mkdir -m 700 ../bobs
        gpg --passphrase '' --quick-generate-key 'Bob <bob@example.com>' future-default default never
        gpg --armor --export > "$GIVEN/bob.asc"
        gpg --list-keys --with-colons | awk -F: '$1=="fpr"{print $10; exit}' > "$GIVEN/bob"
        """),
    .init(
      """
      export KEYVAULT_TRUSTED_SIGNERS=$FPR
      keyvault sign --recipients --verbose --commit; keyvault sign --recipients --quiet
      """, setup: signing),
    .init(
      "keyvault reencrypt --check --verbose; keyvault reencrypt --verbose --commit; keyvault reencrypt --quiet"
    ),
  ]

  private static func test(_ answer: String, _ options: String = "") -> Self {
    each(
      #"keyvault test --retries 0 --gateway "$ECHO/{provider}@\#(answer)" \#(options)"#,
      ["text", "json", "junit", "github", "sarif"])
  }

  static let reports: [Self] = [
    .each(
      "keyvault validate --history", ["text", "json", "sarif", "github", "junit"]),
    .each(
      "keyvault validate --base HEAD --strict", ["text", "json", "sarif", "github", "junit"],
      setup: """
        echo 'x: [' >> vault/production/openai.yaml
        cp "$GIVEN/openai" vault/production/plain.gpg
        mv vault/production/plain.gpg vault/production/plain; ln -s plain vault/production/link.gpg
        """, except: .plain),
    test("valid", "--quota --control --details"), test("invalid", "--details --control"),
    test("odd", "--details"), test("broken", "--details"),
    .init(
      #"for a in reset waf_html bare_401 half_json; do keyvault test --retries 0 --verbose --gateway "$STUB/{provider}@$a"; done"#
    ),
    .each(
      "keyvault status", ["text", "json", "markdown"],
      setup: #"keyvault test --gateway "$ECHO/{provider}@invalid" > /dev/null || true"#),
    .init(
      #"keyvault test --format json --gateway "$ECHO/{provider}@invalid" > out/r; keyvault status --results out/r"#
    ),
    .each(
      "keyvault log --verdicts", both,
      setup:
        #"for a in valid invalid odd; do keyvault test --gateway "$ECHO/{provider}@$a" > /dev/null || true; done"#
    ),
    .each(
      "keyvault log production/openai --changes --verdicts", both,
      setup:
        #"for a in valid invalid odd; do keyvault test --gateway "$ECHO/{provider}@$a" > /dev/null || true; done"#
    ),
    .init("keyvault completion bash; keyvault completion zsh; keyvault completion fish"),
    .each("keyvault providers"), .each("keyvault providers ls", ["text", "json", "markdown"]),
    .each("keyvault providers show openai", both),
    .init("keyvault providers new acme --verbose; keyvault providers new acme2 --quiet"),
    .each(
      #"keyvault providers check openai production/openai --gateway "$ECHO/{provider}@invalid""#,
      both),
    .each(
      #"keyvault providers check openai production/openai --gateway "$ECHO/{provider}@odd""#, both),
    .each(
      #"keyvault providers check azure_openai production/azure_openai --field resource=acme --gateway "$ECHO/{provider}@valid""#,
      both),
  ]
}
