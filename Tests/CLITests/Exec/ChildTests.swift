import Foundation
import TestSupport
import Testing

/// What the programs that keyvault starts, git and gpg and its agent, are given.
@Suite(.fewAtATime, .needsStrace) struct ChildTests {
  static let commands = [
    #"keyvault add production/openai --force --no-test --from-env THE_KEY"#,
    "keyvault show production/openai", "keyvault status",
    #"keyvault test --gateway "$STUB/{provider}@valid""#, "keyvault get production/openai",
    "keyvault render production -o .env", "keyvault adopt production/openai --commit",
  ]

  @Test(arguments: commands) func `no child has a variable that holds a secret`(
    _ command: String
  ) throws {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q
      keyvault test --gateway "$STUB/{provider}@valid" > /dev/null
      gpg --batch --armor --export-secret-keys "$FPR" > ../key.asc
      """)
    let traced = try world.run(
      """
      export KEYVAULT_GPG_KEY="$(cat ../key.asc)" KEYVAULT_GPG_PASSPHRASE=not-so-secret
      export THE_KEY="$OPENAI"
      unset OPENAI ANTHROPIC
      strace -f -v -s 65536 -e trace=execve -o ../trace \(command) > /dev/null
      """)
    try #require(traced.status == 0, "\(traced.errors)")
    let calls = try world.output("cat ../trace").split(separator: "\n")
      .filter { $0.contains("execve(") && !$0.contains("ENOENT") }
    // The first is keyvault itself; what it starts has nothing of it.
    #expect(calls.count > 1, "it starts nothing")
    #expect(calls[0].contains("PRIVATE KEY") && calls[0].contains("NotARealKey"))
    for call in calls.dropFirst() {
      #expect(call.contains("GNUPGHOME=") || call.contains("HOME="), "its variables are not shown")
      #expect(!call.contains("KEYVAULT_GPG_") && !call.contains("PRIVATE KEY"), "\(call)")
      #expect(!call.contains("not-so-secret"), "\(call)")
      // A key that was not asked for from the variable is not ours to remove.
      if command.contains("--from-env") {
        #expect(!call.contains("THE_KEY=") && Canary.leaks(in: String(call)) == [], "\(call)")
      }
    }
  }
}
