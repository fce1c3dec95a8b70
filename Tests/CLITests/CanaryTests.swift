import Foundation
import Testing

/// No command shows a key, but those that exist to show it.
@Suite struct CanaryTests {
  static let commands = [
    "keyvault ls --format json", "keyvault show production/openai --format json",
    "keyvault status --format json", "keyvault status --format markdown",
    "keyvault validate --format json", "keyvault doctor --verbose",
    #"keyvault test --verbose --format json --gateway "$STUB/{provider}@valid""#,
    #"keyvault test --verbose --gateway "$STUB/{provider}@invalid""#,
    #"keyvault test --retries 0 --control --quota --details --gateway "$STUB/{provider}@valid""#,
    #"keyvault test --format junit --gateway "$STUB/{provider}@invalid""#,
    #"keyvault test --format github --gateway "$STUB/{provider}@invalid""#,
    #"keyvault test --format sarif --gateway "$STUB/{provider}@invalid""#,
    #"keyvault test > /dev/null --gateway "$STUB/{provider}@valid"; keyvault history --format json; cat .keyvault/history.jsonl"#,
    #"keyvault providers check openai production/openai --gateway "$STUB/{provider}@invalid""#,
    "keyvault adopt production/openai --verbose",
    "keyvault set production/openai owner=x@y.example",
    "keyvault render production -o .env --verbose",
    "keyvault render production -o .env; cat .keyvault/cache/*",
    """
    keyvault render production -o .env
    for file in .keyvault/cache/*; do echo x >> "$file"; done
    keyvault render production -o .env --verbose
    """,
    #"printf '%s\nx' "$OPENAI" | keyvault add production/openai --force --no-test"#,
    #"printf '%s ' "$OPENAI" | keyvault add production/openai --force --no-test"#,
    #"printf '%s' "$ANTHROPIC" | keyvault add production/mistral --no-test"#,
    #"printf '%s' "$OPENAI" | keyvault add production/openai --force --verbose --no-test"#,
    #"printf '%s9' "$OPENAI" | keyvault rotate production/openai --no-test --verbose"#,
    #"printf '%s' "$OPENAI" | keyvault rotate production/openai --no-test --verbose"#,
    "keyvault mv production/openai staging/ --verbose",
    "keyvault cp production/openai staging/ --verbose",
    "keyvault get production/openai --field nothing",
    "keyvault render production --list-formats", "keyvault render production -o .env --check",
    "echo OPENAI_API_KEY=x > .env; keyvault render production -o .env --check --verbose",
    "keyvault render production --format gitlab --prefix x",
    "keyvault pick text-generation production",
    "keyvault pick text-generation production --format json",
    #"keyvault pick text-generation production --test --gateway "$STUB/{provider}@invalid""#,
    "keyvault exec production -- true", "keyvault exec production --pick vision -- true",
    "keyvault exec production --mask -- env", "keyvault exec production --mask -- sh -c 'env >&2'",
    "keyvault exec production --mask -- sh -c 'env | base64 -w0'",
    "keyvault exec production --files --clean -- env",
    "keyvault exec production --folder --clean -- env",
    "keyvault exec production -- no-such-command", "keyvault exec production -- /etc/passwd",
    "OPENAI_API_KEY=x keyvault exec production --strict -- env",
    #"keyvault import staging --from ../source --dry-run --verbose"#,
    #"keyvault import staging --from ../source --no-test --format json --as GUESS=openai --force"#,
    #"keyvault import production --from ../source --no-test --verbose"#,
    #"KEY="$OPENAI" keyvault import staging --from env --no-test --verbose"#,
    "CI=true keyvault render production | cat", "keyvault rm production/openai --verbose",
  ]

  /// Lines for `import`, of which some are wrong.
  private static let source = """
    cat > ../source <<END
    OPENAI_API_KEY=$OPENAI
    ANTHROPIC_API_KEY="$ANTHROPIC
    GROQ_API_KEY='$OPENAI
    MISTRAL_API_KEY=$OPENAI
    GUESS=${OPENAI#sk-proj-}
    BASH_ENV=$OPENAI
    OPENAI_BASE_URL=https://$OPENAI@example.com
    AZURE_OPENAI_ENDPOINT=$OPENAI
    XAI_API_KEY=$OPENAI#x
    $OPENAI
    END
    """

  @Test func `no output holds a key, raw or in base64`() throws {
    for command in Self.commands {
      let world = try World()
      try world.output(#"cp -a "$FILLED/." ."#)
      try world.output(Self.source)
      let result = try world.run(command)
      #expect(Canary.leaks(in: result.output + result.errors) == [], "$ \(command)")
    }
  }

  @Test func `the canary is found where a key is shown`() throws {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    #expect(Canary.leaks(in: try world.output("keyvault get production/openai")) != [])
    #expect(Canary.leaks(in: try world.output("keyvault get production/openai | base64 -w0")) != [])
  }

  @Test func `no file but the ciphertext and what was rendered holds a key`() throws {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q
      keyvault test --gateway "$STUB/{provider}@valid" > /dev/null
      keyvault show production/openai > /dev/null
      keyvault adopt production/openai --commit 2> /dev/null
      for _ in 1 2; do keyvault render production > /dev/null; done
      test -e .keyvault/cache/*
      """)
    let found = try world.run(#"grep -rlE 'NotAReal|Tm90QVJlYWxLZXk' "$HOME" || true"#)
    #expect(found.output == "")
  }
}
