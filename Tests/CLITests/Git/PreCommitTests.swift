import Foundation
import TestSupport
import Testing

/// The hook, as git runs it.
@Suite(.fewAtATime) struct PreCommitTests {
  private func world() throws -> World {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q
      keyvault git install --quiet
      git add -A
      git commit -qm start
      """)
    return world
  }

  @Test func `the index that git names is the one that is looked at`() throws {
    let world = try world()
    try world.output(
      """
      printf %s7 "$OPENAI" | keyvault rotate production/openai --no-test --quiet
      git add vault
      """)
    // This commits one file by an index of its own; that all is staged in the usual one does not help.
    let half = try world.run("git commit -qm half -- vault/production/openai.gpg")
    #expect(half.status == 1 && half.errors.contains("half-staged"), "\(half)")
    try world.output("git commit -qm whole -- vault/production")
  }

  @Test func `nothing that the configuration names is run, and nothing is left behind`() throws {
    let world = try world()
    try world.output(
      """
      printf '#!/bin/sh\\necho "$0" >> "$HOME/ran"\\ncat\\n' > ../program
      chmod +x ../program
      git config filter.evil.clean "$HOME/program"
      git config filter.evil.smudge "$HOME/program"
      git config core.fsmonitor "$HOME/program"
      printf '** filter=evil text\\n' > .git/info/attributes
      printf %s7 "$OPENAI" | keyvault rotate production/openai --no-test --quiet
      for file in vault/production/openai.*; do
        git update-index --cacheinfo 100644,$(git hash-object -w --no-filters $file),$file
      done
      rm -f ../ran
      keyvault git pre-commit
      """)
    #expect(try world.run("cat ../ran").output == "")
    #expect(try world.output("ls $XDG_RUNTIME_DIR") == "")
  }

  @Test func `a first commit and a repository without keyvault are looked at too`() throws {
    let world = try World()
    let other = try world.run(
      "git init -q; printf %s $OPENAI > x; git add x; keyvault git pre-commit")
    #expect(other.status == 1 && other.errors.contains("x:1:1: error[plaintext-key]"), "\(other)")
    try world.output("git reset -q; echo x > y; git add y; keyvault git pre-commit; git add x")
    try world.output("cp -a $FILLED/. .; rm vault/production/openai.gpg; git add -A")
    let refused = try world.run("keyvault git pre-commit")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("vault/production/openai.yaml:1:1: error[no-key]"))
    #expect(refused.errors.contains("x:1:1: error[plaintext-key]"))
    let elsewhere = try world.run("cd ..; keyvault git pre-commit")
    #expect(elsewhere.status == 66, "\(elsewhere)")
  }

  @Test func `a vault whose keyvault.yaml is broken or not staged is not passed over`() throws {
    let world = try world()
    let change = "printf x > vault/production/openai.gpg; git add vault; git commit -qm x"
    try world.output("echo 'version: [' >> keyvault.yaml; git commit -qam broken --no-verify")
    let broken = try world.run(change)
    #expect(broken.status == 1 && broken.errors.contains("keyvault.yaml:"), "\(broken)")
    try world.output("git rm -q --cached keyvault.yaml; git commit -qm gone --no-verify")
    let unstaged = try world.run(change.replacing("printf x", with: "printf y"))
    #expect(unstaged.status == 1)
    #expect(unstaged.errors.contains("keyvault.yaml:1:1: error[half-staged]"), "\(unstaged)")
  }

  /// Where a repository is made that git does not have yet: its folder, and that of a plaintext
  /// key.
  @Test(arguments: [(".", "."), (".", "src/app"), ("infra/keys", "."), ("infra/keys", "infra")])
  func `keys are found although git does not have keyvault.yaml yet`(
    folders: (repository: String, key: String)
  ) throws {
    let world = try World()
    let result = try world.run(
      """
      git init -q; mkdir -p \(folders.repository) \(folders.key)
      (cd \(folders.repository); keyvault init -q --recipient $FPR; keyvault git install -q)
      echo "# $OPENAI" > \(folders.key)/notes.md; git add \(folders.key)/notes.md; git commit -qm leak
      """)
    #expect(
      result.status == 1 && result.errors.contains("notes.md:1:1: error[plaintext-key]"),
      "\(result)")
    #expect(result.errors.contains("error: nothing was committed"))
    let isSaid = result.errors.contains("keyvault.yaml:1:1: warning[not-tracked]")
    #expect(isSaid == (folders.repository == "."), "\(result)")
  }

  @Test func `a large file is searched, and what is not searched is named`() throws {
    let world = try world()
    let key = "printf '\\nsk-proj-A7f3Kp9QxZ2mB8vL4nR6tY1wC5\\n'"
    // One at a time: a debug build takes its time.
    for (write, place) in [
      ("head -c 4194300 /dev/zero | tr '\\0' ' ' > border; \(key) >> border", "border:2"),
      (
        "head -c 4500000 /dev/zero > binary; \(key) >> binary; head -c 99 /dev/zero >> binary",
        "binary:2"
      ),
      ("(seq 330000; \(key)) | iconv -t UTF-16BE > wide", "wide:330002"),
    ] {
      let found = try world.run("\(write); git add -A; keyvault git pre-commit")
      #expect(found.status == 1)
      #expect(found.errors.contains("\(place):1: error[plaintext-key]"), "\(found)")
      try world.output("git reset -q; git clean -qfd")
    }
    let said = try world.run(
      """
      truncate -s 64M huge; \(key) >> huge; echo x | gzip > x.gz; printf 'PK\\003\\004' > x.jar
      git add huge x.gz x.jar; git commit -qm x
      """)
    #expect(said.status == 0)
    #expect(
      said.errors.contains(
        "huge:1:1: warning[not-searched]: this file was not searched for keys: it is larger than 64 MiB\n"
      ),
      "\(said)")
    #expect(
      said.errors.contains("x.gz:1:1: note[not-searched]")
        && said.errors.contains("x.jar:1:1: note"), "\(said)")
  }

  @Test func `links and submodules are not part of a vault`() throws {
    let world = try world()
    let link = try world.run(
      "ln -s ../x vault/production/mistral.gpg; git add -A; git commit -qm x")
    #expect(link.errors.contains("vault/production/mistral.gpg:1:1: error[symbolic-link]"))
    let module = try world.run(
      """
      git reset -q; rm vault/production/mistral.gpg
      git init -q vault/inner; cd vault/inner; git commit -q --allow-empty --no-verify -m x; cd ../..
      git add vault/inner 2> ../hint; git commit -qm x
      """)
    #expect(module.errors.contains("vault/inner/.git:1:1: error[git-in-vault]"), "\(module)")
  }

  /// Commands that put `$OPENAI` into what is staged, in other dress.
  static let dresses = [
    "printf %s \"$OPENAI\" | iconv -t UTF-16 > x.txt",
    "printf %s \"$OPENAI\" | iconv -t UTF-16BE > x.txt",
    "printf %s \"$OPENAI\" | iconv -t UTF-32LE > x.txt",
    "printf %s \"$OPENAI\" | base64 -w0 > x.txt",
    "printf 'KEY=%s' \"$OPENAI\" | base64 -w9 | sed 's/^/  /' > x.txt",
    "printf 'a=%s' \"$OPENAI\" | base64 -w0 | tr +/ -_ > x.txt",
    "printf %s \"$OPENAI\" | od -An -tx1 | tr -d ' \\n' > x.txt", "ln -s \"$OPENAI\" x",
    "ln -s \"/srv/$OPENAI/file\" x", "touch \"$OPENAI\"", "mkdir \"$OPENAI\"; touch \"$OPENAI/x\"",
    "touch \"vault/production/$OPENAI.gpg\"", "touch \"$(printf %s $OPENAI | base64 -w0)\"",
  ]

  @Test(arguments: dresses)
  func `a key in other dress is refused, and is not shown`(command: String) throws {
    let world = try world()
    let result = try world.run("\(command); git add -A; keyvault git pre-commit")
    #expect(result.status == 1, "\(result)")
    #expect(result.errors.contains("plaintext-key"), "\(result)")
    #expect(Canary.leaks(in: result.errors) == [], "\(result)")
    let encoded = Data(Templates.openAI.utf8).base64EncodedString()
    #expect(!result.errors.contains(Templates.openAI) && !result.errors.contains(encoded))
  }

  /// What is a word and what is a key.
  static let texts: [(text: String, isKey: Bool)] = [
    ("key=sk-proj-NotARealKey-NotARealKey-NotARealKey-0001", true),
    (#""sk-ant-api03-NotARealKey_NotARealKey_NotARealKey_0002AA""#, true),
    ("hf_NotARealKeyNotARealKey0123456789", true),
    ("sk-proj-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", false),
    ("key_of_the_first_index_of_every_table", false),
    ("task-proj-NotARealKey-NotARealKey-NotARealKey-0001", false),
    ("sk-proj-NotAReal", false),
    ("da39a3ee5e6b4b0d3255bfef95601890afd80709", false),
  ]

  @Test func `what looks like a key is refused anywhere, and is never shown`() throws {
    let world = try world()
    for (text, isKey) in Self.texts {
      try world.write(text)
      let result = try world.run("git add x.txt; git commit -qm x")
      #expect(result.status == (isKey ? 1 : 0), "\(text)")
      #expect(result.errors.contains("x.txt:2:1: error[plaintext-key]") == isKey, "\(text)")
      #expect(!result.errors.contains("NotAReal"))
      try world.output("git reset -q; git checkout -q . 2>/dev/null || true")
    }
  }
}

extension World {
  fileprivate func write(_ text: String) throws {
    try "first\n\(text)\n".write(
      to: folder.appending(path: "x.txt"), atomically: true, encoding: .utf8)
  }
}
