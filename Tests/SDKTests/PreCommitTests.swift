import Foundation
import TestSupport
import Testing

/// The hooks that the program pre-commit runs by `.pre-commit-hooks.yaml`.
@Suite(
  .fewAtATime,
  .enabled(
    if: Installation.preCommit.isPossible, "needs Python 3.11 with venv and pip, and an index"))
struct PreCommitTests {
  @Test func `pre-commit runs our hooks, and refuses what they refuse`() throws {
    let python = try Installation.preCommit.python()
    let folder = try Machine.shared.repository(for: SDK.all[0], called: "pre-commit")
    let hooks = Machine.package.appending(path: ".pre-commit-hooks.yaml").path
    try Machine.output(
      """
      git config --global user.name Alice
      git config --global user.email alice@example.com
      mkdir ../hooks; cp '\(hooks)' ../hooks
      (cd ../hooks; git init -q; git add -A; git commit -qm hooks)
      cat > .pre-commit-config.yaml <<YAML
      repos:
        - repo: file://$HOME/hooks
          rev: $(git -C ../hooks rev-parse HEAD)
          hooks: [{id: keyvault-staged}, {id: keyvault-validate}]
      YAML
      git init -q
      PATH='\((python as NSString).deletingLastPathComponent)':$PATH
      pre-commit install
      git add -A
      git commit -m start
      """, in: folder)
    let refused = try Machine.output(
      #"""
      echo x > "$(ls vault/sdk/*.gpg)"
      git add -A
      ! git commit -m plaintext 2>&1
      git log --format=%s
      """#, in: folder)
    #expect(refused.contains("keyvault, what is staged"))
    #expect(refused.components(separatedBy: "error[not-openpgp]").count == 3, "\(refused)")
    #expect(refused.hasSuffix("\nstart\n"))
  }
}
