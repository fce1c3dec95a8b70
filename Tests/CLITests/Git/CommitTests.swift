import Foundation
import TestSupport
import Testing

/// `--commit` in a repository whose configuration would like to run something.
@Suite(.fewAtATime) struct CommitTests {
  private func world() throws -> World {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q
      git add -A
      git commit -qm first
      # A file as young as the index is read again by git itself, whoever writes the index.
      find . -type f -not -path './.git/*' -exec touch -d '2 hours ago' {} +
      git update-index -q --refresh
      printf '#!/bin/sh\\necho "$0" "$@" >> "$HOME/ran"\\ncat\\n' > ../program
      chmod +x ../program
      mkdir ../hooks
      for hook in pre-commit commit-msg post-commit reference-transaction post-index-change; do
        cp ../program ../hooks/$hook
      done
      git config core.hooksPath "$HOME/hooks"
      git config filter.evil.clean "$HOME/program"
      git config filter.evil.smudge "$HOME/program"
      git config core.fsmonitor "$HOME/program"
      git config commit.gpgSign true
      git config gpg.program "$HOME/program"
      git config core.autocrlf true
      mkdir -p .git/info
      echo '** filter=evil text' > .git/info/attributes
      """)
    return world
  }

  static let commands = [
    #"printf %s "$OPENAI" | keyvault add staging/openai --no-test --commit"#,
    "keyvault set production/openai description=x --commit",
    "keyvault adopt production/openai --commit", "keyvault rm production/anthropic --commit",
  ]

  @Test(arguments: commands) func `a commit runs nothing that the repository configures`(
    _ command: String
  ) throws {
    let world = try world()
    try world.output(command)
    #expect(try world.output("git log --oneline | wc -l") == "2\n")
    #expect(try world.run("cat ../ran").output == "")
    // The files are what was committed, byte for byte.
    let entries = try world.output("git ls-tree -r HEAD vault | sed 's/^.* blob //'")
    for line in entries.split(separator: "\n") {
      let parts = line.split(separator: "\t")
      #expect(try world.output("git hash-object --no-filters '\(parts[1])'") == parts[0] + "\n")
    }
    // And this repository does run it where it may.
    _ = try world.run("git add keyvault.yaml; git commit -qm second")
    #expect(try world.run("cat ../ran").output != "")
  }

  @Test func `a commit holds nothing else that is staged, and leaves it staged`() throws {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q
      git add -A
      git commit -qm first
      echo other > other
      echo changed >> keyvault.yaml
      git add other keyvault.yaml
      git rm -q --cached vault/production/anthropic.yaml
      """)
    let before = try world.output("git diff --cached --name-status")
    #expect(before == "M\tkeyvault.yaml\nA\tother\nD\tvault/production/anthropic.yaml\n")
    try world.output(
      """
      sed -i '/^changed$/d' keyvault.yaml
      keyvault set production/openai description=x --commit
      """)
    #expect(
      try world.output("git show --format=%s --name-status HEAD")
        == "keyvault: change production/openai\n\nM\tvault/production/openai.yaml\n")
    #expect(try world.output("git diff --cached --name-status") == before)
  }

  @Test func `a repository in a folder of a work tree commits its own files there`() throws {
    let world = try World()
    try world.output(
      """
      mkdir deep
      cp -a "$EMPTY/." deep
      git init -q
      git add -A
      git commit -qm first
      cd deep/vault
      printf %s "$OPENAI" | keyvault add production/openai --no-test --commit
      """)
    #expect(
      try world.output("git show --format=%s --name-status HEAD; git status --short")
        == "keyvault: add production/openai\n\nA\tdeep/vault/production/openai.gpg\n"
        + "A\tdeep/vault/production/openai.yaml\n")
  }

  @Test func `commits at once lose no file of the tree`() throws {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      for i in 1 2 3 4 5 6; do cp vault/production/openai.yaml notes$i; done
      git init -q; git add -A; git commit -qm first
      files=$(git ls-files | wc -l)
      for round in 1 2 3 4; do
        for i in 1 2 3 4 5 6; do
          keyvault set production/openai description=$round.$i --commit --quiet 2> /dev/null &
          keyvault set production/anthropic description=$round.$i --commit --quiet 2> /dev/null &
        done
        wait
      done
      for commit in $(git rev-list HEAD); do
        test "$(git ls-tree -r --name-only $commit | wc -l)" = "$files" || echo "lost in $commit"
      done
      git rev-list --count HEAD
      ls .git | grep -c keyvault-index
      """)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 2 && lines[1] == "0", "\(result)")
    #expect(Int(lines.first ?? "") ?? 0 > 1, "\(result)")
  }
}
