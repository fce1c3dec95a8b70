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

  private static let variables =
    "export KEYVAULT_TRUSTED_SIGNERS=$FPR GIT_AUTHOR_DATE=@1795455900 GIT_COMMITTER_DATE=@1795455900"

  private func world() throws -> World {
    let world = try World()
    try world.output(
      #"""
      \#(Self.variables)
      cp -a "$FILLED/." .; echo 'policy: {signatures: optional}' >> keyvault.yaml
      git init -q; git add -A; git commit -q -m start
      keyvault get production/openai > /dev/null
      keyvault test --gateway "$STUB/{provider}@valid" > /dev/null
      """#)
    return world
  }

  @Test func `does what the command of today does, and names it`() throws {
    let (old, new) = (try world(), try world())
    for (former, current) in Self.pairs {
      let before = try old.run("\(Self.variables); keyvault \(former)")
      let after = try new.run("\(Self.variables); keyvault \(current)")
      #expect(before.output == after.output, "\(former)")
      #expect(before.status == after.status, "\(former): \(before) \(after)")
      let words = former.split(separator: " ")
      // An alias is meant to stay, and a usage error is the parser's.
      let isSilent = words[0] == "run" || before.status == 64
      let name = words.prefix(words[0] == "recipients" ? 2 : 1).joined(separator: " ")
      let today = current.split(separator: " ").prefix(name == "trust" ? 1 : 2)
        .joined(separator: " ")
      let note = "keyvault: note: 'keyvault \(name)' is now 'keyvault \(today)'\n"
      #expect(before.errors.hasPrefix(note) == !isSilent, "\(former): \(before.errors)")

      let command = former.replacing(" --", with: " --quiet --", maxReplacements: 1)
      guard !isSilent, command != former else { continue }
      let quiet = try old.run("\(Self.variables); keyvault \(command)")
      #expect(!quiet.errors.contains(" is now "), "\(command): \(quiet)")
      _ = try new.run("\(Self.variables); keyvault \(current) --quiet")
    }
  }

  @Test func `is in no help, no list of commands and no completion`() throws {
    let world = try World()
    let shown = try world.output(
      """
      keyvault --help; keyvault recipients --help
      for shell in bash zsh fish; do keyvault completion $shell; done
      """)
    // The first shows how a script has what a person may complete.
    for (name, isShown) in [
      ("accept", true), ("recipients exposure", true), ("trust", false), ("history", false),
      ("recipients debt", false), ("recipients sign", false),
    ] {
      let function = "_keyvault_" + name.replacing(" ", with: "_") + "()"
      #expect(shown.contains(function) == isShown, "\(name)")
      #expect(shown.contains("keyvault \(name)\"") == isShown, "\(name)")
      let word = name.split(separator: " ").last ?? ""
      let isListed = shown.split(separator: "\n").contains { $0.hasPrefix("  \(word) ") }
      #expect(isListed == (isShown || word == "sign"), "\(name)")
    }
    let slip = try world.run("keyvault histroy")
    #expect(!slip.errors.contains("'history'"), "\(slip)")
    #expect(
      try world.output("keyvault trust --help").contains("former spelling of 'keyvault accept'"))
  }
}
