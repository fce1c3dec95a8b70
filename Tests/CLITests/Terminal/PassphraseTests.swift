import Foundation
import TestSupport
import Testing

/// A key with a passphrase, asked for by the real pinentry on a terminal; and homes that gpg cannot use.
@Suite(.fewAtATime) struct PassphraseTests {
  private static let hasPinentry: ConditionTrait = .enabled(
    if: Programs.hasPython && access("/usr/bin/pinentry-curses", X_OK) == 0,
    "pinentry-curses is not installed")

  /// Interrupts the question; prints the exit status, and whether the terminal is as before.
  private func interrupt(_ command: String, _ how: String, in world: World) throws -> String {
    let script = #"""
      os.environ["GNUPGHOME"] = os.environ["HOME"] + "/.asking"
      os.environ["TERM"] = "xterm"
      spawn("bash", "-c", "read go; export GPG_TTY=$(tty); exec \#(command)")
      read_some(1)
      before = termios.tcgetattr(master)
      type("go\n")
      read_until("assphrase", 60)
      read_some(0.5)
      if "\#(how)" == "key":
          type("\x03")
      else:
          os.kill(child, signal.SIGINT)
      end = time.time() + 30
      status = None
      while status is None and time.time() < end:
          if not read_some(0.05):
              time.sleep(0.05)
          done, raw = os.waitpid(child, os.WNOHANG)
          if done:
              status = os.waitstatus_to_exitcode(raw)
      print(status, termios.tcgetattr(master) == before)
      """#
    return try Terminal.run(script, in: world).output
  }

  @Test(
    hasPinentry,
    arguments: [
      "keyvault get production/openai", "keyvault render production",
      "keyvault test --gateway $STUB/{provider}@valid", "keyvault exec production -- true",
    ])
  func `Ctrl-C at the question for a passphrase is 130, and leaves the terminal as it was`(
    command: String
  ) throws {
    let world = try World()
    try world.output(
      """
      mkdir -m 700 ../.asking
      export GNUPGHOME="$HOME/.asking"
      quiet="gpg --batch --quiet --pinentry-mode loopback --passphrase pass-fake"
      $quiet --quick-generate-key 'Carol <carol@example.com>' ed25519 cert,sign never 2> /dev/null
      fpr=$(gpg --with-colons -K 2> /dev/null | awk -F: '$1 == "fpr" {print $10; exit}')
      $quiet --quick-add-key "$fpr" cv25519 encr never
      keyvault init --quiet --recipient "$fpr"
      printf %s "$OPENAI" | keyvault add production/openai --no-test --quiet
      printf %s "$ANTHROPIC" | keyvault add production/anthropic --no-test --quiet
      gpgconf --kill all
      """)
    for how in ["key", "signal"] {
      #expect(try interrupt(command, how, in: world) == "130 True\n", "\(how)")
      // Nothing is left that takes the next keys.
      let left = try world.run(
        #"""
        gpgconf --homedir "$HOME/.asking" --kill all
        for process in $(pgrep -x pinentry); do
          grep -qsa "$HOME/.asking" /proc/$process/environ && echo $process
        done
        """#)
      #expect(left.output == "", "\(how): \(left)")
    }
  }

  @Test(
    .enabled(if: geteuid() == 0, "only root can become another user"),
    arguments: [
      ("HOME=/usr", "'/usr/.gnupg': permission denied"),
      ("HOME=/proc/none", "'/proc/none/.gnupg': no such folder"),
      ("HOME=", "'/.gnupg': permission denied"),
      ("GNUPGHOME=/root/.gnupg", "'/root/.gnupg': permission denied"),
      ("GNUPGHOME=/proc/none", "'/proc/none': no such folder"),
      ("GNUPGHOME=/etc/passwd", "'/etc/passwd': not a folder"),
      ("GNUPGHOME=$HOME/sealed", "/sealed': permission denied"),
      ("A=B", "gpg has no home: HOME is not set, and this user has no entry in passwd"),
    ])
  func `a home that gpg cannot use is said as that by every command that opens something`(
    setting: String, why: String
  ) throws {
    let world = try World()
    let result = try world.run(
      #"""
      cp -a "$FILLED/." .
      chmod 755 "$HOME"; chmod -R go+rX .
      cp -a "$GNUPGHOME" ../sealed; chown -R 12346 ../sealed; chmod 500 ../sealed
      as() {
        setpriv --reuid 12346 --regid 12346 --clear-groups env -u HOME -u GNUPGHOME \
          -u XDG_RUNTIME_DIR "\#(setting)" "$@" 2>&1
      }
      for command in 'get production/openai' 'render production' 'exec production -- true' \
        "test --gateway $STUB/{provider}"; do
        as keyvault $command > ../said
        status=$?
        echo "$status $(grep -q "\#(why)" ../said && echo said)" \
          "$(grep -c 'not an encrypted\|from git' ../said)"
      done
      as keyvault doctor > ../said
      echo "$(grep -c "\#(why)" ../said) $(grep -c generate-key ../said)"
      """#)
    #expect(result.output == String(repeating: "77 said 0\n", count: 4) + "1 0\n", "\(result)")
  }
}
