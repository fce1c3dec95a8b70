import Foundation
import TestSupport
import Testing

/// A vault of which git ignores files, by rules of every origin.
@Suite(.fewAtATime) struct IgnoredVaultTests {
  /// Commands that write a rule, the rule, where it stands, and what of `p` git ignores then.
  static let rules: [(write: String, rule: String, place: String, file: String)] = [
    ("echo '*.gpg' >> .gitignore", "'*.gpg'", ".gitignore:5", "vault/p/openai.gpg"),
    (
      "printf 'x\\n/vault/p/\\n' > .git/info/exclude", "'/vault/p/'", ".git/info/exclude:2",
      "vault/p/openai"
    ),
    (
      "echo '*.yaml' > ../own; git config --global core.excludesFile ../own", "'*.yaml'", "own:1",
      "vault/p/openai.yaml"
    ),
    (
      "printf 'p/*\\n!p/*.gpg\\n' > vault/.gitignore", "'p/*'", "vault/.gitignore:1",
      "vault/p/openai.yaml"
    ),
    (
      "printf '[core]\\nexcludesFile=%s/system\\n' $HOME > ../gitconfig; echo .gpg-id > ../system; export GIT_CONFIG_SYSTEM=$HOME/gitconfig",
      "'.gpg-id'", "system:1", "vault/p/.gpg-id"
    ),
  ]

  @Test(arguments: rules)
  func `each command names the file and the line of the rule`(
    example: (write: String, rule: String, place: String, file: String)
  ) throws {
    let world = try World()
    try world.output(
      "cp -a $EMPTY/. .; git init -q; keyvault git install -q; git add -A; git commit -qm start")
    let told = try world.run(
      """
      \(example.write)
      mkdir -p vault/p; cp vault/.gpg-id vault/p/.gpg-id
      printf %s "$OPENAI" | keyvault add p/openai --no-test 2> add
      keyvault validate > validate; echo $? > status
      keyvault doctor > doctor
      echo x > other
      git add -A; git reset -q add validate status doctor
      git commit -qm x 2> hook
      keyvault set p/openai owner=bob@example.com 2> set
      for f in add validate doctor hook set; do echo "== $f"; cat $f; done; cat status
      """)
    let parts = told.output.components(separatedBy: "== ")
    for part in parts.dropFirst() {
      let isChanged = part.hasPrefix("set") || part.hasPrefix("add")
      // A list is not what 'add' and 'set' write.
      if isChanged, example.file.hasSuffix(".gpg-id") { continue }
      // 'set' writes a sidecar alone.
      #expect(
        part.contains("git ignores") && part.contains(example.rule)
          && part.contains(example.place) && part.contains(example.file), "\(told)")
    }
    #expect(told.output.hasSuffix("\n1\n"), "\(told)")
  }

  @Test func `a rule that is taken back, and a file that git has already, are nothing to tell`()
    throws
  {
    let world = try World()
    let told = try world.run(
      """
      cp -a $FILLED/. .; git init -q; git add -A; git commit -qm start
      printf '*.gpg\\n!vault/**/*.gpg\\n' >> .gitignore
      printf %s7 "$OPENAI" | keyvault add p/openai --no-test
      keyvault validate && echo '*.yaml' >> .gitignore
      printf %s8 "$OPENAI" | keyvault rotate production/openai --no-test
      """)
    #expect(!told.errors.contains("ignores") && !told.output.contains("ignored"), "\(told)")
    // The sidecar of 'p' is not tracked.
    #expect(
      try world.run("keyvault validate").output.contains(
        "vault/p/openai.yaml:1:1: error[ignored-by-git]"))
    let whole = try world.run(
      "rm -rf .git; git init -q; echo '*' > .git/info/exclude; keyvault validate")
    #expect(whole.status == 0 && whole.output.contains("warning[ignored-by-git]"), "\(whole)")
  }

  @Test func `half an entry is refused with a command that works`() throws {
    let world = try World()
    let result = try world.run(
      """
      cp -a $EMPTY/. .; git init -q; keyvault git install -q; git add -A; git commit -qm start
      echo '*.gpg' >> .gitignore
      printf %s "$OPENAI" | keyvault add p/openai --no-test -q 2> /dev/null
      git add -A
      git commit -qm half 2> hook && exit 9
      eval "$(sed -n 's/^  hint: \\(git add .*\\)/\\1/p' hook | head -1)" && git commit -qm whole && git ls-files vault/p
      """)
    #expect(result.output == "vault/p/openai.gpg\nvault/p/openai.yaml\n", "\(result)")
  }

  @Test func `what a clone would lack is named by '--commit' and by 'init', or committed`() throws {
    let world = try World()
    let told = try world.run(
      """
      git init -q
      keyvault init --recipient $FPR 2> init
      printf %s "$OPENAI" | keyvault add p/openai --no-test --commit 2> add
      git ls-files
      cat init; echo ==; cat add
      """)
    for part in told.output.components(separatedBy: "==") {
      #expect(part.contains("not committed yet") && part.contains("keyvault.yaml"), "\(told)")
      #expect(part.contains("git add -- ") && part.contains("vault"), "\(told)")
    }
    let committed = try world.run(
      """
      rm -rf .git * .gitignore .keyvault; git init -q
      keyvault init --recipient $FPR --commit
      printf %s "$OPENAI" | keyvault add p/openai --no-test --commit
      git status --short; git clone -q . ../clone; cd ../clone; keyvault get p/openai
      """)
    #expect(committed.output == "\(Templates.openAI)\n" && committed.status == 0, "\(committed)")
    #expect(!committed.errors.contains("not committed yet"), "\(committed)")
  }
}
