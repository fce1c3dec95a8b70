import Foundation
import TestSupport
import Testing

/// Messages of git are passed on, with what fixes them.
@Suite(.fewAtATime) struct GitErrorTests {
  private func world() throws -> World {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q .
      git add -A
      git commit -qm first
      """)
    return world
  }

  static let readers = [
    "keyvault log production/openai", "keyvault validate --base HEAD",
    "keyvault recipients exposure $FPR",
    "keyvault set production/openai owner=b@example.com --commit", "keyvault git install",
    "keyvault git pre-commit",
  ]

  @Test(.enabled(if: geteuid() == 0, "only root can give a folder away"), arguments: readers)
  func `a work tree that git does not trust is called that`(_ command: String) throws {
    let world = try world()
    // The root is another user's, which this user's git does not read; the files are ours.
    try world.output("mkdir inner; mv vault keyvault.yaml inner; chown 12346 . .git")
    let result = try world.run("cd inner; \(command)")
    #expect(result.status != 0)
    #expect(result.errors.contains("dubious ownership"), "\(result)")
    #expect(
      result.errors.contains(
        "git config --global --add safe.directory \(world.folder.path)"), "\(result)")
    #expect(!result.errors.contains("not in a git work tree"))
    // The hint fixes it.
    try world.output("git config --global --add safe.directory '\(world.folder.path)'")
    #expect(!(try world.run("cd inner; \(command)").errors.contains("dubious")))
  }

  @Test func `a history that git does not read is a warning with git's words`() throws {
    let world = try world()
    let result = try world.run("echo '[core' > .git/config; keyvault validate --history")
    #expect(result.output.contains("bad config line 1"), "\(result)")
    let none = try world.run("rm -rf .git; keyvault validate --history")
    #expect(none.output.contains("not in a git work tree"), "\(none)")
    #expect(none.output.contains("hint: git init makes one"), "\(none)")
  }

  @Test(arguments: readers) func `a folder without git is called that`(_ command: String) throws {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    let result = try world.run(command)
    #expect(result.status != 0)
    #expect(result.errors.contains("not in a git work tree"), "\(result)")
  }

  @Test func `git's own words are in the error of a broken repository`() throws {
    let world = try world()
    for (damage, words) in [
      ("echo '[core' > .git/config", "bad config line 1"),
      ("echo rubbish > .git/HEAD", "not in a git work tree"),
      ("git config core.repositoryFormatVersion 99", "Expected git repo version"),
      ("echo rubbish > .git/index", "index file"),
    ] {
      try world.output("cp -a .git ../saved; \(damage)")
      let command =
        damage.contains("index")
        ? "keyvault git pre-commit" : "keyvault log production/openai"
      let result = try world.run(command)
      #expect(result.status >= 64 && result.errors.contains(words), "\(damage): \(result)")
      try world.output("rm -rf .git; mv ../saved .git")
    }
  }

  @Test func `a commit without an identity says how to set one`() throws {
    let world = try world()
    let result = try world.run(
      """
      printf '[user]\n\tuseConfigOnly = true\n' > ../.gitconfig
      keyvault set production/openai description=x --commit
      """)
    #expect(result.status == 74)
    #expect(result.errors.contains("git config --global user.email"), "\(result)")
    #expect(result.errors.contains("the files are written; commit them: git -C "))
    #expect(try world.output("grep -c '^description: x' vault/production/openai.yaml") == "1\n")
  }

  @Test func `what git says shows no control characters`() throws {
    let world = try world()
    let result = try world.run(
      #"""
      printf '[core]\n\trepositoryFormatVersion = "\033[31m"\n' >> .git/config
      keyvault log production/openai
      """#)
    #expect(result.status >= 64 && !result.errors.utf8.contains(0x1b), "\(result)")
  }

  @Test func `a git that cannot be started is distinguished from one that is not installed`() throws
  {
    let world = try world()
    let result = try world.run(
      """
      mkdir ../bin ../empty
      head -c 100 /dev/urandom > ../bin/git
      chmod 755 ../bin/git
      keyvault=$(command -v keyvault)
      PATH="$HOME/bin:$PATH" $keyvault log production/openai; echo $?
      PATH="$HOME/bin:$PATH" $keyvault doctor | grep -a '^git'
      PATH="$HOME/empty" $keyvault log production/openai; echo $?
      """)
    #expect(
      result.errors.contains(
        "'\(world.root.path)/bin/git' could not be started: Exec format error"), "\(result)")
    #expect(result.errors.contains("git is not installed"), "\(result)")
    #expect(result.output.contains("could not be started"), "\(result)")
    #expect(result.output.hasPrefix("74\n") && result.output.hasSuffix("\n69\n"), "\(result)")
  }

  @Test func `no file is made in a folder for all users to run git`() throws {
    let world = try world()
    let made = try world.run(
      """
      strace -f -qq -e trace=openat,open,creat -o ../trace keyvault log production/openai > /dev/null
      grep -E '"/(var/)?tmp("|/[^k]).*(O_TMPFILE|O_CREAT|O_EXCL)' ../trace
      """)
    #expect(made.output == "", "\(made)")
  }

  @Test func `settings of the caller replace none of keyvault's`() throws {
    let world = try world()
    let result = try world.run(
      """
      GIT_ALLOW_PROTOCOL=ext:file GIT_NO_LAZY_FETCH=0 LC_ALL=de_DE.UTF-8 strace -f -qq -v -s 4000 \
        -e trace=execve -o ../trace keyvault log production/openai > /dev/null
      grep -o '"GIT_ALLOW_PROTOCOL=[^"]*"\\|"GIT_NO_LAZY_FETCH=[^"]*"' ../trace | sort -u
      """)
    // The first one is keyvault's own environment.
    #expect(
      result.output
        == """
        "GIT_ALLOW_PROTOCOL="
        "GIT_ALLOW_PROTOCOL=ext:file"
        "GIT_NO_LAZY_FETCH=0"
        "GIT_NO_LAZY_FETCH=1"

        """, "\(result)")
  }
}
