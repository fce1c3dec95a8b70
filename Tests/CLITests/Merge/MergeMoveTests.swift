import Foundation
import TestSupport
import Testing

/// One side moves, copies or removes an entry while the other changes its key.
@Suite(.fewAtATime) struct MergeMoveTests {
  private static let rotate1 = rotate("production/openai", 1)

  private static func rotate(_ entry: String, _ number: Int) -> String {
    #"printf %s\#(number) "$OPENAI" | keyvault rotate \#(entry) --no-test --quiet"#
  }

  private static let move = "keyvault mv production/openai live/ --quiet"

  static let cases = [
    MergeCase(
      name: "rotated, and moved", theirs: move, ours: rotate1,
      question: "ours rotated it, theirs moved it to live/openai",
      afterOurs: "production/openai 11", afterTheirs: "live/openai 11"),
    MergeCase(
      name: "moved, and rotated", theirs: rotate1, ours: move,
      question: "ours moved it to live/openai, theirs rotated it",
      afterOurs: "live/openai 11", afterTheirs: "production/openai 11"),
    MergeCase(
      name: "rotated, and renamed in its folder",
      theirs: "keyvault mv production/openai production/main --quiet", ours: rotate1,
      question: "ours rotated it, theirs moved it to production/main",
      afterOurs: "production/openai 11", afterTheirs: "production/main 11"),
    MergeCase(
      name: "rotated, and moved and rotated", theirs: move + "; " + rotate("live/openai", 2),
      ours: rotate1, question: "ours rotated it, theirs moved it to live/openai and rotated it",
      afterOurs: "production/openai 11", afterTheirs: "live/openai 12"),
    MergeCase(
      name: "moved to two places", theirs: move,
      ours: "keyvault mv production/openai staging/ --quiet",
      question: "ours moved it to staging/openai, theirs moved it to live/openai",
      afterOurs: "staging/openai 01", afterTheirs: "live/openai 01"),
    MergeCase(
      name: "encrypted again, and moved", theirs: move,
      ours: "keyvault adopt production/openai --quiet", question: nil,
      afterOurs: "live/openai 01", afterTheirs: "live/openai 01"),
    MergeCase(
      name: "moved, and removed", theirs: "keyvault rm -f production/openai", ours: move,
      question: "theirs removed it, ours moved it to live/openai",
      afterOurs: "live/openai 01", afterTheirs: ""),
    MergeCase(
      name: "encrypted again, and removed", theirs: "keyvault rm -f production/openai",
      ours: "keyvault adopt production/openai --quiet",
      question: "theirs removed it, ours encrypted it again",
      afterOurs: "production/openai 01", afterTheirs: ""),
    MergeCase(
      name: "rotated, and encrypted again", theirs: "keyvault adopt production/openai --quiet",
      ours: rotate1, question: nil,
      afterOurs: "production/openai 11", afterTheirs: "production/openai 11"),
    MergeCase(
      name: "rotated beside a new entry, and the whole folder moved",
      theirs: "for e in openai anthropic; do keyvault mv production/$e live/ --quiet; done",
      ours: rotate1
        + #"; printf %s7 "$OPENAI" | keyvault add production/new --provider openai --no-test --quiet"#,
      question: "ours rotated it, theirs moved it to live/openai",
      afterOurs: "production/new 17 production/openai 11",
      afterTheirs: "live/openai 11 production/new 17"),
    MergeCase(
      name: "a picked move", theirs: move, ours: rotate1, by: "git cherry-pick theirs",
      question: "ours rotated it, theirs moved it to live/openai",
      afterOurs: "production/openai 11", afterTheirs: "live/openai 11"),
    MergeCase(
      name: "a patch of a move", theirs: move, ours: rotate1,
      by: "git format-patch -1 -q --stdout theirs | git am -q -3",
      question: "ours rotated it, theirs moved it to live/openai",
      afterOurs: "production/openai 11", afterTheirs: "live/openai 11"),
    MergeCase(
      name: "a patch of a rotation", theirs: rotate1,
      ours: move + "; git add -A; git commit -qm moved; keyvault mv live/openai moved/ --quiet",
      by: "git format-patch -1 -q --stdout theirs | git am -q -3",
      question: "ours moved it to moved/openai, theirs rotated it",
      afterOurs: "moved/openai 11", afterTheirs: "production/openai 11"),
    MergeCase(
      name: "a patch of a rotation, and removed", theirs: rotate1,
      ours: "keyvault rm -f production/openai",
      by: "git format-patch -1 -q --stdout theirs | git am -q -3",
      question: "ours removed it, theirs rotated it",
      afterOurs: "", afterTheirs: "production/openai 11"),
    MergeCase(
      name: "a rebased rotation", theirs: move, ours: rotate1, by: "git rebase -q theirs",
      question: "ours moved it to live/openai, theirs rotated it",
      afterOurs: "live/openai 11", afterTheirs: "production/openai 11"),
    MergeCase(
      name: "a reverted move", theirs: "true", ours: move,
      by: rotate("live/openai", 2) + "; git commit -qam again; git revert --no-edit HEAD~1",
      question: "ours rotated it, theirs moved it to production/openai",
      afterOurs: "live/openai 12", afterTheirs: "production/openai 12"),
    MergeCase(
      name: "a stashed rotation", theirs: "true", ours: "true",
      by: rotate1 + "; git stash -q; \(move) --commit; git stash pop",
      question: "ours moved it to live/openai, theirs rotated it",
      afterOurs: "live/openai 11", afterTheirs: "production/openai 11"),
  ]

  @Test(arguments: cases)
  func `a merge follows an entry, and the newer key stays`(_ example: MergeCase) throws {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      \(example.script)
      """)
    let asked = try world.run("keyvault resolve --no-test")
    #expect(asked.status == (example.question == nil ? 0 : 1), "\(asked)")
    if let question = example.question {
      #expect(asked.errors.contains("needs a choice: \(question)\n"), "\(asked)")
    }
    for (side, after) in [("ours", example.afterOurs), ("theirs", example.afterTheirs)] {
      let state = try world.run(
        """
        rm -rf ../work/* ../work/.[!.]*; cp -a ../start/. .
        keyvault resolve --no-test --\(side) >&2
        git diff --name-only --diff-filter=U
        git diff --name-only
        keyvault validate --strict --quiet --format json |
          jq -r '.findings[].code' | grep -v same-variable
        for file in vault/*/*.gpg; do
          entry=${file#vault/}; entry=${entry%.gpg}
          case $entry in */anthropic) continue ;; esac
          echo "$entry $(keyvault get $entry | tail -c 3)"
        done
        """)
      let lines = state.output.split(separator: "\n").joined(separator: " ")
      #expect(lines == after, "\(side): \(state)")
      if example.question?.contains("rotated it") == true {
        #expect(!state.errors.contains("both have the same key"), "\(state)")
      }
    }
  }

  @Test func `a copy of a key that the other side rotated is reported`() throws {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      git init -q
      git add -A; git commit -qm start
      git checkout -q -b theirs
      keyvault cp production/openai live/ --quiet --commit
      git checkout -q main
      \(Self.rotate1) --commit
      git merge -q theirs -m merged
      keyvault resolve; echo $?
      keyvault validate --history --quiet --format json | jq -r '.findings[] | .code + " " + .file'
      keyvault cp --force production/openai live/openai --quiet
      keyvault get live/openai | tail -c 3
      keyvault validate --history --quiet
      # Another key in the old place of a key that moved is none of this.
      keyvault mv production/openai moved/ --quiet --commit
      export SOURCE_DATE_EPOCH=1795542300
      printf %s4 "$OPENAI" | keyvault add production/openai --no-test --quiet --commit
      keyvault validate --history --quiet
      """)
    #expect(result.output == "1\nstale-copy vault/live/openai.yaml\n11\n", "\(result)")
    #expect(
      result.errors.contains(
        "'live/openai' has the key that 'production/openai' had before ours rotated it"),
      "\(result)")
  }

  @Test func `what only looks like a move brings no key to other readers`() throws {
    let world = try World()
    // Eve cannot read the entry; she says of an entry of hers that it is the same one, moved.
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q
      git add -A; git commit -qm start
      git checkout -q -b theirs
      printf %s6 "$OPENAI" | keyvault add live/openai --no-test --quiet
      id=$(sed -n 's/^id: //p' vault/production/openai.yaml)
      sed -i "s/^id: .*/id: $id/" vault/live/openai.yaml
      git rm -q vault/production/openai.*
      git add -A; git commit -qm theirs
      git checkout -q main
      \(Self.rotate1) --commit
      ! git merge -q theirs > /dev/null 2>&1
      """)
    let asked = try world.run("keyvault resolve --no-test; echo $?; git ls-files -u | wc -l")
    #expect(asked.output.hasPrefix("1\n") && !asked.output.hasSuffix("\n0\n"), "\(asked)")
    // Her own key is what her place would have, and both keys are shown.
    #expect(asked.errors.contains("--theirs: at live/openai: sk-proj-…0016"), "\(asked)")
    #expect(asked.errors.contains("--ours: at production/openai: sk-proj-…0011"), "\(asked)")
  }
}
