import TestSupport
import Testing

/// Two people give one entry two keys, and git does not say plainly which commits it merges.
@Suite(.fewAtATime) struct MergeCommitsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// From a repository with one commit, whose entry has the key 01.
    let script: String
    /// The last two characters of both keys.
    var ours = "11"
    var theirs = "12"

    var testDescription: String { name }
  }

  private static func rotate(_ number: Int, _ options: String = "--commit") -> String {
    #"printf %s\#(number) "$OPENAI" | keyvault rotate production/openai --no-test --quiet \#(options)"#
  }

  private static let stash = "echo note > note; git add note; git stash -q"
  private static let branches =
    "git checkout -qb theirs; \(rotate(2)); git checkout -q main; \(rotate(1))"

  static let cases = [
    Case(name: "a squashed branch", script: "\(branches); git merge --squash theirs"),
    Case(
      name: "a squashed branch beside a stash of something else",
      script: "\(branches); \(stash); git merge --squash theirs"),
    Case(
      name: "a pick without a commit beside a stash",
      script: "\(branches); \(stash); git cherry-pick -n theirs"),
    Case(
      name: "a stash that is not the latest",
      script: "\(rotate(2, "")); git stash -q; \(stash); \(rotate(1)); git stash apply stash@{1}"),
    Case(
      name: "a stash in a rebase that waits for a person",
      script: """
        \(rotate(2, "")); git stash -q; \(rotate(1))
        git commit -q --allow-empty -m more
        GIT_SEQUENCE_EDITOR='sed -i 1s/pick/edit/' git rebase -q -i --keep-empty HEAD~2
        git stash pop
        """),
    Case(
      name: "two branches that have merged each other",
      script: """
        \(branches); git tag ours; git tag their theirs
        git merge -q their; keyvault resolve --no-test --ours -q; git commit -qm kept
        git checkout -q theirs; git merge -q ours; keyvault resolve --no-test --ours -q
        git commit -qm kept; git checkout -q main; git merge -q theirs
        """),
  ]

  @Test(arguments: cases)
  func `of two keys a person chooses, whatever git calls the merge`(_ example: Case) throws {
    let world = try World()
    _ = try world.run(
      """
      cp -a "$FILLED/." .; git init -q; git add -A; git commit -qm start
      { \(example.script); } > /dev/null 2>&1
      cp -a . ../start
      """)
    let asked = try world.run("keyvault resolve --no-test")
    #expect(asked.status == 1 && asked.errors.contains("needs a choice: two keys"), "\(asked)")
    for (side, key) in [("ours", example.ours), ("theirs", example.theirs)] {
      let state = try world.run(
        """
        rm -rf ../work/* ../work/.[!.]*; cp -a ../start/. .
        keyvault resolve --no-test --\(side) >&2 && keyvault get production/openai | tail -c 3
        """)
      #expect(state.output == key + "\n", "\(side): \(state)")
    }
  }

  @Test func `a squashed move is reported as theirs, and the rotation as ours`() throws {
    let world = try World()
    let asked = try world.run(
      """
      cp -a "$FILLED/." .; git init -q; git add -A; git commit -qm start
      git checkout -qb theirs; keyvault mv production/openai live/ --quiet --commit
      git checkout -q main; \(Self.rotate(1))
      git merge --squash theirs > /dev/null 2>&1
      keyvault resolve --no-test
      """)
    #expect(asked.errors.contains("ours rotated it, theirs moved it to live/openai\n"), "\(asked)")
  }

  @Test func `an entry that git put into a folder that moved stays where it was added`() throws {
    let world = try World()
    let state = try world.run(
      """
      cp -a "$FILLED/." .; git init -q; git add -A; git commit -qm start
      git checkout -qb theirs
      for e in openai anthropic; do keyvault mv production/$e live/ --quiet --commit; done
      git checkout -q main
      printf %s7 "$OPENAI" | keyvault add production/new --provider openai --no-test --quiet --commit
      git merge -q theirs > /dev/null 2>&1
      keyvault resolve --no-test >&2; git diff --name-only --diff-filter=U
      ls vault/*/*.gpg; keyvault get production/new | tail -c 3
      """)
    #expect(
      state.output
        == "vault/live/anthropic.gpg\nvault/live/openai.gpg\nvault/production/new.gpg\n17\n",
      "\(state)")
  }
}
