import Foundation
import TestSupport
import Testing

/// Repositories of other users: what root may do there, and what others may.
@Suite(.fewAtATime, .enabled(if: geteuid() == 0, "only root can give a folder away"))
struct OtherUserTests {
  private func world() throws -> World {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    return world
  }

  /// A person with the number 12346, whose repository root uses by sudo.
  private static let person = """
    chmod 755 "$HOME"
    mkdir -m 700 ../person
    cp -a "$GNUPGHOME" ../person/.gnupg
    cp -a . ../person/work
    cp ../.gitconfig ../person
    chown -R 12346:12346 ../person
    person() {
      setpriv --reuid 12346 --regid 12346 --clear-groups env -u XDG_RUNTIME_DIR \
        HOME="$HOME/person" GNUPGHOME="$HOME/person/.gnupg" "$@"
    }
    cd ../person/work
    export SUDO_UID=12346

    """

  @Test func `root keeps no state in the repository of another user, who can use all of it`() throws
  {
    let world = try world()
    let result = try world.run(
      Self.person + """
        keyvault get production/openai > /dev/null 2> ../told; cat ../told
        ls -d .keyvault
        printf %s "$OPENAI-2" | keyvault rotate production/openai --no-test 2>&1 | grep warning
        printf %s "$OPENAI-3" | keyvault add new/openai --no-test --quiet
        find . ! -user 12346
        person keyvault get production/openai
        person keyvault get new/openai
        memory=$(echo ../.local/state/keyvault/repositories/*/serials.jsonl)
        cp "$memory" ../before
        keyvault render production > /dev/null 2>&1; echo $?
        cmp "$memory" ../before
        find . ! -user 12346
        mkdir -p .keyvault
        chown -R 0:0 .keyvault
        person keyvault get production/openai
        """)
    let told =
      "keyvault: warning: '\(world.root.path)/person/work' belongs to another user (12346), so this "
      + "machine remembers nothing of this repository\n"
    #expect(
      result.output
        == told + told + "\(Templates.openAI)-2\n\(Templates.openAI)-3\n0\n",
      "\(result)")
    #expect(result.errors.contains("'.keyvault' belongs to another user"))
    #expect(result.errors.contains("keyvault: hint: sudo rm -r .keyvault"), "\(result)")
  }

  @Test(.needsStrace)
  func `root writes over nothing that the owner's interrupted change is to become`() throws {
    let world = try world()
    let result = try world.run(
      Self.person + """
        person gpgconf --launch gpg-agent
        printf %s "$OPENAI-2" > ../new; chmod 644 ../new
        strace -f -qq -o /dev/null -e trace=renameat -e inject=renameat:signal=KILL:when=3 \
          setpriv --reuid 12346 --regid 12346 --clear-groups env -u XDG_RUNTIME_DIR \
          HOME="$HOME/person" GNUPGHOME="$HOME/person/.gnupg" \
          keyvault rotate production/openai --no-test < ../new > /dev/null 2>&1
        state() { find . -type f ! -name lock | sort | xargs sha256sum; }
        state > ../before
        test -e .keyvault/journal/record || echo "nothing was interrupted"
        for command in 'set production/anthropic owner=b@example.com' 'rm production/openai' \
          'adopt production/openai' 'reencrypt' 'recipients add '$FPR; do
          keyvault $command > /dev/null 2>> ~/told; echo "$?"
        done
        state | diff ../before -
        keyvault get production/openai 2> /dev/null | tail -c 7
        person keyvault set production/anthropic owner=b@example.com 2> /dev/null
        keyvault set production/anthropic owner=c@example.com 2> /dev/null; echo "$?"
        person keyvault validate --strict --quiet
        find . ! -user 12346
        """)
    #expect(result.output == "73\n73\n73\n73\n73\n0001-2\n0\n", "\(result)")
    let told = try world.output("sort -u ~/told")
    #expect(
      told.contains(
        "keyvault: error: an earlier change by the repository's owner (12346) was interrupted, so nothing "
          + "was changed\n"), "\(told)")
    #expect(told.contains("that user completes it with any command that writes"), "\(told)")
  }

  @Test func `a user who may write into a repository and cannot lock it changes nothing`() throws {
    let world = try world()
    let result = try world.run(
      Self.person + """
        unset SUDO_UID
        chmod 755 ..; chmod -R a+rwX .
        other() {
          setpriv --reuid 12347 --regid 12347 --clear-groups env -u XDG_RUNTIME_DIR \
            HOME="$HOME/other" GNUPGHOME="$HOME/other/.gnupg" "$@"
        }
        mkdir -m 700 ~/other; cp -a "$GNUPGHOME" ~/other/.gnupg; cp ~/.gitconfig ~/other
        chown -R 12347:12347 ~/other
        other git config --global --add safe.directory "$PWD"
        find . -type f | sort | xargs sha256sum > ../before
        other keyvault get production/openai 2> /dev/null
        for command in 'set production/openai owner=b@example.com' 'rm production/openai' \
          'providers new acme' 'cp production/openai other/' 'reencrypt'; do
          other keyvault $command > ~/out 2> ~/told; echo "$?"
          grep error ~/told
        done
        mkdir ~/fresh; chmod 777 ~/fresh; cd ~/fresh
        other keyvault init > /dev/null 2>&1; echo "$?"
        ls -A
        cd ~/person/work
        find . -type f | sort | xargs sha256sum | diff ../before -
        """)
    let refusal =
      "keyvault: error: '\(world.root.path)/person/work' belongs to another user (12346), so nothing was "
      + "changed: only its owner and root can lock it\n"
    let nothing = "0\n"
    #expect(
      result.output
        == "\(Templates.openAI)\n" + String(repeating: "73\n" + refusal, count: 4) + nothing
        + "73\n",
      "\(result)")
  }
}
