import Foundation
import TestSupport
import Testing

/// What this machine remembers, and where.
@Suite(.fewAtATime) struct StateTests {
  private func world() throws -> World {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    return world
  }

  private static let test = #"keyvault test --gateway "$STUB/{provider}@valid""#

  @Test func `a state home that cannot be used costs the history, and nothing else`() throws {
    let world = try world()
    let quiet = try world.run("XDG_STATE_HOME=/dev/null/x \(Self.test)")
    #expect(quiet.status == 0 && quiet.errors == "", "\(quiet)")
    let verbose = try world.run("XDG_STATE_HOME=/dev/null/x \(Self.test) --verbose")
    #expect(verbose.status == 0 && verbose.output.contains("2 keys: 2 valid"), "\(verbose)")
    #expect(
      verbose.errors.contains("keyvault: no history is kept: cannot make the folder '/dev/null"),
      "\(verbose.errors)")
    #expect(try world.output("ls -A") == world.output(#"ls -A "$FILLED""#))
    let status = try world.run("XDG_STATE_HOME=/dev/null/x keyvault status")
    #expect(status.status == 0 && status.output.contains("2 not tested"), "\(status)")
  }

  @Test func `what was opened is remembered where that can be kept, and keys open all the same`()
    throws
  {
    let world = try world()
    let get = "keyvault get production/openai --verbose"
    let nowhere = try world.run("XDG_STATE_HOME=/dev/null/x \(get)")
    #expect(nowhere.status == 0, "\(nowhere)")
    #expect(
      nowhere.errors.hasPrefix(
        "keyvault: what was opened is not remembered: cannot make the folder '/dev/null"),
      "\(nowhere.errors)")
    #expect(try world.run("CI=true \(get) --reveal").errors == "")
    #expect(try world.output("ls -A") == world.output(#"ls -A "$FILLED""#), "nothing in CI")
    let blocked = try world.run("mkdir -p .keyvault/serials.jsonl; \(get)")
    #expect(blocked.status == 0 && blocked.errors.contains("is not remembered"), "\(blocked)")
    let kept = try world.run(
      "rmdir .keyvault/serials.jsonl; \(get); wc -l < .keyvault/serials.jsonl")
    #expect(kept.errors == "" && kept.output.hasSuffix("\n1\n"))
  }

  @Test func `the memory of another machine is told, and not believed`() throws {
    let world = try world()
    try world.output("keyvault get production/openai > /dev/null")
    let elsewhere = try world.run(
      #"XDG_STATE_HOME="$HOME/other" keyvault get production/openai > /dev/null"#)
    #expect(
      elsewhere.errors
        == "keyvault: warning: 1 of the lines that remember these entries are not this machine's, "
        + "and were ignored\n")
    #expect(elsewhere.status == 0)
  }

  @Test func `many entries are remembered by one write`() throws {
    let world = try world()
    let writes = try world.output(
      """
      gpg -q -d vault/production/openai.gpg > /dev/null # else the agent would be traced too
      strace -f -qq -e trace=openat -o ../trace keyvault render production -o .env 2> /dev/null
      grep -c 'serials.jsonl.*O_APPEND' ../trace
      wc -l < .keyvault/serials.jsonl
      """)
    #expect(writes == "1\n2\n")
  }

  @Test func `a relative state home is ignored, as the specification says`() throws {
    let world = try world()
    try world.output("XDG_STATE_HOME=state \(Self.test)")
    #expect(try world.output("ls -A | grep -c state || true") == "0\n")
    #expect(try world.output(#"ls "$HOME/.local/state/keyvault""#) == "key\n")
    #expect(try world.output("keyvault status").contains("2 keys: 2 valid"))
  }

  @Test func `lines of others in the history are told, and not believed`() throws {
    let world = try world()
    try world.output(Self.test)
    let forged = try world.run(
      """
      sed -i 's/"verdict":"valid"/"verdict":"invalid"/' .keyvault/history.jsonl
      keyvault status
      keyvault show production/openai
      """)
    let warning =
      "keyvault: warning: 2 lines of the history are not this machine's, and were ignored\n"
    #expect(forged.errors == warning + warning)
    #expect(forged.output.contains("2 keys: 2 not tested"))
  }
}
