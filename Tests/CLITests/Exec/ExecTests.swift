import Foundation
import TestSupport
import Testing

/// `exec`: the command is what keyvault was, with the keys.
@Suite(.fewAtATime) struct ExecTests {
  @Test func `the command has its own process, what it inherits and the keys`() throws {
    let world = try World.withKeys()
    let script = #"echo "$$ $PPID"; env | sort"#
    let output = try world.output(
      """
      unset OPENAI ANTHROPIC
      export OPENAI_API_KEY=old EMPTY_ONE= SPACED='a  b'
      (echo "$BASHPID $$"; env | sort | grep -v '^_='; exec keyvault exec production -- sh -c '\(script)')
      """)
    let lines = output.split(separator: "\n").map(String.init)
    let half = try #require(lines.lastIndex { $0 == lines[0] })
    #expect(half > 0, "it is another process")
    var before = Set(lines[1..<half])
    before.remove("OPENAI_API_KEY=old")
    before.insert("OPENAI_API_KEY=" + Templates.openAI)
    before.insert("ANTHROPIC_API_KEY=" + Templates.anthropic)
    let after = Set(lines[(half + 1)...].filter { !$0.hasPrefix("_=") })
    #expect(after == before, "\(after.symmetricDifference(before))")
  }

  @Test func `with --clean the command has little else`() throws {
    let world = try World.withKeys()
    let names = try world.output(
      """
      export OTHER=1 LC_TIME=C TZ=UTC USER=alice
      export LD_LIBRARY_PATH=/proc/none PYTHONPATH=/proc/none GIT_DIR=/proc/none SSH_AUTH_SOCK=/proc/none
      keyvault exec production --clean -- /usr/bin/env | sed 's/=.*//' | sort | tr '\\n' ' '
      """)
    #expect(
      names == "ANTHROPIC_API_KEY HOME LC_ALL LC_TIME OPENAI_API_KEY PATH TERM TZ USER ")
  }

  @Test(arguments: ["", "--mask", "--folder", "--files", "--clean"])
  func `GPG's variables never reach the command, and the home of CI is gone before it runs`(
    _ option: String
  ) throws {
    let world = try World.withKeys()
    // With --clean the command does not know the folder.
    let folder = world.runtime.path
    let result = try world.run(
      """
      gpg --batch --armor --export-secret-keys "$FPR" > ../key.asc
      export KEYVAULT_GPG_KEY="$(cat ../key.asc)" KEYVAULT_GPG_PASSPHRASE=not-so-secret
      export KEYVAULT_GPG_KEY_FILE=/proc/x KEYVAULT_GPG_PASSPHRASE_FILE=/proc/y GNUPGHOME=/proc/none
      keyvault exec production \(option) -- bash -c '
        tr "\\0" "\\n" < /proc/$$/environ | grep -c -e KEYVAULT_GPG -e "PRIVATE KEY" -e not-so-secret
        tr "\\0" "\\n" < /proc/$PPID/environ | grep -c -e "PRIVATE KEY" -e not-so-secret
        ls "\(folder)" | grep -c kvgpg
        cat /proc/[0-9]*/cmdline 2> /dev/null | tr "\\0" " " | grep -c "\(folder)/[k]vgpg"
        true'
      """)
    #expect(result.output == "0\n0\n0\n0\n", "\(result.errors)")
    #expect(result.status == 0)
  }

  /// Prints signals, limits and descriptors as a command finds them. The C library keeps the signals 32
  /// and 33 to itself.
  private static let state = #"""
    sh -c '
      grep SigBlk /proc/self/status
      grep SigIgn /proc/self/status | sed "s/[0-9a-f]\{9\}\$/ &/; s/ [0-9a-f]\(.\)/ \1/"
      ulimit -S -c; ulimit -H -c
      for file in /proc/self/fd/*; do echo "${file##*/} $(readlink "$file")"; done'
    """#

  @Test(arguments: [
    "", "trap '' PIPE INT USR1;", "exec 7< /dev/null;", "ulimit -S -c 100;", "exec <&-;",
  ])
  func `signals, limits and descriptors are as keyvault got them`(_ before: String) throws {
    let world = try World.withKeys()
    try world.output(#"gpg --batch --armor -o ../key.asc --export-secret-keys "$FPR""#)
    let plain = try runAsPerson("\(before) \(Self.state)", in: world)
    try #require(
      plain.status == 0 && plain.output.contains("SigBlk:\t0000000000000000"), "\(plain)")
    for key in ["", "KEYVAULT_GPG_KEY_FILE=../key.asc"] {
      let result = try runAsPerson(
        "\(before) \(key) keyvault exec production -- \(Self.state)", in: world)
      let output = [plain, result].map {
        $0.output.replacing(/\/tmp\/kvo-\w+|pipe:\[\d+\]/, with: "a file")
      }
      #expect(output[1] == output[0], "\(key) \(result.errors)")
    }
  }

  @Test func `SIGPIPE ends the command as it would without keyvault`() throws {
    let world = try World.withKeys()
    for option in ["", "--mask", "--folder"] {
      let result = try runAsPerson(
        "keyvault exec production \(option) -- bash -c 'yes; echo $? >&2' | head -1", in: world)
      #expect(result.output == "y\n" && result.errors == "141\n", "\(option) \(result)")
    }
  }

  @Test func `an address that the environment decides is not inherited`() throws {
    let world = try World.withKeys()
    let output = try world.output(
      """
      export OPENAI_BASE_URL=https://old.example.com
      keyvault exec production -- sh -c 'echo ${OPENAI_BASE_URL-none}'
      printf 'environments: {production: {gateway: "https://gateway.example.com/{provider}"}}\\n' >> keyvault.yaml
      keyvault exec production -- sh -c 'echo ${OPENAI_BASE_URL-none}'
      export KEYVAULT_ALLOW_HOSTS=gateway.example.com
      keyvault exec production -- sh -c 'echo ${OPENAI_BASE_URL-none}'
      """)
    #expect(output == "https://old.example.com\nnone\nhttps://gateway.example.com/openai/v1\n")
  }

  @Test func `a picked key has no address of another`() throws {
    let world = try World.withKeys()
    let result = try world.run(
      """
      printf 'environments: {production: {gateway: "https://gateway.example/{provider}"}}\n' >> keyvault.yaml
      AI_BASE_URL=http://stale.example keyvault exec production --pick text-generation -- env |
        grep -c -e stale -e gateway.example
      """)
    #expect(result.output == "0\n", "\(result)")
  }

  @Test(arguments: ["", "--mask", "--folder"])
  func `signals reach the command`(_ option: String) throws {
    let world = try World.withKeys()
    let result = try runAsPerson(
      """
      set -m # A job has INT and QUIT ignored else.
      for signal in TERM INT HUP USR1 USR2 QUIT; do
        rm -f ../ready
        keyvault exec production \(option) -- python3 -c '
      import signal, sys, time
      def end(number, _): print(signal.Signals(number).name, flush=True); sys.exit(7)
      for name in sys.argv[1:]: signal.signal(getattr(signal, "SIG" + name), end)
      open("../ready", "w").close()
      time.sleep(20)' $signal &
        until [ -e ../ready ]; do sleep 0.02; done
        kill -$signal $!
        wait $!
        echo $?
      done
      """, in: world)
    #expect(
      result.output
        == ["TERM", "INT", "HUP", "USR1", "USR2", "QUIT"].map { "SIG\($0)\n7\n" }.joined(),
      "\(result.errors)")
  }

  @Test func `a file in memory holds the exact key, and cannot be changed`() throws {
    let world = try World.withKeys()
    let output = try world.output(
      #"""
      export OPENAI_API_KEY=old OPENAI_API_KEY_FILE=/proc/none
      keyvault exec production --files --only openai -- bash -c '
        echo "${OPENAI_API_KEY-unset} ${ANTHROPIC_API_KEY_FILE-unset}"
        [ "$(cat "$OPENAI_API_KEY_FILE"; echo .)" = "$OPENAI." ] && echo same
        [ "$(sh -c "cat $OPENAI_API_KEY_FILE")" = "$OPENAI" ] && echo same in a child
        stat -L -c %a "$OPENAI_API_KEY_FILE"
        chmod 600 "$OPENAI_API_KEY_FILE"; echo x 2> /dev/null >> "$OPENAI_API_KEY_FILE" || echo sealed
        [ "$(cat <&"${OPENAI_API_KEY_FILE##*/}")" = "$OPENAI" ] && echo read from its beginning
        tr "\0" "\n" < /proc/$$/environ | grep -c ^OPENAI_API_KEY_FILE=
        env -u OPENAI -u ANTHROPIC | grep -c NotAReal'
      """#.replacing("; echo x", with: "; echo x") + " || true")
    #expect(
      output == "unset unset\nsame\nsame in a child\n400\nsealed\nread from its beginning\n1\n0\n")
  }

  @Test func `the command holds no file but those of the keys`() throws {
    let result = try runAsPerson(
      "keyvault exec production --files -- sh -c 'ls -v /proc/$$/fd' | tr '\\n' ' '",
      in: World.withKeys())
    #expect(result.output == "0 1 2 100 101 ", "\(result)")
  }

  @Test func `what is too long together with the keys is not run, and told`() throws {
    // The longest arguments with which keyvault itself still starts.
    let result = try runAsPerson(
      """
      python3 - <<'PY'
      import errno, subprocess
      def run(length, program):
          rest = ["x" * 100000] * (length // 100000) + ["x" * (length % 100000)]
          try:
              return subprocess.run(["keyvault", "exec", "production", "--", "true"] + rest,
                                    executable=program, capture_output=True, text=True)
          except OSError as error:
              assert error.errno == errno.E2BIG
      low, high = 0, 16 << 20
      while low + 1 < high:
          middle = (low + high) // 2
          if run(middle, "/bin/true") is None: high = middle
          else: low = middle
      # The path counts too, which is longer than that of true.
      while (result := run(low, None)) is None: low -= 20
      print(result.returncode, result.stdout + result.stderr)
      PY
      """, in: World.withKeys())
    #expect(
      result.output.hasPrefix(
        "126 keyvault: error: cannot run 'true': its arguments and variables are too long\n"),
      "\(result)")
  }
}
