import Foundation
import TestSupport
import Testing

/// Hooks that `git install` writes: that git runs them, for what, and what fixes those that it does
/// not run.
@Suite(.fewAtATime) struct HookTests {
  private func world(_ script: String = "") throws -> World {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q --template=
      git add -A; git commit -qm start
      \(script)
      """)
    return world
  }

  @Test func `a merge with a plaintext key is refused, and one without is not`() throws {
    let world = try world(
      """
      keyvault git install --quiet
      git add -A; git commit -qm attributes
      git checkout -qb leak; echo "$OPENAI" > leak; git add leak; git commit -qm leak --no-verify
      git checkout -q main; git checkout -qb fine; echo y > y; git add y; git commit -qm y
      git checkout -q main; echo x > x; git add x; git commit -qm x
      """)
    let refused = try world.run("git merge -q -m merged leak")
    #expect(refused.status != 0 && refused.errors.contains("error[plaintext-key]"), "\(refused)")
    try world.output("git merge --abort || git reset -q --merge")
    #expect(try world.run("git merge -q -m merged fine").status == 0)
    // Taken back with the other.
    try world.output("keyvault git install --uninstall; git merge -q -m merged leak")
    #expect(try world.output("ls .git/hooks").isEmpty)
  }

  @Test func `a hook that git ignores is made executable, and doctor reports it`() throws {
    let world = try world("keyvault git install --quiet")
    for name in ["pre-commit", "pre-merge-commit"] {
      try world.output("chmod -x .git/hooks/\(name)")
      let doctor = try world.run("keyvault doctor")
      #expect(doctor.output.contains("git ignores '\(world.folder.path)/.git/hooks/\(name)'"))
      let mended = try world.run("keyvault git install")
      #expect(mended.errors.contains("made executable, since git ignored it"), "\(mended)")
      #expect(try world.run("test -x .git/hooks/\(name)").status == 0)
    }
    // One's own, which calls keyvault.
    try world.output(
      """
      printf '#!/bin/sh\\nkeyvault git pre-commit || exit 1\\n' > .git/hooks/pre-commit
      chmod 640 .git/hooks/pre-commit
      """)
    #expect(try world.run("keyvault doctor").output.contains("which is not executable"))
    #expect(try world.run("keyvault git install").errors.contains("made executable"))
    #expect(try world.output("stat -c %a .git/hooks/pre-commit") == "750\n")
    #expect(try world.run("echo $OPENAI > x; git add x; git commit -qm x").status == 1)
    // One that a commit wrote is the person's to let run.
    try world.output(
      """
      git rm -q --cached x; mkdir tools; cp .git/hooks/pre-commit tools
      cp tools/pre-commit tools/pre-merge-commit
      chmod -x tools/*; git config core.hooksPath tools
      """)
    let committed = try world.run("keyvault git install")
    #expect(committed.status == 1 && committed.errors.contains("hint: chmod +x "), "\(committed)")
  }

  @Test
  func
    `an upgrade that moves the program leaves git working, and doctor tells of one that is gone`()
    throws
  {
    let world = try world(
      """
      mkdir -p ../cellar/1.0 ../bin; cp "$(command -v keyvault)" ../cellar/1.0/keyvault
      ln -s ../cellar/1.0/keyvault ../bin/keyvault
      export PATH="$HOME/bin:$PATH"
      keyvault git install --quiet
      git add -A; git commit -qm attributes
      mv ../cellar/1.0 ../cellar/1.1; ln -sfn ../cellar/1.1/keyvault ../bin/keyvault
      printf '%s2' "$OPENAI" | keyvault rotate production/openai --no-test --quiet
      git diff > /dev/null
      git commit -qam rotated
      """)
    #expect(
      try world.output("grep -c \"exec '$HOME/bin/keyvault'\" .git/hooks/pre-commit") == "1\n")
    #expect(try world.output("keyvault doctor | grep -A1 'git install'").contains("ok"))
    try world.output("rm ../bin/keyvault")
    let doctor = try world.run("keyvault doctor")
    #expect(doctor.status == 1, "\(doctor)")
    for what in ["commits fail: ", "merges fail: ", "'git diff' fails: ", "→ keyvault git install"]
    {
      #expect(doctor.output.contains(what), "\(doctor)")
    }
    try world.output("keyvault git install --quiet; keyvault doctor > /dev/null; git diff")
    // A link that a commit can change is not what git is given.
    try world.output(
      """
      ln -s "$(command -v keyvault)" kv; ln -s ../work/kv ../bin/keyvault
      ../bin/keyvault git install --quiet
      """)
    let hook = try world.output("cat .git/hooks/pre-commit")
    #expect(!hook.contains(world.root.path), "\(hook)")
  }

  @Test(arguments: [
    "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS",
  ])
  func `how a caller has paths meant does not change what is checked`(variable: String) throws {
    let world = try world("keyvault git install --quiet; git add -A; git commit -qm attributes")
    let fine = try world.run(
      """
      printf '%s2' "$OPENAI" | keyvault rotate production/openai --no-test --quiet
      git add -A; \(variable)=1 git commit -qm rotated
      """)
    #expect(fine.status == 0 && fine.errors.isEmpty, "\(fine)")
    let half = try world.run(
      """
      printf '%s3' "$OPENAI" | keyvault rotate production/openai --no-test --quiet
      git add vault/production/openai.gpg; \(variable)=1 git commit -qm half
      """)
    #expect(half.status == 1 && half.errors.contains("error[half-staged]"), "\(half)")
    #expect(try world.run("\(variable)=1 keyvault log production/openai").status == 0)
    let ignored = try world.run(
      """
      mkdir -p .git/info; echo '*.gpg' > .git/info/exclude
      cp vault/production/openai.gpg vault/production/x.gpg
      \(variable)=1 keyvault validate
      """)
    #expect(ignored.output.contains("ignored-by-git"), "\(ignored)")
  }
}
