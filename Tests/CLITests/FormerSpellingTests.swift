import TestSupport
import Testing

/// Commands under the names that they had before, which stay until 1.0.
@Suite(.fewAtATime) struct FormerSpellingTests {
  /// The spelling of before, and that of today; one that was renamed with its arguments.
  private static let pairs = [
    ("trust production/openai --yes", "accept production/openai --yes"),
    ("trust", "accept"),
    ("history", "log --verdicts"),
    ("history production/openai --format json", "log --verdicts production/openai --format json"),
    ("history production/opnai", "log --verdicts production/opnai"),
    ("recipients debt $FPR --check", "recipients exposure $FPR --check"),
    ("recipients debt $FPR --format json", "recipients exposure $FPR --format json"),
    ("recipients sign --commit", "sign --recipients --commit"),
    ("run production -- printenv OPENAI_API_KEY", "exec production -- printenv OPENAI_API_KEY"),
  ]

  private static let setup = #"""
    cp -a "$FILLED/." .; echo 'policy: {signatures: optional}' >> keyvault.yaml
    export KEYVAULT_TRUSTED_SIGNERS=$FPR
    git init -q; git add -A; git commit -q -m start
    keyvault get production/openai > /dev/null
    keyvault test --gateway "$STUB/{provider}@valid" > /dev/null
    """#

  @Test func `does what the command of today does, and names it`() throws {
    for (former, current) in Self.pairs {
      let old = try World()
      let new = try World()
      let before = try old.run("\(Self.setup)\nkeyvault \(former)")
      let after = try new.run("\(Self.setup)\nkeyvault \(current)")
      let note = before.errors.split(separator: "\n").first { $0.contains(" is now ") }
      #expect(before.output == after.output, "\(former)")
      #expect(before.status == after.status, "\(former)")
      let words = former.split(separator: " ")
      let isAlias = words[0] == "run"
      let isUsage = before.status == 64
      #expect((note == nil) == (isAlias || isUsage), "\(former): \(before.errors)")
      if let note {
        let name = words.prefix(words[0] == "recipients" ? 2 : 1).joined(separator: " ")
        let spelling = current.split(separator: " ").prefix(name == "trust" ? 1 : 2)
          .joined(separator: " ")
        #expect(note == "keyvault: note: 'keyvault \(name)' is now 'keyvault \(spelling)'")
        let quiet = try old.run("export KEYVAULT_TRUSTED_SIGNERS=$FPR; keyvault \(former) --quiet")
        #expect(!quiet.errors.contains(" is now "), "\(former): \(quiet)")
      }
    }
  }

  @Test func `is in no help, no list of commands and no completion`() throws {
    let world = try World()
    let shown = try world.output(
      """
      keyvault --help; keyvault recipients --help
      for shell in bash zsh fish; do keyvault completion $shell; done
      """)
    for name in ["trust", "history", "debt"] {
      let pattern = try Regex("(?m)^  \(name) |'\(name)[':]|[( |]\(name)[)|]|_\(name)\\(")
      #expect(shown.firstMatch(of: pattern) == nil, "\(name)")
    }
    let slip = try world.run("keyvault histroy")
    #expect(!slip.errors.contains("'history'"), "\(slip)")
    #expect(
      try world.output("keyvault trust --help").contains("former spelling of 'keyvault accept'"))
  }
}
