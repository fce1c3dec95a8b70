import Foundation
import ProviderStub
import TestSupport
import Testing

/// What a keyvault that ends in the middle leaves of the keys that it holds.
@Suite(.fewAtATime, .needsStrace, .needsPython)
struct CanaryDeathTests {
  /// A command that holds a key and waits: for a provider, or for the program that it started.
  struct Holder: Sendable, CustomTestStringConvertible {
    let command: String
    var input = "/dev/null"
    /// Which of the keys.
    var key = "openai"
    /// Whether it gets the key from a variable.
    var isToldByVariable = false

    var testDescription: String { command }
  }

  static let holders = [
    Holder(command: #"test production/openai --verbose --gateway "$SLOW/{provider}@valid""#),
    Holder(command: "add slow/openai --verbose", input: "$GIVEN/openai"),
    Holder(command: "add slow/openai --from-env THE_KEY", isToldByVariable: true),
    Holder(command: "rotate slow/anthropic --force", input: "$GIVEN/wide", key: "wide"),
    Holder(command: "import slow --from -", input: "$GIVEN/source"),
    Holder(
      command: #"pick vision production --test --gateway "$SLOW/{provider}@valid""#,
      key: "anthropic"),
    Holder(command: "exec production --mask -- sleep 30"),
    Holder(command: "exec production --folder -- sleep 30"),
  ]

  /// Starts a keyvault, waits until its memory holds the key, looks at it as its user can, and sends
  /// it a signal. Prints what was found.
  ///
  /// Looked at are its limits; arguments and variables, its own and its children's; whether the system says
  /// that it dumped (wait status); and new files where a core may be: its folder, its home,
  /// and the folder that core_pattern names. Where core_pattern is a program, that decides about the
  /// dump and not the limit, so there the limit alone is looked at.
  private static let program = #"""
    import glob, os, resource, signal, subprocess, sys, time

    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    pattern = open("/proc/sys/kernel/core_pattern").read().strip()
    given = os.environ["GIVEN"]
    forms = [form for form in open(given + "/forms", "rb").read().split(b"\n") if form]
    key = open(given + "/" + os.environ["WHICH"], "rb").read()
    is_told = os.environ["TOLD"] == "true"
    number = getattr(signal, "SIG" + sys.argv[1])
    is_backtraced = "enable=yes" in os.environ["SWIFT_BACKTRACE"]

    def content(path):
        # Children of keyvault end meanwhile.
        try:
            with open(path, "rb") as file: return file.read()
        except (FileNotFoundError, ProcessLookupError): return b""

    def leaks(data):
        # Backtraces show memory as pairs of digits.
        return any(form in text for text in [data, data.replace(b" ", b"")] for form in forms)

    def holds(pid):
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for line in maps:
                place, rights = line.split()[:2]
                if not rights.startswith("rw"): continue
                start, end = (int(number, 16) for number in place.split("-"))
                try:
                    memory.seek(start)
                    if key in memory.read(end - start): return True
                except (OSError, ValueError, OverflowError): pass
        return False

    def until(condition):
        end = time.time() + 15
        while time.time() < end:
            if condition(): return True
            time.sleep(0.02)
        return False

    def children(pid):
        for file in glob.glob(f"/proc/{pid}/task/*/children"):
            for child in content(file).decode().split(): yield child

    def cores():
        places = [os.getcwd(), os.environ["HOME"], os.environ["TMPDIR"]]
        if pattern.startswith("/"): places.append(os.path.dirname(pattern))
        return {path for place in places for path in glob.glob(place + "/*core*")}

    before = cores()
    victim = subprocess.Popen(["sleep", "30"])
    victim.send_signal(signal.SIGABRT)
    _, status = os.waitpid(victim.pid, 0)
    print("another dumps:", os.WCOREDUMP(status))
    for path in cores() - before: os.unlink(path)

    variables = dict(os.environ)
    if is_told: variables["THE_KEY"] = key.decode()
    keyvault = subprocess.Popen(
        ["bash", "-c", "exec keyvault " + os.environ["COMMAND"]], env=variables,
        stdin=open(os.environ["INPUT"], "rb"), stdout=open(given + "/output", "wb"), stderr=subprocess.STDOUT)
    pid = keyvault.pid
    is_exec = os.environ["COMMAND"].startswith("exec")
    def waits():
        if is_exec: return any(content(f"/proc/{child}/comm") == b"sleep\n" for child in children(pid))
        return int(content(given + "/asked") or b"0") > 0 if os.path.exists(given + "/asked") else False
    try:
        print("waits:", until(waits))
        print("holds the key:", until(lambda: holds(pid)))
    except PermissionError:
        # It is not dumpable, so that its user's other processes cannot read it.
        print("holds the key: True")
    limit = [line.split()[4:6] for line in open(f"/proc/{pid}/limits") if line.startswith("Max core")]
    print("limit:", limit[0][0])
    processes = [str(pid)] if is_exec else [str(pid), *children(pid)]
    print("shown:", [name for name in ["cmdline", "environ"] for process in processes
        if os.access(f"/proc/{process}/{name}", os.R_OK) and leaks(content(f"/proc/{process}/{name}"))])
    keyvault.send_signal(number)
    if is_backtraced:
        # Swift's handler tells of the crash; what was sent and did not happen comes to no end.
        print("tells:", until(lambda: b"Images" in content(given + "/output")))
        keyvault.kill()
    _, status = os.waitpid(pid, 0)
    print("ended by:", signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
    print("dumps:", os.WCOREDUMP(status) and not pattern.startswith("|"), len(cores() - before))
    print("told:", leaks(content(given + "/output")))
    """#

  @Test(arguments: holders, ["ABRT", "SEGV"])
  func `a process that is ended while it holds a key leaves no core and no key`(
    _ holder: Holder, _ signal: String
  ) throws {
    try end(holder, by: signal, isTold: false)
  }

  @Test(arguments: holders) func `a crash is reported without a key`(_ holder: Holder) throws {
    try end(holder, by: "SEGV", isTold: true)
  }

  /// `isTold`: whether Swift's backtrace is on, as a person may have it.
  private func end(_ holder: Holder, by signal: String, isTold: Bool) throws {
    let world = try CanaryWorld()
    let slow = try StubServer(answers: World.answers, delay: .seconds(20))
    defer { slow.stop() }
    try Self.program.write(
      to: world.world.root.appending(path: "death.py"), atomically: true, encoding: .utf8)
    try world.output(
      """
      printf '  slow: {gateway: "http://127.0.0.1:\(slow.port)/{provider}@valid"}\\n' >> keyvault.yaml
      keyvault cp production/anthropic slow/ --quiet
      printf 'OPENAI_API_KEY=%s\\n' "$(<"$GIVEN/openai")" > "$GIVEN/source"
      """)
    let asked = world.world.root.appending(path: "given/asked")
    let watcher = Thread {
      while slow.requests.isEmpty { usleep(10_000) }
      try? Data("1".utf8).write(to: asked, options: .atomic)
    }
    watcher.start()
    let result = try world.run(
      """
      export SLOW=http://127.0.0.1:\(slow.port) KEYVAULT_ALLOW_HOSTS="http://127.0.0.1:\(slow.port)"
      export COMMAND='\(holder.command)' INPUT="\(holder.input)"
      # The build for tests holds its keys to the end, and has its crashes told by the toolchain.
      export PATH='\(Built.forTests.path)':"$PATH" WHICH=\(holder.key) TOLD=\(holder.isToldByVariable)
      export SWIFT_BACKTRACE=enable=\(isTold ? "yes" : "no"),color=no,interactive=no,registers=all
      python3 ../death.py \(signal)
      """)
    #expect(
      result.output == """
        another dumps: True
        waits: True
        holds the key: True
        limit: 0
        shown: []
        \(isTold ? "tells: True\nended by: SIGKILL" : "ended by: SIG\(signal)")
        dumps: False 0
        told: False

        """, "\(result.errors)")
    // Who is killed cannot remove the folder that its program reads; nothing else is left.
    let isFolder = holder.command.contains("--folder")
    let own = world.world.runtime.path + "/keyvault-"
    #expect(try world.left().filter { !isFolder || !$0.contains(own) } == [])
  }

  static let writers = [
    #"keyvault import staging --from "$GIVEN/source" --no-test"#,
    #"keyvault rotate production/openai --no-test < "$GIVEN/other""#,
    "keyvault render production -o out/keys",
    // Else the cache would be waited for first.
    "sed -i '$ a policy: {cache: off}' keyvault.yaml; keyvault render production -o out/old",
    #"keyvault add fresh/openai --no-test < "$GIVEN/openai""#,
  ]

  /// Calls by which something comes to the disk, or to another process.
  private static let calls = [
    "write", "fsync", "fchmod", "linkat", "renameat", "renameat2", "unlinkat", "mkdirat",
  ]

  private static let killed = Nightly.cases(
    writers, of: "killed at any call that writes, no file holds a key"
  ) { $0.hasPrefix("keyvault rotate") }

  @Test(arguments: killed)
  func `killed at any call that writes, no file holds a key`(_ command: String) throws {
    let world = try CanaryWorld()
    try world.output(
      #"""
      printf 'OPENAI_API_KEY=%s\nANTHROPIC_API_KEY=%s\nAZURE=%s\n' "$(<"$GIVEN/openai")" \
        "$(<"$GIVEN/anthropic")" "$(<"$GIVEN/wide")" > "$GIVEN/source"
      echo old > out/old
      rm -rf .git
      cp -a . ../start
      """#)
    try command.write(
      to: world.world.root.appending(path: "given/script"), atomically: true, encoding: .utf8)
    var ends = 0
    // strace counts each of them by itself.
    for call in Self.calls {
      for number in stride(from: 1, to: 100, by: call == "write" ? 12 : 1) {
        let result = try world.run(
          """
          rm -rf ../work/* ../work/.[!.]* "$XDG_STATE_HOME"/keyvault/repositories
          cp -a ../start/. .
          strace -f -qq -o /dev/null -e trace=\(call) -e inject=\(call):signal=KILL:when=\(number) \
            bash "$GIVEN/script"
          """)
        let told = "killed at \(call) \(number): \(result)"
        #expect(try world.left() == [], "\(told)")
        // What is rendered is there as a whole or not at all, and under its own name.
        // Only between its two names it has a third, which who is killed right there leaves.
        let names = try world.output("ls -A out").split(separator: "\n").map(String.init)
          .filter { call != "renameat" || !$0.hasPrefix(".keyvault-") }
        #expect(Set(names).isSubset(of: ["keys", "old"]), "\(told)")
        #expect(Canary.leaks(in: result.output + result.errors) == [], "\(told)")
        if result.status == 0 { break }
        ends += 1
      }
    }
    #expect(ends > 5, "it writes nothing")
  }
}
