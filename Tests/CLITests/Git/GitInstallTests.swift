import Foundation
import TestSupport
import Testing

/// `git install` in the work trees that git has, and what git then runs.
@Suite(.fewAtATime) struct GitInstallTests {
  private func world(_ script: String) throws -> World {
    let world = try World()
    try world.output(script)
    return world
  }

  /// What `git log -p` and a commit of half an entry say in `folder`.
  private func works(_ world: World, in folder: String) throws {
    let shown = try world.output(
      "cd \(folder); git diff $(git hash-object -t tree /dev/null) HEAD -- '*openai.gpg'")
    #expect(shown.contains("+reader \(Templates.shared.fingerprint) (Alice <alice@example.com>)"))
    let half = try world.run(
      """
      cd \(folder)
      printf '%s%05d' "$OPENAI" $RANDOM | keyvault rotate production/openai --no-test --quiet
      git add '*.gpg'
      git commit -qm half
      """)
    #expect(half.status == 1, "\(half)")
    #expect(half.errors.contains("error[half-staged]"))
    try world.output("cd \(folder); git add -A; git commit -qm whole")
  }

  @Test func `a path with spaces and quotes is one word`() throws {
    let world = try world(
      #"""
      cp -a "$FILLED/." .
      git init -q
      git add -A; git commit -qm start
      mkdir -p "$HOME/it's my \$(bin)"
      cp "$(command -v keyvault)" "$HOME/it's my \$(bin)/keyvault"
      "$HOME/it's my \$(bin)/keyvault" git install
      """#)
    try works(world, in: ".")
  }

  @Test(arguments: [#"\xcc\x81"#, #"\xe2\x80\x8d"#, #"\xef\xb8\x8f"#, #"\xe2\x83\x9d"#])
  func `a quote that a mark follows ends no word`(mark: String) throws {
    let world = try world(
      #"""
      cp -a "$FILLED/." .
      git init -q
      git add -A; git commit -qm start
      where=$HOME/it\'$'MARK'';touch pwned;'\'
      mkdir -p "$where"
      cp "$(command -v keyvault)" "$where/keyvault"
      "$where/keyvault" git install
      """#.replacing("MARK", with: mark))
    try works(world, in: ".")
    #expect(try world.output("find . -name pwned").isEmpty)
  }

  @Test func `a linked work tree has what its clone has`() throws {
    let world = try world(
      """
      cp -a "$FILLED/." .
      git init -q
      git add -A; git commit -qm start
      git worktree add -q ../linked
      cd ../linked
      keyvault git install
      git add -A; git commit -qm attributes
      """)
    try works(world, in: "../linked")
    try world.output("git merge -q linked; keyvault git install")
    try works(world, in: ".")
  }

  @Test func `a submodule has its own`() throws {
    let world = try world(
      """
      mkdir ../keys; cd ../keys
      cp -a "$FILLED/." .
      git init -q
      git add -A; git commit -qm start
      cd ../work
      git init -q
      git -c protocol.file.allow=always submodule --quiet add "$HOME/keys" keys
      cd keys
      keyvault git install
      """)
    try works(world, in: "keys")
    #expect(
      try world.output("ls .git/modules/keys/hooks/pre-commit; ls .git/hooks").contains("modules"))
    #expect(try world.run("test -e .git/hooks/pre-commit").status == 1)
    // Files in the outer work tree are written by its commits.
    let refused = try world.run(
      #"cp "$(command -v keyvault)" .; cd keys; ../keyvault git install"#)
    #expect(refused.status == 1)
  }

  @Test func `a repository below the top of a work tree is found from there`() throws {
    let world = try world(
      """
      mkdir -p "deep er"
      cp -a "$FILLED/." "deep er"
      git init -q
      cd "deep er"
      keyvault git install
      git add -A; git commit -qm start
      """)
    try works(world, in: "'deep er'")
    let staged = try world.run(
      "printf x > 'deep er/vault/production/openai.gpg'; git commit -qam x")
    #expect(staged.errors.contains("deep er/vault/production/openai.gpg:1:1: error[not-openpgp]"))
  }

  @Test func `hooks below git's own folder are git's, wherever the configuration says`() throws {
    let world = try world(
      """
      cp -a "$FILLED/." .
      git init -q
      git add -A; git commit -qm start
      git config core.hooksPath .git/own
      keyvault git install
      test -x .git/own/pre-commit
      """)
    try works(world, in: ".")
    #expect(try world.run("test -e .git/hooks/pre-commit").status == 1)
  }

  @Test func `hooks that are committed call keyvault by its name, and are left alone once they do`()
    throws
  {
    let world = try world(
      """
      cp -a "$FILLED/." .
      git init -q
      git add -A; git commit -qm start
      mkdir -p .husky/_ tools; echo '*' > .husky/_/.gitignore
      printf '#!/bin/sh\\n. "$(dirname "$0")/../pre-commit"\\n' > .husky/_/pre-commit
      chmod +x .husky/_/pre-commit; echo 'true' > .husky/pre-commit
      sed s/pre-commit/pre-merge-commit/ .husky/_/pre-commit > .husky/_/pre-merge-commit
      chmod +x .husky/_/pre-merge-commit
      """)
    for (folder, file) in [(".husky/_", ".husky/pre-commit"), ("tools", "tools/pre-commit")] {
      let refused = try world.run("git config core.hooksPath \(folder); keyvault git install")
      #expect(refused.status == 1)
      let line = "keyvault git pre-commit || exit 1"
      #expect(refused.errors.contains("add a line to \(file): \(line)\n"), "\(refused)")
      #expect(!refused.errors.contains(Built.toRelease.path), "\(refused)")
      let other = file.replacing("pre-commit", with: "pre-merge-commit")
      #expect(refused.errors.contains("add a line to \(other): \(line)\n"), "\(refused)")
      for file in [file, other] {
        try world.output(
          "echo '\(line)' >> \(file); chmod +x \(file); sed -i '1i #!/bin/sh' \(file)")
      }
      let installed = try world.run("keyvault git install")
      #expect(installed.status == 0 && !installed.errors.contains("checked first"), "\(installed)")
      let leak = try world.run("echo $OPENAI > x; git add x; git commit -qm x")
      #expect(leak.status == 1 && leak.errors.contains("plaintext-key"), "\(leak)")
      try world.output("git rm -q --cached x")
    }
  }

  @Test func `hooks that are off, and hooks of all repositories, are reported`() throws {
    let world = try world("cp -a $FILLED/. .; git init -q; git config core.hooksPath /dev/null")
    let off = try world.run("keyvault git install")
    #expect(off.status == 1)
    #expect(off.errors.contains("git runs no hooks: core.hooksPath is '/dev/null'"), "\(off)")
    #expect(off.errors.contains("git config --local --unset core.hooksPath"), "\(off)")
    try world.output("keyvault git install --no-hook; keyvault git install --uninstall")
    let all = try world.run(
      """
      git config --unset core.hooksPath
      mkdir ../hooks; git config --global core.hooksPath "$HOME/hooks"
      keyvault git install
      """)
    #expect(all.status == 0 && all.errors.contains("in every repository of yours"), "\(all)")
  }

  @Test func `attributes that take precedence over ours are reported`() throws {
    let world = try world(
      """
      cp -a "$FILLED/." .
      git init -q
      git add -A; git commit -qm start
      """)
    #expect(try world.run("keyvault git install").errors.contains("warning") == false)
    for file in ["vault/.gitattributes", "vault/production/.gitattributes", ".git/info/attributes"]
    {
      let told = try world.run("echo '*.gpg diff=gpg' > \(file); keyvault git install; rm \(file)")
      #expect(told.errors.contains("count for 'vault/production/anthropic.gpg'"), "\(told)")
    }
  }

  @Test func `what was written is taken back, byte for byte`() throws {
    let world = try World()
    let state = "cat .gitattributes 2>&1 || true; git config --local --list; ls .git/hooks"
    for attributes in ["", "printf '*.png binary\\nvault/** -text\\n' > .gitattributes"] {
      try world.output(
        "rm -rf .git * .gitattributes; cp -a $FILLED/. .; git init -q; \(attributes)")
      let before = try world.output(state)
      try world.output("keyvault git install")
      #expect(try world.output(state) != before)
      try world.output("keyvault git install --uninstall")
      #expect(try world.output(state) == before)
    }
  }
}
