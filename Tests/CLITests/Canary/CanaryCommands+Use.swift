import Testing

/// What brings keys to programs, what helps, and what fails.
extension CanaryCommand {
  private static let dialects = [
    "dotenv", "dotenv-python", "dotenv-node", "dotenv-compose", "docker", "shell", "fish",
    "systemd",
    "gitlab", "json", "yaml", "k8s-secret --name keys",
  ]

  static let deployment: [Self] = [
    .each("keyvault render production -o out/keys", dialects),
    .each("keyvault render production", dialects, except: .output),
    .init(
      "CI=true keyvault render production | cat"
    ),
    // GitHub reads what to mask from standard output.
    .init(
      "GITHUB_ENV=$PWD/out/env GITHUB_ACTIONS=true CI=true keyvault render production --format github --verbose",
      setup: ": > out/env", except: .output),
    .init(
      """
      keyvault render production -o out/keys --verbose
      for file in .keyvault/cache/*; do echo x >> "$file"; done
      keyvault render production -o out/keys --verbose
      keyvault render production -o out/keys --check --verbose
      echo OPENAI_API_KEY=x > out/keys; keyvault render production -o out/keys --check --verbose
      keyvault render --list-formats; keyvault render production --format gitlab --prefix x
      """),
    .init(
      """
      keyvault exec production --verbose -- env; keyvault exec production --quiet --clean -- env
      keyvault exec production --pick vision -- sh -c 'env >&2'
      """, except: [.output, .errors, .child]),
    .init(
      """
      keyvault exec production --mask --verbose -- env
      keyvault exec production --mask -- sh -c 'env >&2'
      keyvault exec production --mask -- sh -c 'env | base64 -w0; env | base64 -w0 >&2'
      keyvault exec production --files --clean -- env
      keyvault exec production --folder --clean -- env
      keyvault exec production --folder --mask -- sh -c 'cat "$OPENAI_API_KEY_FILE"; kill $$'
      """, except: .child),
    .init(
      """
      keyvault exec production -- no-such-command; keyvault exec production -- /etc/passwd
      keyvault exec production --mask -- no-such-command
      OPENAI_API_KEY=x keyvault exec production --strict -- env
      """, except: .child),
    .each("keyvault pick text-generation production", both),
    .each(
      #"keyvault pick text-generation production --test --gateway "$ECHO/{provider}@invalid""#, both
    ),
    .each(
      #"keyvault pick text-generation production --test --gateway "$ECHO/{provider}@valid""#, both),
  ]

  static let aid: [Self] = [
    .init(
      """
      keyvault git install --verbose
      git diff HEAD~1 > out/diff; git log -p > out/log
      keyvault git install --uninstall --quiet
      """,
      setup: #"keyvault rotate production/openai --no-test --quiet --commit < "$GIVEN/other""#),
    .init(
      "keyvault git pre-commit --verbose; keyvault git pre-commit --quiet",
      setup: #"(echo; cat "$GIVEN/openai"; echo; cat "$GIVEN/other") > plain; git add plain"#,
      except: .plain),
    .each("keyvault git textconv vault/production/openai.gpg"),
    .init("keyvault schema entry; keyvault schema output-test"),
    .each("keyvault doctor", both),
  ]

  /// What opens keys, or takes one.
  private static let users = [
    "keyvault show production/openai",
    #"keyvault rotate production/openai --no-test < "$GIVEN/other""#,
    #"keyvault add staging/openai --no-test < "$GIVEN/openai""#,
    #"keyvault import staging --from "$GIVEN/source" --no-test"#,
    "keyvault set production/azure_openai --field resource=x",
    "keyvault mv production/openai staging/",
    "keyvault reencrypt", #"keyvault test --gateway "$ECHO/{provider}@invalid""#,
    "keyvault render production -o out/keys",
    "keyvault adopt production/openai", "keyvault validate", "keyvault status",
    "keyvault exec production --mask -- env",
    #"keyvault pick vision production --test --gateway "$ECHO/{provider}@odd""#,
  ]

  /// What opens keys to print them.
  private static let printers = ["keyvault get production/openai", "keyvault render production"]

  /// Each of them under one circumstance; `prints`: whether those that are there to print a key still do.
  private static func each(user suffix: String, setup: String = "", prints: Bool = false) -> [Self]
  {
    func all(_ commands: [String], _ exceptions: CanaryWorld.Exception) -> Self {
      Self(
        commands.map { "(\($0) --verbose \(suffix))".replacing("-- env --verbose", with: "-- env") }
          .joined(separator: "\n"),
        setup:
          #"printf 'OPENAI_API_KEY=%s\nX=%s\n' "$(<"$GIVEN/openai")" "$(<"$GIVEN/wide")" > "$GIVEN/source""#
          + "\n" + setup, except: exceptions)
    }
    return prints
      ? [all(users, .child), all(printers, [.child, .output])] : [all(users + printers, .child)]
  }

  static let failures: [Self] = circumstances + accidents

  private static let circumstances = [
    // No secret key.
    each(
      user: "",
      setup:
        "gpgconf --kill all; rm -r ../.gnupg/private-keys-v1.d; gpgconf --launch gpg-agent"),
    each(
      user: "",
      setup:
        "mv vault/production/openai.yaml ../old; printf 'x: [\n' > vault/production/openai.yaml",
      prints: true),
    each(user: "", setup: "printf x >> vault/production/openai.gpg"),
    each(
      user: "", setup: "cp vault/production/anthropic.gpg vault/production/openai.gpg",
      prints: true),
    each(
      user: "",
      setup:
        #"(cat "$GIVEN/openai"; echo; cat "$GIVEN/other"; echo) | gpg -q -e -r "$FPR" --trust-model always > vault/production/openai.gpg"#,
      prints: true),
    each(
      user: "",
      setup:
        "mkdir -p providers.d; echo 'id: [' > providers.d/openai.yaml",
      prints: true),
    each(user: "", setup: "ln -s /etc .keyvault", prints: true),
    each(user: "> /dev/full"), each(user: ">&-"),
    each(user: "2>&-", prints: true),
    each(user: "2> /dev/full", prints: true),
    each(user: "| head -c 0"),
    each(user: "< /dev/null", prints: true),
  ].flatMap(\.self)

  private static let accidents: [Self] = [
    .init(
      """
      keyvault render production -o /dev/full --verbose
      keyvault render production -o "$HOME/none/keys" --verbose
      keyvault render production -o /proc/keys --verbose
      """),
    .init(
      """
      export KEYVAULT_GPG_KEY_FILE="$GIVEN/openai"
      keyvault get production/openai --verbose; keyvault render production -o out/keys --verbose
      export KEYVAULT_GPG_KEY_FILE= KEYVAULT_GPG_KEY=x
      keyvault get production/openai --verbose; keyvault doctor --verbose
      """),
    // Where a person puts a key by mistake: what a message repeats of arguments is theirs to see,
    // and goes no further.
    .init(
      #"keyvault import staging --from "$GIVEN/openai" --no-test --verbose; keyvault import staging --from "$GIVEN/wide""#
    ),
  ]
}
