import Foundation
import TestSupport
import Testing

/// Several entries in conflict at once: each is judged by itself.
@Suite(.fewAtATime) struct MergeSeveralTests {
  private static let rotate =
    #"printf %s1 "$OPENAI" | keyvault rotate production/openai --no-test --quiet"#
  private static let move = "keyvault mv production/openai live/ --quiet"

  @Test func `of a patch nothing is claimed that is not known, and each entry is judged by itself`()
    throws
  {
    let world = try World()
    // Of a history that was squashed it is not known what became of an entry.
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q
      git add -A; git commit -qm start
      git checkout -q -b theirs
      \(Self.rotate)
      printf %s1 "$ANTHROPIC" | keyvault rotate production/anthropic --no-test --quiet
      git add -A; git commit -qm theirs
      git checkout -q main
      \(Self.move)
      printf %s2 "$ANTHROPIC" | keyvault rotate production/anthropic --no-test --quiet
      git checkout -q --orphan squashed
      git add -A; git commit -qm squashed
      ! git format-patch -1 -q --stdout theirs | git am -q -3 > /dev/null 2>&1
      cp -a . ../start
      """)
    let asked = try world.run(
      """
      keyvault resolve --no-test; echo $?
      keyvault get production/anthropic > /dev/null
      """)
    #expect(asked.output == "1\n", "\(asked)")
    for text in [
      "of production/openai, ours removed it, or moved it to live/openai, theirs rotated it",
      "'production/anthropic' needs a choice: two keys",
      "--ours: at live/openai: sk-proj-…0001", "without sk-proj-…0011",
      "--theirs: at live/openai: sk-proj-…0001", "at production/openai: sk-proj-…0011",
      "a merge is in progress",
    ] { #expect(asked.errors.contains(text), "\(text): \(asked)") }
    let one = try world.run(
      """
      keyvault resolve production/anthropic --ours --no-test
      git diff --name-only --diff-filter=U | grep -v openai
      keyvault get production/anthropic | tail -c 3
      """)
    #expect(one.output == "A2\n" && one.errors.contains(" left"), "\(one)")
    for (side, keys) in [("theirs", "live 01 production 11"), ("ours", "live 01")] {
      let other = try world.run(
        """
        rm -rf ../work/* ../work/.[!.]*; cp -a ../start/. .
        keyvault resolve --\(side) --no-test
        git diff --name-only
        keyvault validate --strict --quiet --format json | jq -r '.findings[].code'
        for file in vault/*/openai.gpg; do
          entry=${file#vault/}; entry=${entry%.gpg}
          echo "${entry%/openai} $(keyvault get $entry | tail -c 3)"
        done
        """)
      #expect(other.output.split(separator: "\n").joined(separator: " ") == keys, "\(other)")
      #expect(
        other.errors.contains(
          "'live/openai' has the key that 'production/openai' had before theirs rotated it"),
        "\(other)")
      #expect(other.errors.contains("next: git am --continue"), "\(other)")
    }
  }

  @Test func `an entry that needs a choice, or cannot be read, stops no other one`() throws {
    let world = try World()
    // The first one in the order of names cannot be decided.
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      git init -q
      git add -A; git commit -qm start
      git checkout -q -b theirs
      printf %s1 "$ANTHROPIC" | keyvault rotate production/anthropic --no-test --quiet
      keyvault set production/openai owner=bob@example.com --quiet
      git commit -qam theirs
      git checkout -q main
      printf %s2 "$ANTHROPIC" | keyvault rotate production/anthropic --no-test --quiet
      \(Self.rotate)
      git commit -qam ours
      git merge -q theirs > /dev/null 2>&1
      keyvault resolve --no-test; echo $?
      git diff --name-only --diff-filter=U
      git merge --abort
      # A link where an entry was.
      git checkout -q theirs; ln -sf openai.gpg vault/production/anthropic.gpg
      git add -A; git commit -qm link; git checkout -q main
      git merge -q theirs > /dev/null 2>&1
      keyvault resolve --no-test; echo $?
      git diff --name-only --diff-filter=U | sed 's/~.*//' | sort -u
      """)
    let left = "vault/production/anthropic.gpg\nvault/production/anthropic.yaml\n"
    #expect(result.output == "1\n\(left)65\n\(left)", "\(result)")
    #expect(
      result.errors.components(separatedBy: "resolved production/openai").count == 3, "\(result)")
  }
}
