import Foundation
import TestSupport
import Testing

/// A repository whose configuration and attributes name a program wherever git lets them.
@Suite(.fewAtATime) struct GitProgramsTests {
  /// Keys of a configuration that name a program, or a transport that starts one.
  static let keys = [
    "core.fsmonitor", "core.sshCommand", "core.editor", "core.pager", "core.askPass",
    "core.gitProxy", "core.alternateRefsCommand", "sequence.editor", "credential.helper",
    "gpg.program", "gpg.ssh.program", "gpg.x509.program", "gpg.ssh.defaultKeyCommand",
    "diff.external", "diff.evil.command", "diff.evil.textconv", "diff.keyvault.command",
    "merge.evil.driver", "merge.keyvault.driver", "merge.tool", "mergetool.evil.cmd",
    "difftool.evil.cmd", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process",
    "pager.config", "pager.rev-list", "pager.ls-tree", "interactive.diffFilter", "man.evil.cmd",
    "remote.origin.uploadpack", "remote.origin.receivepack", "uploadpack.packObjectsHook",
    "trailer.evil.command", "trailer.evil.cmd", "trace2.eventTarget", "sendemail.smtpServer",
    "alias.config", "alias.rev-parse", "browser.evil.cmd", "web.browser", "instaweb.httpd",
  ]

  /// Settings by which git would use them.
  private static let wishes = [
    "commit.gpgSign=true", "tag.gpgSign=true", "log.showSignature=true", "gpg.format=openpgp",
    "core.autocrlf=true", "core.splitIndex=true", "core.untrackedCache=true", "index.sparse=true",
    "feature.manyFiles=true", "gc.auto=1", "maintenance.auto=true", "core.bigFileThreshold=1",
    "fetch.writeCommitGraph=true", "submodule.recurse=true", "protocol.allow=always",
    "protocol.ext.allow=always", "protocol.file.allow=always", "diff.submodule=log",
    "status.submoduleSummary=true", "diff.keyvault.cachetextconv=true", "safe.directory=*",
    "core.repositoryFormatVersion=1", "extensions.partialClone=origin",
    "remote.origin.url=ext::sh -c ../program", "remote.origin.promisor=true",
    "remote.origin.partialCloneFilter=blob:none",
  ]

  private func world() throws -> World {
    let world = try World()
    let keys = Self.keys.map { "git config '\($0)' ../program" }.joined(separator: "\n")
    let wishes = Self.wishes.map { wish -> String in
      let parts = wish.split(separator: "=", maxSplits: 1)
      return "git config '\(parts[0])' '\(parts[1])'"
    }.joined(separator: "\n")
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q .
      git add -A
      git commit -qm first
      printf %s "$OPENAI-2" | keyvault rotate production/openai --no-test --quiet
      git commit -qam second
      printf '#!/bin/sh\\necho "$0" "$@" >> "\(world.root.path)/ran"\\ncat\\n' > ../program
      chmod +x ../program
      mkdir ../hooks
      for hook in pre-commit commit-msg post-commit prepare-commit-msg reference-transaction \
        post-index-change post-checkout post-rewrite pre-auto-gc fsmonitor-watchman; do
        cp ../program ../hooks/$hook
      done
      cp ../hooks/* .git/hooks
      \(keys)
      \(wishes)
      git config core.hooksPath ../hooks
      mkdir -p .git/info
      echo '** filter=evil diff=evil merge=evil text working-tree-encoding=UTF-16' \
        | tee .git/info/attributes > vault/.gitattributes
      """)
    return world
  }

  static let commands = [
    "keyvault validate", "keyvault validate --base HEAD~1", "keyvault validate --history",
    "keyvault log production/openai", "keyvault recipients exposure $FPR", "keyvault recipients",
    "keyvault status", "keyvault show production/openai", "keyvault get production/openai",
    "keyvault ls", "keyvault doctor", "keyvault git pre-commit",
    "export GIT_NO_LAZY_FETCH=1; git -c core.fsmonitor=false -c core.hooksPath= update-index --add "
      + "--cacheinfo 100644,$(git rev-parse HEAD:keyvault.yaml),new; unset GIT_NO_LAZY_FETCH; "
      + "rm -f ../ran; keyvault git pre-commit",
    "keyvault git install --no-hook; keyvault git install --uninstall",
    "keyvault git textconv vault/production/openai.gpg",
    "keyvault render production -o .env", "keyvault exec production -- true",
    "keyvault accept --yes production/openai", "keyvault reencrypt",
    "keyvault set production/openai description=x --commit",
    "touch -d '2099-01-01' vault/production/*; keyvault set production/openai owner=a@example.com "
      + "--commit",
    #"printf %s "$OPENAI-3" | keyvault rotate production/openai --no-test --commit"#,
    #"printf %s "$OPENAI-3" | keyvault add staging/openai --no-test --commit"#,
    "keyvault mv production/openai staging/openai --commit",
    "keyvault cp production/openai staging/openai --commit",
    "keyvault rm production/anthropic --commit", "keyvault adopt production/openai --commit",
    "keyvault test --retired production/openai",
    "printf 'OPENAI_API_KEY=%s' \"$OPENAI-4\" > .env; keyvault import fresh --from .env --no-test",
  ]

  @Test(arguments: commands) func `nothing that it names runs`(_ command: String) throws {
    let world = try world()
    // git itself reads a file again if it is as new as the index, whichever program wrote the index.
    let result = try world.run("touch .git/index vault/production/*; \(command)")
    #expect(result.status < 126, "\(result)")
    #expect(try world.run("cat ../ran").output == "", "\(result)")
  }

  @Test func `nothing runs for an object that is missing, nor for a merge`() throws {
    let world = try world()
    try world.output(
      """
      set +e
      gone=$(git -c core.fsmonitor=false rev-parse HEAD~1:vault/production/openai.gpg)
      rm -f .git/objects/${gone%${gone#??}}/${gone#??}
      rm -f ../ran; true
      """)
    for command in Self.commands.prefix(12) {
      let result = try world.run(command)
      #expect(result.status < 126, "\(command): \(result)")
      #expect(try world.run("cat ../ran").output == "", "\(command)")
    }
  }

  @Test func `conflicts are resolved and staged without it`() throws {
    let world = try world()
    try world.output(
      """
      export GIT_CONFIG_GLOBAL="$HOME/.gitconfig"
      cp .git/config ../config; mv .git/info/attributes ..; rm vault/.gitattributes
      git init -q --separate-git-dir=.git . 2> /dev/null || true
      printf '[core]\nrepositoryformatversion = 0\nbare = false\n' > .git/config
      rm -f .git/hooks/*
      git checkout -q -b theirs
      keyvault set production/openai owner=bob@example.com --quiet --commit
      git checkout -q -
      keyvault set production/openai owner=eve@example.com --quiet --commit
      git merge -q theirs || true
      cp ../config .git/config; mv ../attributes .git/info
      cp ../hooks/* .git/hooks
      rm -f ../ran
      """)
    let result = try world.run("keyvault resolve --ours")
    #expect(result.status == 0, "\(result)")
    #expect(try world.run("cat ../ran").output == "")
    #expect(
      try world.run("git -c core.fsmonitor=false ls-files --unmerged | wc -l").output == "0\n")
  }

  @Test func `this git does run what the test looks for`() throws {
    let world = try world()
    _ = try world.run("echo x > x; git add x vault; git commit -qm x; git status; git log -1")
    let ran = try world.run("cat ../ran").output
    #expect(ran.contains("/program"), "\(ran)")
  }

  @Test func `a commit leaves files that git must look at again such that it does`() throws {
    let world = try World()
    // Two contents of one size within one tick of the clock: git distinguishes them by the index's
    // age.
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      git init -q .
      echo one > file
      git add -A
      git commit -qm first
      later=$(date -d '3 years' +%F)
      touch -d "$later" file .git/index
      git update-index -q --refresh
      touch -d "$later" .git/index
      echo two > file
      touch -d "$later" file
      git diff --name-only
      keyvault set production/openai description=x --commit --quiet
      git diff --name-only
      """)
    #expect(result.output == "file\nfile\n", "\(result)")
  }
}
