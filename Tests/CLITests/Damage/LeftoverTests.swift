import Foundation
import TestSupport
import Testing

/// Plaintext that a killed process leaves behind, and who removes it.
@Suite(.fewAtATime) struct LeftoverTests {
  /// Prints the folder of the keys, and is killed with it in place.
  private static let killed = """
    keyvault exec production --folder -- \
      sh -c 'dirname "$OPENAI_API_KEY_FILE" > ../place; kill -9 $PPID; sleep 0.1' 2> /dev/null
    place=$(cat ../place); test -e "$place/OPENAI_API_KEY" || echo 'it is gone already'
    """

  @Test(arguments: [
    "keyvault exec production --folder -- true", "keyvault exec production -- true",
    "keyvault get production/openai > /dev/null", "keyvault ls > /dev/null", "keyvault doctor",
    "cd /; keyvault providers ls > /dev/null", "CI=true keyvault validate --quiet",
  ]) func `the next command removes the folder of a killed exec`(_ next: String) throws {
    let world = try World.withKeys()
    let result = try world.run(
      """
      \(Self.killed)
      (\(next)) > /dev/null
      test -e "$place" || echo swept
      ls -A "$XDG_RUNTIME_DIR"
      """)
    #expect(result.output == "swept\n", "\(result)")
  }

  @Test func `a folder in /dev/shm is swept too, and one that is in use is not`() throws {
    let world = try World.withKeys()
    let result = try world.run(
      """
      export XDG_RUNTIME_DIR=/proc/none
      \(Self.killed)
      case $place in /dev/shm/*) ;; *) echo "$place" ;; esac
      keyvault exec production --folder --mask -- \
        sh -c 'dirname "$OPENAI_API_KEY_FILE" > ../living; touch ../ready
          for _ in $(seq 100); do test -e ../go && break; sleep 0.05; done
          cat "$OPENAI_API_KEY_FILE"' > ../out &
      for _ in $(seq 200); do test -e ../ready && break; sleep 0.05; done
      for _ in 1 2 3; do keyvault exec production --folder -- true; done
      test -e "$place" || echo swept
      test -e "$(cat ../living)/OPENAI_API_KEY" && echo living
      touch ../go; wait $!
      cat ../out; echo
      test -e "$(cat ../living)" || echo gone
      """)
    // Commands of other tests sweep /dev/shm too.
    let output = result.output.replacing("it is gone already\n", with: "")
    #expect(output == "swept\nliving\n***\ngone\n", "\(result)")
  }

  @Test func `a signal before the command has started leaves no folder`() throws {
    let world = try World.withKeys()
    let result = try world.run(
      """
      for signal in TERM INT HUP; do
        timeout --preserve-status -s $signal 5 strace -f -qq -o /dev/null -e trace=flock \
          -e inject=flock:signal=$signal keyvault exec production --folder -- sleep 0.2
      done
      ls -A "$XDG_RUNTIME_DIR"
      """)
    #expect(result.output == "", "\(result)")
  }

  @Test(.needsStrace)
  func `what a killed render left beside its file goes with the next one`() throws {
    let world = try World.withKeys()
    let result = try world.run(
      """
      mkdir out
      echo old > out/.env
      gpg -q -d vault/production/openai.gpg > /dev/null # else the agent would be traced too
      strace -f -qq -o /dev/null -e trace=renameat -e inject=renameat:signal=KILL \
        keyvault render production -o out/.env 2> /dev/null
      ls -A out | sed 's/[0-9]\\{2,\\}/N/g'
      touch out/.keyvault-1-2.tmp.bak out/.keyvault-x-1.tmp out/.keyvault-.tmp
      mkdir out/.keyvault-3-4.tmp
      ln -s ../keyvault.yaml out/.keyvault-5-6.tmp
      keyvault render production -o out/.env --quiet
      ls -A out
      """)
    #expect(
      result.output
        == """
        .env
        .keyvault-N-N.tmp
        .env
        .keyvault-.tmp
        .keyvault-1-2.tmp.bak
        .keyvault-3-4.tmp
        .keyvault-5-6.tmp
        .keyvault-x-1.tmp

        """, "\(result)")
  }

  @Test func `the next command removes the home of a killed CI job, and its agent`() throws {
    let world = try World.withKeys()
    let result = try world.run(
      """
      gpg --batch --armor --export-secret-keys "$FPR" > ../secret.asc
      KEYVAULT_GPG_KEY_FILE=../secret.asc GNUPGHOME=/proc/none keyvault exec production --mask -- \
        sh -c 'kill -9 $PPID'
      ls -A "$XDG_RUNTIME_DIR" | grep -c kvgpg
      keyvault ls > /dev/null
      ls -A "$XDG_RUNTIME_DIR"
      pgrep -f "$XDG_RUNTIME_DIR/kvgpg" | wc -l
      """)
    #expect(result.errors.contains("Killed"), "\(result)")
    #expect(result.output.hasSuffix("\n0\n"), "\(result)")
    #expect(!result.output.contains("kvgpg-"), "\(result)")
  }

  /// A folder gets its name once it is locked. A process that is killed before that leaves an empty one.
  @Test(
    .enabled(if: Programs.hasStrace, "strace is not installed"),
    arguments: [
      "keyvault get production/openai", "keyvault exec production --folder -- true",
      "CI=true keyvault exec production --folder --mask -- true",
    ])
  func `whichever lock or name a command is killed at, the next one removes its folders`(
    _ command: String
  ) throws {
    let world = try World.withKeys()
    let result = try world.run(
      """
      gpg --batch --armor --export-secret-keys "$FPR" > ../secret.asc
      for call in flock rename; do
        for number in $(seq 20); do
          killed="strace -f -qq -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when=$number"
          (export GNUPGHOME=/proc/none KEYVAULT_GPG_KEY_FILE=../secret.asc
            \(command.replacing("keyvault", with: "$killed keyvault"))) > /dev/null 2>&1 && break
          ls -A "$XDG_RUNTIME_DIR" >> ../left
          keyvault ls > /dev/null
          ls -A "$XDG_RUNTIME_DIR"
        done
        test "$number" -lt 20 || echo "killed at each $call"
      done
      pgrep -f "$XDG_RUNTIME_DIR/kv"
      grep -q '\\.new$' ../left && echo 'one had no lock yet'
      """)
    #expect(result.output == "one had no lock yet\n", "\(result)")
  }

  @Test(arguments: ["chmod 755", "chmod 770", "chmod 777", "chmod 1777"])
  func `a runtime folder that others can enter is left alone, and work goes on`(
    _ damage: String
  ) throws {
    let world = try World.withKeys()
    let result = try world.run(
      """
      \(damage) "$XDG_RUNTIME_DIR"
      before=$(stat -c %y "$XDG_RUNTIME_DIR")
      printf %s "$OPENAI-2" | keyvault add staging/openai --no-test --quiet
      keyvault exec production --folder -- sh -c 'dirname $OPENAI_API_KEY_FILE' | cut -d/ -f1-3
      keyvault validate --quiet
      test "$before" = "$(stat -c %y "$XDG_RUNTIME_DIR")" && echo untouched
      """)
    #expect(result.output == "/dev/shm\nuntouched\n", "\(result)")
  }
}
