import Foundation
import TestSupport
import Testing

/// Two people at once: one has read what another changes before the first can write.
@Suite(.fewAtATime, .needsStrace) struct RaceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let slow: String
    let quick: String
    /// What must be left by the quick one.
    let holds: String

    var testDescription: String { "\(slow) | \(quick)" }
  }

  private static let rotate =
    #"printf %s "$OPENAI-2" | keyvault rotate production/openai --no-test"#

  static let cases = [
    Case(
      slow: "keyvault recipients add ../bob.asc", quick: "keyvault recipients rm $(cat ../eve.fpr)",
      holds: "! grep -q $(cat ../eve.fpr) vault/.gpg-id"),
    Case(
      slow: "keyvault recipients add ../bob.asc --folder production",
      quick: "keyvault recipients rm $(cat ../eve.fpr)",
      holds: "! test -e vault/production/.gpg-id"),
    Case(
      slow: "keyvault recipients rm $FPR", quick: "keyvault recipients add ../bob.asc",
      holds: "grep -q $(cat ../bob.fpr) vault/.gpg-id"),
    Case(
      slow: #"printf %s "$OPENAI-1" | keyvault add production/openai --replace --no-test"#,
      quick: rotate, holds: "keyvault get production/openai | grep -q -e '-2$'"),
    Case(
      slow: "keyvault mv production/openai staging/",
      quick: "keyvault set production/openai owner=bob@example.com",
      holds: "grep -q bob vault/production/openai.yaml"),
    Case(
      slow: "keyvault rm -f production/openai", quick: rotate,
      holds: "keyvault get production/openai | grep -q -e '-2$'"),
  ]

  private static let raced = Nightly.cases(cases, of: "the slower process changes nothing") {
    $0.slow.hasPrefix("keyvault mv")
  }

  @Test(arguments: raced) func `the slower process changes nothing`(_ example: Case) throws {
    let world = try World()
    try world.output(
      """
      for name in bob eve; do
        gpg() { command gpg --homedir ../$name --batch --quiet "$@" 2> /dev/null; }
        mkdir -m 700 ../$name
        gpg --passphrase '' --quick-generate-key "$name <$name@example.com>" future-default default never
        gpg --armor --export > ../$name.asc
        gpg --list-keys --with-colons | awk -F: '$1=="fpr"{print $10; exit}' > ../$name.fpr
        command gpgconf --homedir ../$name --kill all
      done
      cp -a "$FILLED/." .
      keyvault recipients add ../eve.asc --quiet
      keyvault reencrypt --quiet
      command gpgconf --launch gpg-agent
      """)
    let result = try world.run(
      """
      cat > ../slow <<'END'
      \(example.slow)
      END
      # The lock of the change alone is held back, which comes after all that is read.
      strace -f -qq -o /dev/null -P "$PWD/.keyvault/lock" -e trace=flock -e inject=flock:delay_enter=8000000 \
        bash ../slow & slow=$!
      sleep 3
      (\(example.quick)) > /dev/null 2>&1
      quick=$?
      wait $slow; echo "slow $?"
      # Whoever removes a reader without git is told that history is not whole.
      test $quick = 0 -o $quick = 3 && \(example.holds) && echo held
      keyvault validate --format json | jq -r '.findings[] | select(.severity == "error") | .code' \
        | grep -v recipient-
      """)
    #expect(result.output == "slow 73\nheld\n", "\(result)")
    #expect(result.errors.contains("meanwhile, so nothing was changed"), "\(result)")
  }

  @Test func `who reads between two files of a change waits for the second`() throws {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      gpgconf --launch gpg-agent
      # The third name is that of the sidecar: record, ciphertext, sidecar.
      printf %s "$OPENAI-2" > ../new
      strace -f -qq -o /dev/null -e trace=renameat -e inject=renameat:delay_enter=3000000:when=3 \
        keyvault rotate production/openai --no-test --quiet < ../new & slow=$!
      for _ in $(seq 200); do
        sleep 0.02
        test "sha256:$(sha256sum < vault/production/openai.gpg | cut -d' ' -f1)" \
          = "$(sed -n 's/^digest: //p' vault/production/openai.yaml)" || break
      done
      keyvault get production/openai
      wait $slow
      """)
    #expect(result.output == Templates.openAI + "-2\n", "\(result)")
    #expect(result.errors == "", "\(result)")
  }
}
