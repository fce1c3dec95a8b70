import Foundation
import TestSupport
import Testing

/// What commands say is so: of folders, of keys, of git's history, and of what went wrong.
@Suite(.fewAtATime) struct RemarkTests {
  private func world(_ script: String = "") throws -> World {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."# + "\n" + script)
    return world
  }

  @Test func `a folder is called new once it is there`() throws {
    let world = try world()
    let refused = [
      "printf short | keyvault add staging/openai --no-test",
      "printf 'OPENAI_API_KEY=short\n' | keyvault import staging --from - --no-test",
      "printf x > vault/production/openai.gpg; keyvault cp production/openai staging/",
      // Almost the name of another.
      "printf short | keyvault add prodution/openai --no-test",
    ]
    for command in refused {
      let result = try world.run(command)
      #expect(result.status != 0 && !result.errors.contains("new folder"), "\(result)")
    }
    let done = try world.run(#"printf %s "$OPENAI" | keyvault add staging/openai --no-test"#)
    #expect(done.errors.contains("'staging' is a new folder of the vault"))
  }

  @Test func `what stands for a key in another program's file is not called a key`() throws {
    let world = try world()
    let result = try world.run(
      #"""
      cat > .env <<END
      MISTRAL_API_KEY=op://Private/mistral/credential
      CO_API_KEY="encrypted:BJ4xoUzKpW9dHq2sLr7cNt5vYe8mGb3fTa6iQw1hZk0XnVuRyPjEsDlOgCMxFBAIK"
      OPENAI_API_KEY=ENC[AES256_GCM,data:k3JxZm9QpLw7Ur2sVt8YbNcE5hGd4aFi6oKq,iv:x,tag:y,type:str]
      GROQ_API_KEY=vault://team/groq#key1234567890
      XAI_API_KEY=ref+awsssm://prod/xai/KeyOfTheTeam
      END
      keyvault import staging --from .env --no-test
      """#)
    #expect(!result.errors.contains("hold"), "\(result)")
    #expect(result.output.contains("another program encrypted this"), "\(result)")
    #expect(result.output.contains("this refers to a key in another program"), "\(result)")
  }

  @Test func `git's history is said to keep what was committed, and nothing else`() throws {
    let world = try world(
      """
      git init -q; git add -A; git commit -qm start
      printf %s "$OPENAI" | keyvault add staging/openai --no-test --quiet
      """)
    let never = try world.run("keyvault rm staging/openai")
    #expect(!never.errors.contains("history") && never.errors.contains("in no commit"), "\(never)")
    let once = try world.run("keyvault rm production/openai")
    #expect(once.errors.contains("git's history keeps it, so revoke the key"), "\(once)")
  }

  @Test func `an entry with nothing where its key should be is an error`() throws {
    let world = try world()
    for text in [#"\nsecond line\n"#, #"   \nuser: x\n"#, #"\r\nuser: x\r\n"#] {
      let result = try world.run(
        "printf '\(text)' | gpg -q -e --trust-model always -r $FPR > vault/production/none.gpg; "
          + "keyvault get production/none --verbose")
      #expect(result.status == 65 && result.output.isEmpty, "\(result)")
      #expect(result.errors.contains("the first line of 'production/none' is empty"), "\(result)")
    }
    #expect(try world.run("keyvault get production/none --field user").output == "x\n")
  }

  @Test func `gpg's complaints about its configuration are passed on`() throws {
    let world = try world("echo 'trust-model odd' > $GNUPGHOME/gpg.conf")
    for command in [
      "keyvault doctor", "keyvault get production/openai", "cd ..; mkdir n; cd n; keyvault init",
    ] {
      let result = try world.run(command)
      #expect(result.status != 0)
      #expect(
        (result.output + result.errors).contains("unknown trust model 'odd'"),
        "\(command): \(result)")
    }
    #expect(try world.run("keyvault doctor").output.contains("none") == false)
  }

  @Test func `a sidecar in a merge is not called wrong YAML`() throws {
    let world = try world(
      """
      git init -q; git add -A; git commit -qm start
      git checkout -qb other; printf '%s2' "$OPENAI" | keyvault rotate production/openai --no-test -q --commit
      git checkout -q main; printf '%s3' "$OPENAI" | keyvault rotate production/openai --no-test -q --commit
      git merge other > /dev/null 2>&1 || true
      """)
    let result = try world.run("keyvault set production/openai owner=bob@example.com")
    #expect(result.errors.contains("a merge is not finished"), "\(result)")
    #expect(result.errors.contains("keyvault resolve production/openai"), "\(result)")
  }

  @Test func `a dash is standard output, and no file`() throws {
    let world = try world()
    let result = try world.run("keyvault render production -o - | grep -c API_KEY; ls ./-")
    #expect(result.output == "2\n", "\(result)")
    #expect(try world.run("keyvault render production -o ./-; cat ./-").output.contains("API_KEY"))
    #expect(try world.run("keyvault render production --check -o -").status == 64)
  }

  @Test func `a hint typed in a folder below the root, or beside -C, does what it says`() throws {
    let world = try world(
      """
      git init -q; git add -A; git commit -qm start; mkdir -p 'a b/c'
      echo '*.gpg' > .git/info/exclude
      printf %s "$OPENAI" | keyvault add staging/openai --no-test --quiet 2>/dev/null
      """)
    for (folder, command) in [
      ("'a b/c'", "keyvault validate"), ("..", "keyvault -C work validate"),
      ("../..", "keyvault validate -C \"$HOME/work\""),
    ] {
      let added = try world.run(
        """
        cd \(folder)
        eval "$(\(command) | sed -n 's/.*the files anyway: //p')"
        git -C "$HOME/work" ls-files --error-unmatch vault/staging/openai.gpg
        git -C "$HOME/work" rm -q --cached vault/staging/openai.gpg
        """)
      #expect(added.status == 0, "\(folder): \(added)")
    }
  }

  @Test(
    .enabled(if: getuid() == 0, "only root can become another user"), arguments: [1, 2, 3, 4, 5, 6])
  func `a process that may start no threads says so`(limit: Int) throws {
    let world = try world()
    let result = try world.run(
      """
      timeout -k 2 20 setpriv --reuid 54321 --regid 54321 --clear-groups \
        bash -c 'ulimit -u \(limit); exec keyvault get production/openai'
      """)
    #expect(result.status == 74, "\(result)")
    #expect(result.errors.contains("may not start the threads that it needs"), "\(result)")
  }
}
