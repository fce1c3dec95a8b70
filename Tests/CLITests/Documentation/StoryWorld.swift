import Foundation
import ProviderStub
import Testing

/// A world in which the documentation's examples are true: Alice, whose fingerprint they give, has a GPG key
/// and keys of two providers, and Bob has sent his public key.
final class StoryWorld {
  let world: World
  private let stub: StubServer

  /// Alice's and Bob's fingerprints in the documentation.
  static let alice = "0123456789ABCDEF0123456789ABCDEF01234567"
  static let bob = "3AF1D0E2C4B596877869504132231405F6E7D8C9"

  /// The SHA-256 of `$OPENAI`, of `$OPENAI` followed by 9, and of `$ANTHROPIC`: the stand-in knows them as `first`,
  /// `second` and `valid`, and no other key.
  private static func keys(_ world: World) throws -> [String: [String: String]] {
    let digests = try world.output(
      #"for key in "$OPENAI" "${OPENAI}9" "$ANTHROPIC"; do printf %s "$key" | sha256sum | cut -d' ' -f1; done"#
    ).split(separator: "\n").map(String.init)
    return [
      "openai": [digests[0]: "first", digests[1]: "second"], "anthropic": [digests[2]: "valid"],
    ]
  }

  init() throws {
    world = try World()
    try world.output(
      #"""
      cp -a "$ANSWERS" "$HOME/answers"
      cd "$HOME/answers/openai"
      cp valid.json first.json
      cp valid.json second.json
      export GNUPGHOME="$HOME/bob"
      mkdir -m 700 "$GNUPGHOME" "$HOME/bin"
      gpg --batch --quiet --passphrase '' --quick-generate-key 'Bob <bob@example.com>' ed25519 cert,sign never 2> /dev/null
      gpg --batch --list-keys --with-colons | awk -F: '$1=="fpr"{print $10; exit}' > "$HOME/bob.fpr"
      gpg --batch --quiet --passphrase '' --quick-add-key "$(cat "$HOME/bob.fpr")" cv25519 encr never
      gpg --armor --export > "$HOME/bob.asc"
      gpgconf --kill all
      """#)
    stub = try StubServer(
      answers: world.root.appending(path: "answers"), keys: try Self.keys(world))
    try Self.wrapper.write(
      to: world.root.appending(path: "bin/keyvault"), atomically: true, encoding: .utf8)
    try world.output(#"chmod +x "$HOME/bin/keyvault""#)
  }

  deinit { stub.stop() }

  /// keyvault, in repositories whose gateway is the stand-in: the examples name none, and the providers
  /// themselves are out of reach.
  private static let wrapper = #"""
    #!/bin/bash
    file=$(git rev-parse --show-toplevel 2> /dev/null || pwd)/keyvault.yaml
    gateway="gateway: \"$PROVIDERS/{provider}\""
    if [ -f "$file" ] && ! grep -q '^ *gateway: ' "$file"; then
      if grep -q '^  production: *\(#.*\)\?$' "$file"; then
        sed -i "s|^  production: *\(#.*\)\?$|&\n    $gateway|" "$file"
      elif ! grep -q '^environments:' "$file"; then
        printf 'environments:\n  production:\n    %s\n' "$gateway" >> "$file"
      fi
    fi
    exec "$KEYVAULT" "$@"
    """#

  private var prelude: String {
    #"""
    export KEYVAULT="$(command -v keyvault)" PROVIDERS=http://127.0.0.1:\#(stub.port)
    export KEYVAULT_ALLOW_HOSTS=$PROVIDERS PATH="$HOME/bin:$PATH" BOB="$(cat "$HOME/bob.fpr")"

    """#
  }

  /// A text of the documentation, with what differs here.
  func text(_ text: String) throws -> String {
    try text.replacing(Self.alice, with: Templates.shared.fingerprint)
      .replacing(
        Self.bob, with: world.output(#"printf %s "$(cat "$HOME/bob.fpr")""#)
      )
      .replacing("/etc/server", with: world.root.path + "/etc/server")
      .replacing("/home/alice/keys", with: world.folder.path)
  }

  /// Writes an example to the end of a file. What keyvault.yaml says of the gateway belongs to the stand-in, and
  /// comes again.
  static func script(adding text: String, to file: String) -> String {
    let start = file == "keyvault.yaml" ? "sed -i '/^environments:/,$d' keyvault.yaml\n" : ""
    return "\(start)cat >> '\(file)' <<'END'\n\(text)END"
  }

  func output(_ script: String) throws -> String { try world.output(prelude + script) }

  func run(_ script: String) throws -> (output: String, errors: String, status: Int32) {
    try world.run(prelude + script)
  }

  /// Types the lines at a terminal, with whatever happens before and after each, and pastes those keys (a list in
  /// Python) at its hidden prompts; what the terminal showed, and how each line ended.
  func type(
    _ lines: [(before: String, line: String, after: String)], pasting keys: String
  ) throws -> (shown: String, statuses: [Int32]) {
    let script = lines.map {
      "\($0.before)\n\($0.line)\necho $? >> \"$HOME/statuses\"\n\($0.after)\n"
    }
    try ("mkdir -p \"$HOME/etc/server\"; : > \"$HOME/statuses\"\n" + prelude + script.joined())
      .write(to: world.root.appending(path: "story.sh"), atomically: true, encoding: .utf8)
    let result = try Terminal.run(
      #"""
      openai = os.environ["OPENAI"]
      answers = \#(keys)
      spawn("bash", "../story.sh", columns=200)
      shown = b""
      while read_some(30):
          if b"(hidden): " in seen and answers:
              type(answers.pop(0) + "\n")
              shown, seen = shown + seen, b""
      print((shown + seen).decode())
      """#, in: world)
    let statuses = try world.output(#"cat "$HOME/statuses""#)
    return (result.output + result.errors, statuses.split(separator: "\n").compactMap { Int32($0) })
  }
}
