import Foundation
import TestSupport
import Testing

/// The hidden prompt, on a terminal of its own.
@Suite(.fewAtATime, .needsPython) struct PromptTests {
  /// Answers the prompt with the file `../answer`, prints what the terminal showed, and ends as the
  /// command did.
  private static let program = """
    import os, pty, sys
    child, terminal = pty.fork()
    if child == 0:
        os.execvp("keyvault", ["keyvault", "add", "production/openai", "--no-test", "--force"])
    shown = b""
    while b"(hidden): " not in shown:
        shown += os.read(terminal, 4096)
    os.write(terminal, open("../answer", "rb").read() + b"\\n")
    while True:
        try:
            more = os.read(terminal, 4096)
        except OSError:
            break
        if not more:
            break
        shown += more
    sys.stdout.buffer.write(shown)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """

  private func answer(
    _ length: Int, in world: World
  ) throws -> (output: String, errors: String, status: Int32) {
    try world.output(
      """
      cp -a "$EMPTY/." .
      printf 'sk-proj-%0\(length - 8)d' 0 > ../answer
      """)
    try Self.program.write(
      to: world.root.appending(path: "prompt.py"), atomically: true, encoding: .utf8)
    return try world.run("timeout 20 python3 ../prompt.py")
  }

  @Test func `a key that is pasted is stored, and not shown`() throws {
    let world = try World()
    let result = try answer(160, in: world)
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains("added production/openai: sk-proj-…0000"))
    #expect(!result.output.contains("000000"))
    #expect(try world.output("keyvault get production/openai | wc -c") == "161\n")
  }

  @Test func `a key that the terminal may have cut is refused`() throws {
    let world = try World()
    let result = try answer(4_200, in: world)
    #expect(result.status == 65, "\(result)")
    #expect(result.output.contains("this key may be cut"))
    #expect(!result.output.contains("000000"))
    #expect(try world.run("keyvault ls").status == 2)
  }

  /// Answers `keyvault accept` on a terminal, and ends as it did.
  private static let accept = """
    import os, pty, sys
    child, terminal = pty.fork()
    if child == 0:
        os.execvp("keyvault", ["keyvault", "accept", "production/openai"])
    shown = b""
    while b"[y/N] " not in shown:
        shown += os.read(terminal, 4096)
    os.write(terminal, sys.argv[1].encode() + b"\\n")
    try:
        while os.read(terminal, 4096): pass
    except OSError: pass
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """

  @Test(arguments: [("n", 2, 2), ("", 2, 2), ("y", 0, 1)])
  func `accept asks on a terminal`(answer: String, status: Int32, lines: Int) throws {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      keyvault get production/openai > /dev/null
      keyvault get production/anthropic > /dev/null
      """)
    try Self.accept.write(
      to: world.root.appending(path: "accept.py"), atomically: true, encoding: .utf8)
    #expect(try world.run("timeout 20 python3 ../accept.py '\(answer)'").status == status)
    #expect(
      try world.output("wc -l < ~/.local/state/keyvault/repositories/*/serials.jsonl")
        == "\(lines)\n")
  }
}
