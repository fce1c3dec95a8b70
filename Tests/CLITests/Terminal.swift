import Foundation

/// A person at a terminal, played by Python: a script gets `spawn`, `read_until`, `type` and `wait` for
/// a child with a pseudo-terminal of its own.
enum Terminal {
  /// Runs `script`; what it printed.
  static func run(_ script: String, in world: World) throws -> (
    output: String, errors: String, status: Int32
  ) {
    let file = world.root.appending(path: "terminal.py")
    try (prelude + script).write(to: file, atomically: true, encoding: .utf8)
    return try world.run("python3 ../terminal.py")
  }

  private static let prelude = #"""
    import fcntl, os, pty, select, signal, struct, sys, termios, time

    # Whoever runs the tests may have blocked signals, which no terminal does.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])

    def set_size(rows, columns):
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def spawn(*command, rows=24, columns=80):
        global child, master, seen
        seen = b""
        ready, go = os.pipe()
        child, master = pty.fork()
        if child == 0:
            os.close(go)
            os.read(ready, 1)
            os.close(ready)
            os.execvp(command[0], command)
        set_size(rows, columns)
        os.close(ready)
        os.write(go, b"x")
        os.close(go)

    def read_some(timeout):
        global seen
        if not select.select([master], [], [], timeout)[0]:
            return False
        try:
            data = os.read(master, 65536)
        except OSError:
            return False
        seen += data
        return bool(data)

    def read_until(text, timeout=15):
        """Everything up to and with text; what is behind it is kept."""
        global seen
        end = time.time() + timeout
        while text.encode() not in seen:
            if not read_some(max(0, end - time.time())):
                if time.time() >= end or not alive():
                    read_some(0.2)
                    if text.encode() in seen:
                        break
                    sys.exit(f"never seen: {text!r} in {seen!r}")
        head, _, seen = seen.partition(text.encode())
        return (head + text.encode()).decode()

    def alive():
        return os.path.exists(f"/proc/{child}")

    def type(text):
        os.write(master, text.encode())

    def wait():
        """What else is printed, and how the child ended."""
        global seen
        while read_some(15):
            pass
        _, status = os.waitpid(child, 0)
        rest, seen = seen, b""
        return rest.decode(), os.waitstatus_to_exitcode(status)


    """#
}
