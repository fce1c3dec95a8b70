import Foundation
import TestSupport
import Testing

/// `exec` where keyvault stays beside the command: it masks, or keeps a folder of keys.
@Suite(.fewAtATime) struct ExecSupervisorTests {
  @Test(arguments: ["", "--mask", "--folder"])
  func `the command's end is keyvault's`(_ option: String) throws {
    let world = try World.withKeys()
    let exec = "keyvault exec production \(option) --"
    for (command, status) in [("exit 0", 0), ("exit 3", 3), ("exit 255", 255)] {
      #expect(try world.run("\(exec) bash -c '\(command)'").status == status, "\(command)")
    }
    let ended = try runAsPerson(
      """
      for signal in TERM KILL HUP INT SEGV; do
        python3 - <<PY
      import subprocess, sys
      print(subprocess.run("exec \(exec) sh -c 'kill -$signal \\$\\$'", shell=True).returncode)
      PY
      done
      """, in: world)
    #expect(ended.output == "-15\n-9\n-1\n-2\n-11\n", "\(ended.errors)")
    #expect(try world.output("ls -A; ls \"$XDG_RUNTIME_DIR\"").contains("core") == false)
  }

  @Test func `what a command leaves running keeps no caller waiting`() throws {
    let world = try World.withKeys()
    let result = try runAsPerson(
      """
      timeout 30 keyvault exec production --mask -- sh -c \
        '(for i in $(seq 300); do echo x; sleep 0.05; done) & exit 3'
      echo $? $SECONDS
      """, in: world)
    let words = result.output.split(separator: "\n").last?.split(separator: " ") ?? []
    #expect(words.first == "3" && words.last.flatMap { Int($0) } ?? 99 < 10, "\(result)")
  }

  @Test func `a reader that waits keeps neither signals nor the other stream`() throws {
    let world = try World.withKeys()
    // A pipe holds 64 KiB, and so does keyvault; nothing reads it until the second line.
    let result = try runAsPerson(
      """
      mkfifo pipe; exec 5<>pipe
      keyvault exec production --mask -- bash -c '
        trap "echo got >&2; exit 7" TERM
        head -c 1000000 /dev/zero & sleep 0.3
        echo ready >&2
        while :; do sleep 0.05; done' > pipe 2> errors 5>&- &
      for turn in $(seq 100); do grep -qs ready errors && break; sleep 0.1; done
      kill -TERM $!
      for turn in $(seq 100); do grep -qs got errors && break; sleep 0.1; done
      cat errors
      wait $!
      """, in: world)
    #expect(result.output == "ready\ngot\n")
    #expect(result.status == 7)
  }

  @Test func `a reader that is late gets everything`() throws {
    let world = try World.withKeys()
    let output = try world.output(
      """
      keyvault exec production --mask -- bash -c 'head -c 300000 /dev/zero; echo "$OPENAI_API_KEY"' |
        (sleep 0.5; tr -d '\\0')
      """)
    #expect(output == "***\n")
  }

  @Test func `what a command wrote before its end comes whole, however late it is read`() throws {
    let world = try World.withKeys()
    // Our pipe, what waits here and the command's pipe are full; two reads split the key.
    let output = try world.output(
      """
      keyvault exec production --mask -- bash -c '
        head -c 131052 /dev/zero; printf %s "$OPENAI_API_KEY"; head -c 60000 /dev/zero' |
        (sleep 1; tr '\\0' 0 | sed 's/00*/ zeros /g'; echo)
      keyvault exec production --mask -- head -c 191000 /dev/zero | (sleep 1; wc -c)
      """)
    #expect(output == " zeros *** zeros \n191000\n")
  }

  @Test(arguments: ["--mask", "--folder"])
  func `a process that stays with the keys leaves no core, and no other process reads its memory`(
    _ option: String
  ) throws {
    // Root may, and so must be without that right here.
    let result = try World.withKeys().run(
      """
      ulimit -S -c $(ulimit -H -c)
      [ $(id -u) != 0 ] || without="setpriv --bounding-set=-all"
      $without keyvault exec production \(option) -- bash -c '
        sed -n "s/Max core file size *//p" /proc/$PPID/limits | cut -d" " -f1
        head -c 1 /proc/$$/environ > ../own && echo own
        head -c 1 /proc/$PPID/environ 2> /dev/null > ../other || echo hidden'
      """)
    #expect(result.output == "0\nown\nhidden\n", "\(result)")
  }

  @Test func `without a runtime folder the keys are in memory all the same`() throws {
    let result = try World.withKeys().run(
      """
      unset XDG_RUNTIME_DIR
      keyvault exec production --folder -- sh -c 'echo "${OPENAI_API_KEY_FILE%/*}"; ls "$OPENAI_API_KEY_FILE"' > ../out
      sed 's/-.*//' ../out; ls "$(head -1 ../out)"
      """)
    #expect(result.output == "/dev/shm/keyvault\n/dev/shm/keyvault\n" && result.status == 2)
  }

  @Test func `keys go to no disk: a runtime folder that is none in memory is passed over`() throws {
    let output = try World.withKeys().output(
      """
      export XDG_RUNTIME_DIR=$(mktemp -d /var/tmp/kvc-XXXXXXXX)
      keyvault exec production --folder -- sh -c 'echo "${OPENAI_API_KEY_FILE%-*}"; ls -A "$XDG_RUNTIME_DIR"'
      rmdir "$XDG_RUNTIME_DIR"
      """)
    #expect(output == "/dev/shm/keyvault\n")
  }

  @Test(.needsStrace)
  func `where no file can be made in memory alone, they are in a folder there`() throws {
    let world = try World.withKeys()
    let output = try world.output(
      """
      strace -f -o /dev/null -e inject=memfd_create:error=ENOSYS keyvault exec production --files -- \
        sh -c 'echo "${OPENAI_API_KEY_FILE%/keyvault-*}"; cmp "$OPENAI_API_KEY_FILE" /dev/stdin' \
        < <(printf %s "$OPENAI")
      ls -A "$XDG_RUNTIME_DIR"
      """)
    #expect(output == "\(world.runtime.path)\n")
  }

  @Test(arguments: ["--folder", "--files --mask"])
  func `a folder of keys is private, read by children, and gone at the end`(
    _ option: String
  ) throws {
    let world = try World.withKeys()
    let output = try world.output(
      #"""
      for end in 'true' 'kill $$'; do
        keyvault exec production \#(option) -- bash -c '
          python3 -c "import subprocess, os
      with open(os.environ[\"OPENAI_API_KEY_FILE\"]) as f: print(f.read() == os.environ[\"OPENAI\"])
      subprocess.run([\"cmp\", os.environ[\"OPENAI_API_KEY_FILE\"], \"../openai\"], check=True)"
          stat -c %a "$OPENAI_API_KEY_FILE" "${OPENAI_API_KEY_FILE%/*}"
          ls "$XDG_RUNTIME_DIR" | wc -l
          '"$end" || true
        ls "$XDG_RUNTIME_DIR" | wc -l
      done
      """#.replacing("for end", with: #"printf %s "$OPENAI" > ../openai; for end"#))
    let once = "True\n400\n700\n1\n0\n"
    #expect(output == once + once)
  }
}
