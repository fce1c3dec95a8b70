import Foundation
import TestSupport
import Testing

/// `import` with a person at the terminal, and where not everything can be stored.
@Suite(.fewAtATime) struct ImportQuestionTests {
  /// A variable whose key may be several providers'.
  private static let source = """
    cp -a "$EMPTY/." .
    printf 'BOT_TOKEN=sk-NotARealKeyNotARealKeyNotARealKey5\\nOPENAI_API_KEY=%s\\n' "$OPENAI" > .env
    """

  private func answer(
    _ answers: [String], in world: World
  ) throws -> (output: String, errors: String, status: Int32) {
    try world.output(Self.source)
    return try Terminal.run(
      #"""
      spawn("keyvault", "import", "production", "--from", ".env", "--no-test", columns=200)
      shown = ""
      for answer in \#(answers):
          shown += read_until("[leave it out] ")
          type("\x03" if answer == "^C" else answer + "\n")
      rest, status = wait()
      print(shown + rest)
      sys.exit(status)
      """#, in: world)
  }

  @Test(.needsPython)
  func `whose a key is, is asked on a terminal, until a provider is named`() throws {
    let world = try World()
    let result = try answer(["acme", "deepseek"], in: world)
    #expect(result.status == 0, "\(result)")
    #expect(
      result.output.contains("BOT_TOKEN may be a key of deepseek, moonshot, openai, stability"))
    #expect(result.output.contains("unknown provider 'acme'"))
    #expect(try world.output("keyvault ls") == "production/deepseek\nproduction/openai\n")
    #expect(
      try world.output("keyvault get production/deepseek")
        == "sk-NotARealKeyNotARealKeyNotARealKey5\n")
    #expect(Canary.leaks(in: result.output) == [])
  }

  @Test(.needsPython)
  func `no answer leaves the key out, and the others are stored`() throws {
    let world = try World()
    let result = try answer([""], in: world)
    #expect(result.status == 1, "\(result)")
    #expect(result.output.contains("ambiguous"))
    #expect(try world.output("keyvault ls") == "production/openai\n")
  }

  @Test(.needsPython)
  func `Ctrl-C at the question stores nothing`() throws {
    let world = try World()
    let result = try answer(["^C"], in: world)
    #expect([130, -2, 254].contains(result.status), "\(result)")
    #expect(try world.run("keyvault ls").output == "")
  }

  @Test(.needsPython, arguments: [("y", 0), ("n", 1), ("", 1)])
  func `one provider is a question of yes or no`(answer: String, status: Int32) throws {
    let world = try World()
    try world.output(
      #"""
      cp -a "$EMPTY/." .
      printf 'ANTHROPIC_API_KEY=sk-ant-oat01-%s\n' "$(seq -s _ 100)" > .env
      """#)
    let result = try Terminal.run(
      #"""
      spawn("keyvault", "import", "production", "--from", ".env", "--no-test", columns=200)
      shown = read_until("[y/N] ")
      type("\#(answer)\n")
      rest, status = wait()
      print(shown + rest)
      sys.exit(status)
      """#, in: world)
    #expect(result.status == status, "\(result)")
    #expect(result.output.contains("a key of this form belongs in ANTHROPIC_AUTH_TOKEN"))
    let rendered = try world.run("keyvault render production 2> /dev/null | cut -d= -f1").output
    #expect(rendered.contains("ANTHROPIC_AUTH_TOKEN") == (status == 0), "\(rendered)")
    #expect(!rendered.contains("ANTHROPIC_API_KEY"))
  }

  private static let failing = Nightly.cases(
    ["fchmod", "fsync", "renameat"], of: "a batch of which one key cannot be written"
  ) { $0 == "renameat" }

  /// Keys of which three files each are written, and one call that fails.
  @Test(.needsStrace, arguments: failing)
  func `a batch of which one key cannot be written leaves nothing stored`(_ call: String) throws {
    let world = try World()
    try world.output(
      """
      cp -a "$EMPTY/." .
      cp -a . ../start
      printf 'OPENAI_API_KEY=%s\\nANTHROPIC_API_KEY=%s\\nGROQ_API_KEY=gsk_NotARealKeyNotARealKey0004\\n' \
        "$OPENAI" "$ANTHROPIC" > ../source
      """)
    var failures = 0
    // What is kept beside the vault may fail, and the keys are stored all the same.
    var survived = 0
    var number = 0
    while survived < 3 {
      number += 1
      try #require(number < 100)
      let result = try world.run(
        """
        rm -rf ../work/* ../work/.[!.]*
        cp -a ../start/. .
        strace -f -qq -o /dev/null -e trace=\(call) -e inject=\(call):error=ENOSPC:when=\(number) \
          keyvault import production --from ../source --no-test
        """)
      // What was begun and is recorded, the next command that writes completes.
      if result.status == 74 { try world.output("keyvault reencrypt --quiet") }
      let entries = try world.run("keyvault ls").output.split(separator: "\n")
      #expect(
        entries.count == (result.status == 73 ? 0 : 3), "\(call) \(number): \(entries) \(result)")
      // What was not told as stored is not there, nor half there.
      let files = try world.run("ls -A vault/production 2> /dev/null").output
      #expect(
        files.split(separator: "\n").count == 2 * entries.count, "\(call) \(number): \(files)")
      survived = result.status == 0 ? survived + 1 : 0
      guard survived == 0 else { continue }
      #expect([73, 74].contains(result.status), "\(call) \(number): \(result)")
      #expect(result.errors.contains("keyvault: error: "), "\(result)")
      failures += 1
    }
    #expect(failures > 0)
  }
}
