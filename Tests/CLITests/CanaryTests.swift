import Foundation
import Testing

/// No command shows a key, but those that exist to show it.
@Suite struct CanaryTests {
  static let commands = [
    "keyvault ls --format json", "keyvault show production/openai --format json",
    "keyvault status --format json", "keyvault status --format markdown",
    "keyvault validate --format json", "keyvault doctor --verbose",
    #"keyvault test --verbose --format json --gateway "$STUB/{provider}@valid""#,
    #"keyvault test --verbose --gateway "$STUB/{provider}@invalid""#,
    "keyvault adopt production/openai --verbose",
    "keyvault set production/openai owner=x@y.example",
    "keyvault render production -o .env --verbose",
    #"printf '%s\nx' "$OPENAI" | keyvault add production/openai --force --no-test"#,
    #"printf '%s ' "$OPENAI" | keyvault add production/openai --force --no-test"#,
    #"printf '%s' "$ANTHROPIC" | keyvault add production/mistral --no-test"#,
    #"printf '%s' "$OPENAI" | keyvault add production/openai --force --verbose --no-test"#,
    "keyvault get production/openai --field nothing",
    "CI=true keyvault render production | cat", "keyvault rm production/openai --verbose",
  ]

  @Test func `no output holds a key, raw or in base64`() throws {
    for command in Self.commands {
      let world = try World()
      try world.output(#"cp -a "$FILLED/." ."#)
      let result = try world.run(command)
      #expect(Canary.leaks(in: result.output + result.errors) == [], "$ \(command)")
    }
  }

  @Test func `the canary is found where a key is shown`() throws {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    #expect(Canary.leaks(in: try world.output("keyvault get production/openai")) != [])
    #expect(Canary.leaks(in: try world.output("keyvault get production/openai | base64 -w0")) != [])
  }

  @Test func `no file but the ciphertext and what was rendered holds a key`() throws {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q
      keyvault test --gateway "$STUB/{provider}@valid" > /dev/null
      keyvault show production/openai > /dev/null
      keyvault adopt production/openai --commit 2> /dev/null
      """)
    let found = try world.run(#"grep -rlE 'NotAReal|Tm90QVJlYWxLZXk' "$HOME" || true"#)
    #expect(found.output == "")
  }

  @Test(.enabled(if: Programs.hasStrace))
  func `no child has the variables of the secret key`() throws {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      gpg --batch --armor --export-secret-keys "$FPR" > ../key.asc
      """)
    let traced = try world.run(
      """
      export KEYVAULT_GPG_KEY="$(cat ../key.asc)" KEYVAULT_GPG_PASSPHRASE=not-so-secret
      strace -f -v -s 65536 -e trace=execve -o ../trace keyvault get production/openai > /dev/null
      """)
    try #require(traced.status == 0, "\(traced.errors)")
    let calls = try world.output("cat ../trace").split(separator: "\n")
      .filter { $0.contains("execve(") && !$0.contains("ENOENT") }
    // The first is keyvault itself; what it starts has nothing of it.
    #expect(calls.count > 1)
    for call in calls.dropFirst() {
      #expect(!call.contains("KEYVAULT_GPG_") && !call.contains("PRIVATE KEY"), "\(call)")
    }
  }
}
