import Foundation
import Testing

/// What this machine remembers, and where.
@Suite struct StateTests {
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
