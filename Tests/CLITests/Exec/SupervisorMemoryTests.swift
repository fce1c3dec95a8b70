import Foundation
import TestSupport
import Testing

/// The memory of a keyvault that stays beside a command. Root reads it, since keyvault is not
/// dumpable.
@Suite(.fewAtATime, .enabled(if: geteuid() == 0, "only root can read another process's memory"))
struct SupervisorMemoryTests {
  /// Prints how many places hold a whole key, and how many of them are not locked.
  private static let search = #"""
    import os, re, subprocess, sys, time
    command = sys.argv[1:]
    needles = [os.environ[name][10:40].encode() for name in ("OPENAI", "ANTHROPIC")]
    # The world's own variables hold them too.
    others = {name: value for name, value in os.environ.items() if name not in ("OPENAI", "ANTHROPIC")}
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=others)
    while not os.path.exists("../ready"): time.sleep(0.02)
    time.sleep(0.2)
    found = unlocked = 0
    regions = []
    for line in open(f"/proc/{child.pid}/smaps"):
        match = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line)
        if match: regions.append([int(match[1], 16), int(match[2], 16), match[3], ""])
        elif line.startswith("VmFlags:"): regions[-1][3] = line.split()[1:]
    with open(f"/proc/{child.pid}/mem", "rb", 0) as memory:
        for start, end, rights, flags in regions:
            if not rights.startswith("rw"): continue
            memory.seek(start)
            data = memory.read(end - start)
            for needle in needles:
                if needle in data:
                    found += 1
                    unlocked += "lo" not in flags
    child.kill(); child.wait()
    print("found" if found else "nothing", unlocked)
    """#

  static let commands = [
    "touch ../ready; exec sleep 30",
    "env; touch ../ready; exec sleep 30",
    // Split, repeated, and as the last thing that is said.
    #"for _ in 1 2 3; do echo $OPENAI_API_KEY$ANTHROPIC_API_KEY; done; touch ../ready; exec sleep 30"#,
    #"printf %s "${OPENAI_API_KEY%?}"; touch ../ready; exec sleep 30"#,
    #"echo $ANTHROPIC_API_KEY >&2; head -c 200000 /dev/zero; printf %s $OPENAI_API_KEY; touch ../ready; exec sleep 30"#,
  ]

  @Test(arguments: commands) func `a key that a masked command prints is in locked memory alone`(
    _ command: String
  ) throws {
    let world = try World.withKeys()
    try Self.search.write(
      to: world.root.appending(path: "search.py"), atomically: true, encoding: .utf8)
    try command.write(to: world.root.appending(path: "command"), atomically: true, encoding: .utf8)
    let result = try world.run(
      "python3 ../search.py keyvault exec production --mask -- bash ../command")
    #expect(result.output == "found 0\n", "\(result)")
  }
}
