import Foundation
import TestSupport
import Testing

/// Lines of both streams that a runner of jobs would obey.
@Suite(.fewAtATime) struct LineTests {
  /// In bash's `$'…'`.
  static let names = [
    #"a\n::error::pwned"#, #"::add-mask::x"#, #"  ::stop-commands::t"#, #"a\r\n::x"#,
    #"##[group]x"#,
    #"\u2028::error::x"#, #"\u00a0::error::x"#, #"a\u001b[2Jb"#, #"a\u202eb"#,
  ]

  private func check(_ command: String, in world: World) throws {
    let result = try world.run(command)
    #expect((0...127).contains(result.status), "$ \(command)\n\(result)")
    for line in (result.output + "\n" + result.errors).split(whereSeparator: \.isNewline) {
      let start = line.drop { $0.isWhitespace }
      let isOurs = command.contains("github") && line.contains(" file=")
      #expect(isOurs || !start.hasPrefix("::"), "$ \(command)\n\(line.debugDescription)")
      #expect(!line.contains("##["), "$ \(command)\n\(line.debugDescription)")
      #expect(!line.unicodeScalars.contains(where: TerminalTests.steers), "$ \(command)\n\(line)")
    }
  }

  @Test(arguments: names)
  func `arguments begin none`(name: String) throws {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." .; git init -q"#)
    let word = "$'\(name)'"
    for command in [
      "keyvault \(word)", "keyvault --\(word)", "keyvault get \(word)", "keyvault get --\(word) x",
      "keyvault ls --format \(word)", "keyvault ls --format=\(word)", "keyvault -C \(word) ls",
      "keyvault render production --mode \(word)", "keyvault render production --format \(word)",
      "keyvault render production --prefix \(word)", "keyvault render \(word)",
      "keyvault render production --only \(word)", "keyvault render production -o \(word)/x",
      "keyvault exec production --pick \(word) -- true", "keyvault exec production -- \(word)",
      "keyvault test --gateway \(word)", "keyvault test --deadline \(word)",
      "keyvault set production/openai \(word)", "keyvault set production/openai env=\(word)",
      "keyvault import production --from \(word)", "keyvault import production --from pass:\(word)",
      "keyvault validate --base \(word)", "keyvault recipients add \(word)",
      "keyvault recipients rm \(word)", "keyvault providers new x --base-url \(word)",
      "keyvault providers check openai \(word)", "keyvault mv production/openai \(word)",
      "keyvault git textconv \(word)", "keyvault accept \(word)",
      "keyvault status --results \(word)",
      "KEYVAULT_ALLOW_NAMES=\(word) keyvault ls", "KEYVAULT_ENV=\(word) keyvault render",
      "KEYVAULT_TRUSTED_SIGNERS=\(word) keyvault ls", "XDG_CONFIG_HOME=/\(word) keyvault ls",
    ] {
      try check(command, in: world)
    }
  }

  @Test(arguments: names)
  func `files begin none`(name: String) throws {
    let world = try World()
    let word = "$'\(name)'"
    // Not all of these can be made.
    try world.output(
      """
      cp -a "$FILLED/." .; mkdir -p providers.d vault/staging; git init -q; set +e
      echo x > providers.d/\(word).yaml; cp providers.d/\(word).yaml providers.d/\(word).yml
      mkdir vault/\(word); echo zz > vault/\(word)/.gpg-id; touch vault/staging/\(word).gpg
      touch vault/.public-keys/\(word) vault/\(word).yaml; ln -s x vault/production/\(word)
      printf %s "$OPENAI" > \(word); mkdir Schemas/\(word); git add -A . 2> /dev/null; true
      """)
    for command in [
      "keyvault validate", "keyvault validate --format json", "keyvault validate --format github",
      "keyvault validate --format junit", "keyvault validate --format sarif", "keyvault ls",
      "keyvault status", "keyvault status --format markdown", "keyvault recipients",
      "keyvault recipients exposure", "keyvault sign --recipients", "keyvault providers",
      "keyvault providers ls --format markdown", "keyvault providers show \(word)",
      "keyvault render production -o ../x", "keyvault reencrypt", "keyvault doctor",
      "keyvault test --gateway $STUB/{provider}", "keyvault git pre-commit", "keyvault log",
      "keyvault add staging/x --provider openai --no-test < /dev/null",
    ] {
      try check(command, in: world)
    }
  }
}
