import TestSupport
import Testing

/// A command that says that it does one thing does all of it or nothing, at whatever file it is killed.
@Suite(.fewAtATime, .needsStrace) struct TransactionTests {
  struct Case: CustomTestStringConvertible {
    let command: String
    /// What makes the world from a copy of `$FILLED`.
    var setup = ""
    /// By which files change.
    var call = "renameat"
    /// Prints `old` or `new` for each part of what is there.
    let parts: String

    var testDescription: String { command }
  }

  private static let cases = [
    Case(
      command: "keyvault recipients rm $(cat ../bob.fpr)",
      setup: """
        gpg --homedir ../bob --batch --quiet --passphrase '' \
          --quick-generate-key 'Bob <bob@example.com>' future-default default never 2> /dev/null
        gpg --homedir ../bob --armor --export > ../bob.asc 2> /dev/null
        gpg --homedir ../bob --list-keys --with-colons 2> /dev/null |
          awk -F: '$1=="fpr"{print $10; exit}' > ../bob.fpr
        printf %s "$OPENAI" | keyvault add team/openai --no-test --quiet
        for folder in production team; do
          keyvault recipients add ../bob.asc --quiet --folder $folder
        done
        keyvault recipients add ../bob.asc --quiet
        keyvault reencrypt --quiet
        """,
      parts: """
        for folder in vault vault/production vault/team; do
          grep -q "$(cat ../bob.fpr)" $folder/.gpg-id && echo old || echo new
        done
        for entry in production/openai production/anthropic team/openai; do
          grep -q ^exposed: vault/$entry.yaml && echo new || echo old
        done
        """),
    Case(
      command: "keyvault set production/openai owner=new@example.com expires=2031-01-01 "
        + "--field organization=org-new",
      parts: """
        has() { grep -q "$1" && echo new || echo old; }
        keyvault get production/openai --field organization 2> /dev/null | has org-new
        cat vault/production/openai.yaml | has new@example.com
        cat vault/production/openai.yaml | has 2031-01-01
        """),
    Case(
      command: "keyvault rm production/openai production/anthropic production/openai",
      call: "unlinkat",
      parts: """
        for entry in openai anthropic; do
          for file in vault/production/$entry.{gpg,yaml}; do test -e $file && echo old || echo new; done
        done
        """),
    Case(
      command: "keyvault adopt production/openai production/anthropic",
      setup: """
        for key in "openai $OPENAI" "anthropic $ANTHROPIC"; do
          rm vault/production/${key% *}.*
          printf '%s\\n' "${key#* }" | gpg --batch --quiet --trust-model always -r "$FPR" -e \
            > vault/production/${key% *}.gpg 2> /dev/null
        done
        """,
      parts: """
        for entry in openai anthropic; do
          test -e vault/production/$entry.yaml && echo new || echo old
        done
        """),
  ]

  @Test(arguments: cases)
  func `killed at any of its files, it is done as a whole or not at all`(_ one: Case) throws {
    let world = try World()
    let result = try world.run(
      """
      mkdir -m 700 ../bob
      cp -a "$FILLED/." .
      \(one.setup)
      cp -a . ../start
      gpgconf --launch gpg-agent
      for count in $(seq 30); do
        rm -rf ../work/* ../work/.[!.]* ~/.local/state/keyvault/repositories
        cp -a ../start/. .
        strace -f -qq -o /dev/null -e trace=\(one.call) \
          -e inject=\(one.call):signal=KILL:when=$count \(one.command) > ../out 2>&1
        status=$?
        # It ends what was committed.
        keyvault reencrypt --quiet > ../reencrypt 2>&1
        parts=$( { \(one.parts); } | sort -u | tr '\\n' ' ')
        echo "$parts"
        case $status in
          # What history does not show counts as read, which is told by the exit status.
          0|3) echo "ended after $count: $parts"; break ;;
          137) ;;
          *) cat ../out ;;
        esac
      done
      """)
    let lines = result.output.split(separator: "\n").map(String.init)
    let ended = try #require(lines.last, "\(result)")
    #expect(ended.hasPrefix("ended after ") && ended.hasSuffix(": new "), "\(result)")
    let states = lines.dropLast()
    #expect(Set(states).isSubset(of: ["old ", "new "]) && states.count > 1, "\(result)")
  }
}
