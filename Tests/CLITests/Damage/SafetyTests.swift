import Foundation
import TestSupport
import Testing

/// What is on the disk after things went wrong, and who may read it.
@Suite(.fewAtATime) struct SafetyTests {
  @Test(arguments: ["000", "022", "077"])
  func `what holds or guards a key is its owner's alone, whatever the umask`(
    _ mask: String
  ) throws {
    let world = try World()
    let modes = try world.output(
      """
      umask \(mask)
      keyvault init --quiet --recipient "$FPR"
      echo "$OPENAI" | keyvault add production/openai --no-test --quiet
      keyvault render production -o .env --quiet
      keyvault test --quiet --gateway "$STUB/{provider}@valid" > /dev/null
      keyvault adopt --quiet production/openai
      stat -c '%a %n' vault/production/openai.gpg .env .keyvault/history.jsonl
      stat -c %a "$HOME/.local/state/keyvault/key"
      """)
    #expect(
      modes == """
        600 vault/production/openai.gpg
        600 .env
        600 .keyvault/history.jsonl
        600

        """)
  }

  @Test(.needsStrace)
  func `who is killed while a file is rendered leaves no key behind`() throws {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      mkdir out
      # Else the cache would be waited for first.
      printf 'policy: {cache: off}\n' >> keyvault.yaml
      strace -o /dev/null -f -e trace=fsync -e inject=fsync:delay_enter=8000000 \
        keyvault render production -o out/.env 2> /dev/null &
      # Until the key is in the file, and not yet on the disk.
      for _ in $(seq 500); do
        sleep 0.2
        keyvault=$(pgrep -P $!) || continue
        for file in /proc/"$keyvault"/fd/*; do
          case "$(readlink "$file")" in
            "$PWD"/out/*) if grep -qs NotAReal "$file"; then found=yes; break 2; fi ;;
          esac
        done
      done
      kill -9 "$keyvault"
      kill -9 $!
      wait
      ls -A out
      test -n "$found"
      """)
    #expect(result.status == 0, "it was never seen: \(result)")
    #expect(result.output == "")
  }

  @Test(.needsMount)
  func `a full file system changes nothing`() throws {
    let world = try World()
    let result = try world.run(
      """
      unshare -m bash -e <<'END'
      mkdir ../small
      mount -t tmpfs -o size=256k tmpfs ../small
      cp -a "$FILLED/." ../small
      cd ../small
      head -c 1M /dev/zero > filler 2> /dev/null || true
      printf '%s' 'sk-proj-NotARealKey-NotARealKey-NotARealKey-0007' > "$HOME/new"
      status=0
      keyvault add production/openai --replace --no-test < "$HOME/new" || status=$?
      echo "$status"
      keyvault get production/openai
      ls -A vault/production
      keyvault validate --strict --quiet
      END
      """)
    try #require(result.status == 0, "\(result.output)\(result.errors)")
    #expect(
      result.output == """
        73
        \(Templates.openAI)
        anthropic.gpg
        anthropic.yaml
        openai.gpg
        openai.yaml

        """)
  }

  @Test func `a terminated test leaves no home and no agent behind`() throws {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      gpg --batch --armor --export-secret-keys "$FPR" > ../key.asc
      """)
    let result = try world.run(
      """
      export KEYVAULT_GPG_KEY_FILE=../key.asc
      keyvault test --gateway "$STUB/{provider}@slow" &
      keyvault=$!
      for _ in $(seq 200); do
        ls -d "$XDG_RUNTIME_DIR"/kvgpg-*/S.gpg-agent > /dev/null 2>&1 && break
        sleep 0.02
      done
      ls -d "$XDG_RUNTIME_DIR"/kvgpg-* > ../homes
      kill -TERM $keyvault
      wait $keyvault
      """)
    #expect(result.status == 128 + 15)
    let home = try world.output("cat ../homes").split(separator: "\n").first.map(String.init)
    #expect(try world.output(#"ls -A "$XDG_RUNTIME_DIR""#) == "")
    let mark = try #require(home)
    func isAlive() throws -> Bool {
      try world.output("cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' ' ' || true").contains(
        mark)
    }
    // An agent that was asked to end may take a moment.
    for _ in 0..<50 where try isAlive() { usleep(50_000) }
    #expect(try !isAlive())
  }

  @Test(.needsMount)
  func `an entry that cannot be written stays as it was`() throws {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      unshare -m bash -e <<'END'
      mount --bind "$PWD" "$PWD"
      mount -o remount,ro,bind "$PWD"
      cd "$PWD"
      try() { local status=0; "$@" > /dev/null || status=$?; echo "$status"; }
      try keyvault get production/openai
      try keyvault render production
      try keyvault status
      try keyvault validate
      try keyvault test --gateway "$STUB/{provider}@valid"
      try keyvault set production/openai owner=bob@example.com
      try keyvault adopt production/openai
      try keyvault rm production/openai
      END
      diff -r "$FILLED" . && echo same
      """)
    #expect(result.output == "0\n0\n0\n0\n0\n73\n73\n73\nsame\n", "\(result.errors)")
  }
}
