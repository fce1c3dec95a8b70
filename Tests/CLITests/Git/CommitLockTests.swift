import Foundation
import TestSupport
import Testing

/// `--commit` beside other git commands, and beside itself.
@Suite(.fewAtATime) struct CommitLockTests {
  private func world() throws -> World {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q
      git add -A; git commit -qm first
      """)
    return world
  }

  @Test(arguments: [".git/index.lock", ".git/HEAD.lock", ".git/refs/heads/main.lock"])
  func `under another's lock neither the branch nor the index moves, and the hint commits later`(
    _ lock: String
  ) throws {
    let world = try world()
    let state = "git rev-parse HEAD; sha256sum .git/index; ls .git | grep -v '\\.lock$'"
    let before = try world.output(state + "; mkdir -p $(dirname \(lock)); touch \(lock)")
    let result = try world.run(
      #"printf %s5 "$OPENAI" | keyvault add live/openai --no-test --commit --quiet"#)
    #expect(result.status == 73, "\(result)")
    #expect(result.errors.contains(world.folder.path + "/" + lock), "\(result)")
    #expect(try world.output(state) == before)
    let hint = result.errors.split(separator: "\n").first { $0.contains("commit them: ") }
    let command = try #require(
      hint.flatMap { $0.split(separator: "commit them: ").last }, "\(result)")
    let committed = try world.output(
      """
      rm \(lock)
      (cd /; \(command)) > /dev/null
      git show --format=%s --name-only; git status -s
      """)
    #expect(
      committed.hasSuffix(
        "keyvault: add live/openai\n\nvault/live/openai.gpg\nvault/live/openai.yaml\n"),
      "\(committed)")
  }

  @Test func `a keyvault that was killed holds no lock against the next one`() throws {
    let world = try world()
    try world.output(
      """
      printf 'keyvault\\n' > .git/index.lock
      echo rubbish > .git/keyvault-index-next
      keyvault set production/openai owner=bob@example.com --commit --quiet
      """)
    let left = "git status -s; ls .git | grep -c -e lock -e keyvault || true"
    #expect(try world.output(left) == "0\n")
    // One that works keeps its lock.
    let other = try world.run(
      """
      printf 'keyvault\\n' > .git/index.lock
      exec 9< .git/index.lock; flock 9
      keyvault set production/openai owner=eve@example.com --commit --quiet; echo $?
      cat .git/index.lock
      """)
    #expect(other.output == "73\nkeyvault\n", "\(other)")
  }

  @Test func `commits at once all succeed, and so do those of git beside them`() throws {
    let world = try world()
    let result = try world.run(
      """
      for i in 1 2 3 4 5 6; do
        (printf %s$i "$OPENAI" |
          keyvault add live$i/openai --no-test --commit --quiet || echo failed) &
      done
      for i in 1 2 3 4; do
        # git itself does not wait.
        until git commit -q --allow-empty -m other$i 2> /dev/null; do sleep 0.05; done
      done
      wait
      git rev-list --count HEAD
      git log --format=%s | sort | uniq -d
      git ls-files vault | grep -c live
      git status -s
      """)
    #expect(result.output == "11\n12\n", "\(result)")
    #expect(result.errors == "")
  }

  /// A call of keyvault or git in the order of a commit: the exchange of the index, that of the branch, what
  /// is tidied up before and after, the release of the lock.
  static let deaths = [
    ("rename", "keyvault-index-next", 1), ("rename", "refs/heads/main.lock", 1),
    ("unlink", "keyvault-index-old", 1), ("unlink", "keyvault-index-old", 2),
    ("unlink", "index.lock", 1),
  ]

  @Test(.needsStrace, arguments: deaths)
  func `killed anywhere in a commit, nothing that was committed is undone by the next one`(
    _ call: String, _ file: String, _ number: Int
  ) throws {
    let world = try world()
    let calls = call == "rename" ? "rename,renameat,renameat2" : "unlink,unlinkat"
    let result = try world.run(
      """
      printf %s5 "$OPENAI" > ../new
      # Else strace would wait for the agent that keyvault starts.
      gpgconf --launch gpg-agent
      strace -f -qq -o /dev/null -P "$PWD/.git/\(file)" -e trace=\(calls) \
        -e inject=\(calls):signal=KILL:when=\(number) \
        keyvault rotate production/openai --no-test --commit --quiet < ../new 2> ../errors
      test $? = 0; echo $?
      # A person goes on: git's advice about its locks, and a commit of what is staged.
      find .git -name '*.lock' -delete
      git commit -qm next > /dev/null
      git ls-tree -r --name-only HEAD vault | wc -l
      git log --format=%s | grep -c rotate
      git show HEAD:vault/production/openai.yaml | grep serial
      keyvault get production/openai | tail -c 3
      keyvault set production/openai owner=bob@example.com --commit --quiet
      git log -1 --format=%s; ls .git | grep -e lock -e keyvault
      """)
    let lines = result.output.split(separator: "\n").map(String.init)
    try #require(lines.count == 6, "\(result)")
    #expect(lines[0] == "1", "it was not killed: \(result)")
    // Two lists, and two files of each entry.
    #expect(lines[1] == "6", "\(result)")
    // What the branch was set to stays; else the old key is there, or what was staged.
    #expect(lines[2] == "0" || lines[3] == "serial: 2", "\(result)")
    #expect(lines[4] == "15", "\(result)")
    #expect(lines[5] == "keyvault: change production/openai", "\(result)")
  }

  @Test func `a merge in progress is not broken up, and a stopped rebase is not in the way`()
    throws
  {
    let world = try world()
    let result = try world.run(
      """
      git checkout -q -b theirs; echo 1 > other; git add other; git commit -qm theirs
      git checkout -q main; echo 2 > other; git add other; git commit -qm ours
      git merge theirs > /dev/null
      keyvault set production/openai owner=bob@example.com --commit --quiet; echo $?
      git log -1 --format=%s; git ls-files -u | wc -l
      git merge --abort
      GIT_SEQUENCE_EDITOR='sed -i 1s/pick/edit/' git rebase -q -i HEAD~1 2> /dev/null
      keyvault set production/openai owner=eve@example.com --commit --quiet; echo $?
      git rebase --continue > /dev/null 2>&1; git log -1 --format=%s
      """)
    #expect(
      result.output == "73\nours\n2\n0\nkeyvault: change production/openai\n", "\(result)")
    #expect(result.errors.contains("a merge is in progress"), "\(result)")
    #expect(result.errors.contains("git commit"), "\(result)")
  }

  @Test func `a commit that git is configured to sign says that it is not signed`() throws {
    let world = try world()
    let result = try world.run(
      """
      git config commit.gpgSign yes
      keyvault set production/openai owner=bob@example.com --commit
      """)
    #expect(result.status == 0 && result.errors.contains("not signed"), "\(result)")
    #expect(result.errors.contains("git commit --amend --no-edit -S"), "\(result)")
  }
}
