import Foundation
import TestSupport
import Testing

/// No command shows a key, but those that exist to show it: not in what it prints, starts or writes.
@Suite(.fewAtATime, .needsStrace) struct CanaryTests {
  @Test(arguments: CanaryCommand.all)
  func `no stream, argument, variable or file holds a key, in any form`(
    _ command: CanaryCommand
  ) throws {
    let world = try CanaryWorld()
    try world.output(command.setup)
    let sight = try world.watch(command.script, except: command.exceptions)
    #expect(sight.leaks == [], "\(sight.errors)")
    // What was not understood, or did not run, proves nothing.
    #expect(!sight.errors.contains("see 'keyvault "), "\(sight.errors)")
    #expect(try world.programs().contains("keyvault") && !sight.statuses.isEmpty)
  }

  @Test func `every command is among them, in every format, verbose and quiet`() throws {
    let world = try World()
    let wanted = try CanaryCoverage.wanted(world.output("keyvault --experimental-dump-help"))
    let scripts = CanaryCommand.all.map(\.script)
    #expect(CanaryCoverage.missing(of: wanted, in: scripts) == [])
    // It names what a list lacks.
    let help = try world.output("keyvault --help")
    #expect(help.contains("  textconv") == false && help.contains("  sign"))
    let others = scripts.filter { !$0.contains("keyvault sign") && !$0.contains("junit") }
    #expect(
      CanaryCoverage.missing(of: wanted, in: others).isSuperset(of: [
        "sign", "sign --verbose", "test --format junit", "validate --format junit",
      ]))
  }

  /// What a command might do with a key, and where it is found then.
  static let leaks: [(script: String, place: String)] = [
    (#"cat "$GIVEN/openai""#, "standard output"),
    (#"cat "$GIVEN/anthropic" >&2"#, "standard error"),
    (#"(printf x; cat "$GIVEN/openai") | base64 -w0"#, "standard output"),
    (#"(printf xy; cat "$GIVEN/wide") | base64 -w0 | tr +/ -_"#, "standard output"),
    (#"jq -sRr @uri "$GIVEN/wide" | grep -o '%2F.*%2B'"#, "standard output"),
    (#"sed 's|.*\(Key/NotA\).*|\1|; s|/|\\/|' "$GIVEN/wide""#, "standard output"),
    (#"od -An -v -tx1 "$GIVEN/openai" | tr -d ' \n'"#, "standard output"),
    (#"tail -c 8 "$GIVEN/openai""#, "standard output"),
    (#"/bin/true "$(<"$GIVEN/openai")""#, "argument of true"),
    (#"KEY="$(base64 -w0 "$GIVEN/openai")" gpg --version > /dev/null"#, "variable of gpg"),
    (#"KEY="$(<"$GIVEN/openai")" keyvault ls --quiet > /dev/null"#, "variable of keyvault"),
    (#"printf %s "$(<"$GIVEN/openai")" > x; rm x"#, "a file"),
    (#"sed -n 'w /dev/shm/x' "$GIVEN/wide"; rm /dev/shm/x"#, "a file"),
    (#"mkdir "$(cut -c 9-30 "$GIVEN/openai")""#, "a name"),
    (#"cp "$GIVEN/openai" "$TMPDIR/x""#, "left"),
    (#"cp "$GIVEN/openai" "$XDG_RUNTIME_DIR/x""#, "left"),
    (#"cp "$GIVEN/openai" "$XDG_STATE_HOME""#, "left"),
  ]

  @Test(arguments: leaks) func `a key that gets out is found`(
    _ leak: (script: String, place: String)
  ) throws {
    let sight = try CanaryWorld().watch(leak.script)
    #expect(sight.leaks.contains { $0.hasPrefix(leak.place) }, "\(sight)")
  }

  @Test func `four characters of the end are not a leak`() throws {
    let sight = try CanaryWorld().watch("keyvault show production/openai")
    #expect(sight.output.contains("sk-proj-…0001") && sight.leaks == [])
  }
}
