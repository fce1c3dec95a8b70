import TestSupport
import Testing

/// 'pass mv' and 'pass cp' know no sidecars: 'adopt --from' brings what was said of the key along.
@Suite(.fewAtATime) struct MovedSidecarTests {
  private static let start = """
    cp -a "$FILLED/." .; git init -q
    keyvault set production/openai owner=bob@example.com expires=2027-05-01 disabled=true --quiet
    printf 'exposed:\\n  to: %s\\n  since: 2026-11-01\\n' "$FPR" >> vault/production/openai.yaml
    git add -A; git commit -qm start
    mkdir vault/live
    """

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let script: String
    /// Whether the old place has a sidecar afterwards.
    let stays: Bool

    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "the ciphertext moved", script: "mv vault/production/openai.gpg vault/live/",
      stays: false),
    Case(
      name: "the ciphertext moved over another entry's",
      script: """
        keyvault mv production/anthropic live/openai --quiet
        mv vault/production/openai.gpg vault/live/openai.gpg
        """, stays: false),
    Case(
      name: "the ciphertext was copied", script: "cp vault/production/openai.gpg vault/live/",
      stays: true),
    Case(
      name: "its sidecar was removed, and git has it",
      script: "mv vault/production/openai.gpg vault/live/; rm vault/production/openai.yaml",
      stays: false),
    Case(
      name: "both files moved", script: "mv vault/production/openai.* vault/live/", stays: false),
  ]

  @Test(arguments: cases)
  func `what is known of a key stays with it`(_ example: Case) throws {
    let world = try World()
    try world.output(
      """
      \(Self.start)
      \(example.script)
      keyvault adopt live/openai --from production/openai --commit
      """)
    let sidecar = try world.output("cat vault/live/openai.yaml")
    for field in ["owner: bob@example.com", "expires: 2027-05-01", "disabled: true", "exposed:"] {
      #expect(sidecar.contains(field), "\(field): \(sidecar)")
    }
    let left = try world.run(
      "ls vault/production/openai.yaml; git status --short -- 'vault/production/openai.*'")
    #expect(left.output == (example.stays ? "vault/production/openai.yaml\n" : ""), "\(left)")
  }

  @Test func `two copies take one sidecar along, or neither does`() throws {
    let world = try World()
    let refused = try world.run(
      """
      \(Self.start)
      mkdir vault/next
      cp vault/production/openai.gpg vault/next/; mv vault/production/openai.gpg vault/live/
      cp vault/next/openai.gpg ../kept; echo broken > vault/next/openai.gpg
      keyvault adopt live/openai next/openai --from production/openai
      echo $?; ls vault/live vault/production
      """)
    #expect(
      refused.output.hasSuffix(
        "vault/live:\nopenai.gpg\n\nvault/production:\nanthropic.gpg\n"
          + "anthropic.yaml\nopenai.yaml\n") && !refused.output.hasPrefix("0\n"), "\(refused)")
    let sidecars = try world.output(
      """
      cp ../kept vault/next/openai.gpg
      keyvault adopt live/openai next/openai --from production/openai --commit
      grep -h owner vault/*/openai.yaml; git status --short
      """)
    #expect(sidecars == "owner: bob@example.com\nowner: bob@example.com\n", "\(sidecars)")
  }

  @Test func `a sidecar of another key that has the old place stays there`() throws {
    let world = try World()
    try world.output(
      """
      \(Self.start)
      mv vault/production/openai.gpg vault/live/; rm vault/production/openai.yaml
      printf %s1 "$OPENAI" | keyvault add production/openai --owner carl@example.com --no-test --quiet
      keyvault adopt live/openai --from production/openai
      """)
    let other = try world.output("grep owner vault/production/openai.yaml")
    #expect(other == "owner: carl@example.com\n")
    #expect(try world.output("cat vault/live/openai.yaml").contains("owner: bob@example.com\n"))
  }
}
