import Foundation
import TestSupport
import Testing

/// Names, notes and payloads are anybody's; a terminal obeys what they hold.
@Suite(.fewAtATime) struct TerminalTests {
  /// Clears the screen, sets the title, turns the text around; in bash's `$'…'` and in YAML.
  static let steering = #"\u001b[2J\u001b]0;x\u0007\u009b2J\u202e"#

  /// Scalars that no line of ours holds.
  static func steers(_ scalar: Unicode.Scalar) -> Bool {
    (scalar.value < 0x20 && scalar != "\n") || (0x7f...0x9f).contains(scalar.value)
      || (0x202a...0x202e).contains(scalar.value)
  }

  private func check(
    _ commands: [String], in world: World, isTold: Bool = true
  ) throws {
    var isShown = false
    for command in commands {
      let result = try world.run(command)
      let text = result.output + result.errors
      #expect(
        !text.unicodeScalars.contains(where: Self.steers), "$ \(command)\n\(text.debugDescription)")
      isShown = isShown || text.contains(#"\u{1b}"#) || text.contains(#"\u001b"#)
    }
    if isTold { #expect(isShown, "nothing of it was told at all") }
  }

  @Test(arguments: ["vault", "entry", "provider", "serial", "hosts", "", "organization"])
  func `what a payload says does not reach the terminal raw`(name: String) throws {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    let id = try world.output(#"sed -n 's/^vault: "\(.*\)"$/\1/p' keyvault.yaml"#)
    var lines = [
      "vault: \(id.dropLast())", "entry: production/openai", "provider: openai", "serial: 1",
    ]
    lines.removeAll { $0.hasPrefix(name + ":") }
    lines.append((name.isEmpty ? "" : name + ": ") + "x\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}2J\u{202e}")
    try ([Templates.openAI] + lines).joined(separator: "\n").write(
      to: world.root.appending(path: "payload"), atomically: true, encoding: .utf8)
    try world.output(
      """
      gpg -q -e --yes --trust-model always -r "$FPR" -o vault/production/openai.gpg ../payload
      """)
    let isQuiet = ["vault", "serial", "hosts", "organization", ""].contains(name)
    try check(
      [
        "keyvault get production/openai --verbose", "keyvault adopt production/openai",
        "keyvault render production -o .env", "keyvault show production/openai",
        "keyvault validate", #"keyvault test --verbose --gateway "$STUB/{provider}@valid""#,
        "keyvault status", "keyvault get production/openai --field nothing",
      ], in: world, isTold: !isQuiet)
  }

  @Test func `what a sidecar, a provider and a file's name say does not either`() throws {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      mkdir providers.d
      sed 's/^name: .*/name: "Open\(Self.steering)"/' \
        "\(World.repository.path)/providers.d/openai.yaml" > providers.d/openai.yaml
      sed -i 's/^owner: .*/owner: "Alice\(Self.steering)"/' vault/production/openai.yaml
      printf 'description: "\(Self.steering.replacing("\\", with: "\\\\"))"\\n' >> vault/production/openai.yaml
      cp vault/production/openai.gpg vault/production/$'a\(Self.steering)'.gpg
      """)
    try check(
      [
        "keyvault providers", "keyvault providers show openai", "keyvault status",
        "keyvault status --format markdown", "keyvault status --format json",
        "keyvault show production/openai", "keyvault show production/openai --format json",
        "keyvault validate", "keyvault validate --format json", "keyvault ls",
        "keyvault ls --format json", #"keyvault test --gateway "$STUB/{provider}@valid""#,
        "keyvault render production -o .env", "keyvault doctor", "keyvault log --verdicts",
        "keyvault validate --format junit", "keyvault validate --format github",
        "keyvault validate --format sarif", "keyvault providers ls --format markdown",
        #"keyvault test --format junit --gateway "$STUB/{provider}@invalid""#,
        #"keyvault test --format github --gateway "$STUB/{provider}@invalid""#,
        #"keyvault providers check openai --gateway "$STUB/{provider}""#,
      ], in: world)
  }

  @Test func `what an argument says does not either`() throws {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    let argument = "$'a\(Self.steering)'"
    try check(
      [
        "keyvault get \(argument)", "keyvault test \(argument)", "keyvault \(argument)",
        "keyvault render \(argument)", "keyvault -C \(argument) ls",
        "keyvault add production/x --provider \(argument) < /dev/null",
        "keyvault ls --format \(argument)", "keyvault set production/openai \(argument)",
        "keyvault render production -o \(argument)/x",
        "keyvault add p/openai --from-env \(argument)",
        "keyvault test --provider \(argument)", "keyvault test --capability \(argument)",
        "keyvault test --fail-on \(argument)", "keyvault test --require \(argument)",
        "keyvault log --verdicts \(argument)", "keyvault providers check \(argument)",
        "keyvault providers check openai --answers \(argument)",
        "keyvault providers new \(argument)", "keyvault providers new x --name \(argument)",
        "keyvault schema \(argument)", "KEYVAULT_ALLOW_HOSTS=\(argument) keyvault ls",
      ], in: world)
  }
}
