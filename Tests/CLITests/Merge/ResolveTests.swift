import Foundation
import TestSupport
import Testing

/// Conflicts of each kind, made by git itself.
@Suite(.fewAtATime) struct ResolveTests {
  /// A repository in which a branch and `main` did these, and the merge of both.
  private func merge(theirs: String, ours: String) throws -> World {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q
      git add -A; git commit -qm start
      git checkout -q -b theirs
      \(theirs)
      git add -A; git commit -qm theirs
      git checkout -q main
      \(ours)
      git add -A; git commit -qm ours
      ! git merge -q theirs > /dev/null 2>&1
      """)
    return world
  }

  /// Files in conflict.
  private func conflicts(_ world: World) throws -> [String] {
    try world.output("git diff --name-only --diff-filter=U").split(separator: "\n").map(String.init)
  }

  /// That nothing is left to do but a commit, and that the result is valid.
  private func isSettled(_ world: World) throws {
    #expect(try conflicts(world) == [])
    #expect(try world.output("git diff --name-only") == "")
    #expect(
      try world.output("keyvault validate --strict; git commit -qm merged; git status -s") == "")
  }

  private static let rotate = #"printf %s1 "$OPENAI" | keyvault rotate production/openai --no-test"#

  @Test(arguments: [false, true])
  func `a conflict of the sidecar alone keeps the key that git took`(
    isTheirs: Bool
  ) throws {
    let describe = "keyvault set production/openai owner=bob@example.com"
    let world = try merge(
      theirs: isTheirs ? Self.rotate : describe, ours: isTheirs ? describe : Self.rotate)
    #expect(try conflicts(world) == ["vault/production/openai.yaml"])
    try world.output("keyvault resolve")
    let sidecar = try world.output("cat vault/production/openai.yaml")
    #expect(sidecar.contains("owner: bob@example.com\n"))
    #expect(sidecar.contains("serial: 2\n") && sidecar.contains("preview: sk-proj-…0011\n"))
    #expect(try world.output("keyvault get production/openai | tail -c 6") == "00011\n")
    try isSettled(world)
  }

  @Test func `a conflict of the ciphertext alone is one too`() throws {
    let edit = """
      gpg -d vault/production/openai.gpg 2> /dev/null > ../plain
      gpg --quiet --batch --yes --trust-model always -r "$FPR" -o vault/production/openai.gpg -e ../plain
      """
    let world = try merge(theirs: edit, ours: edit)
    #expect(try conflicts(world) == ["vault/production/openai.gpg"])
    try world.output("keyvault resolve")
    #expect(try world.output("grep serial vault/production/openai.yaml") == "serial: 1\n")
    try isSettled(world)
  }

  @Test(arguments: ["ours", "theirs"]) func `one side removed it, so a person must choose`(
    _ side: String
  ) throws {
    let world = try merge(theirs: "keyvault rm -f production/openai", ours: Self.rotate)
    let asked = try world.run("keyvault resolve")
    #expect(asked.status == 1)
    #expect(asked.errors.contains("theirs removed it, ours rotated it"))
    #expect(asked.errors.contains("--ours: sk-proj-…0011, serial 2, alice@example.com"))
    #expect(try conflicts(world).count == 2)
    try world.output("keyvault resolve --\(side)")
    let isThere = try world.run("keyvault get production/openai").status == 0
    #expect(isThere == (side == "ours"))
    if isThere {
      #expect(try world.output("grep serial vault/production/openai.yaml") == "serial: 2\n")
    }
    try isSettled(world)
  }

  @Test func `both added it, and each field that one of them has is kept`() throws {
    func add(_ more: String) -> String {
      #"printf %s5 "$OPENAI" | keyvault add staging/openai --no-test \#(more)"#
    }
    let world = try merge(
      theirs: add("--owner bob@example.com --description x"),
      ours: add("--owner bob@example.com --expires 2027-02-21"))
    try world.output("keyvault resolve")
    let sidecar = try world.output("cat vault/staging/openai.yaml")
    #expect(sidecar.contains("description: x\n") && sidecar.contains("expires: 2027-02-21\n"))
    // The second was made where the first was known.
    #expect(sidecar.contains("serial: 2\n"))
    try isSettled(world)
  }

  @Test(arguments: ["ours", "theirs"]) func `a field that both changed needs a word`(
    _ side: String
  ) throws {
    func owner(_ name: String) -> String {
      "keyvault set production/openai owner=\(name)@example.com disabled=true"
    }
    let world = try merge(theirs: owner("theirs"), ours: owner("ours"))
    let asked = try world.run("keyvault resolve")
    #expect(asked.status == 1 && asked.errors.contains("both changed owner"), "\(asked)")
    try world.output("keyvault resolve --\(side)")
    let sidecar = try world.output("cat vault/production/openai.yaml")
    #expect(sidecar.contains("owner: \(side)@example.com\n"))
    #expect(sidecar.contains("disabled: true\n") && sidecar.contains("serial: 1\n"))
    try isSettled(world)
  }

  @Test func `the same key with other additional fields is another credential`() throws {
    func store(_ resource: String) -> String {
      """
      printf 0123456789abcdef0123456789abcde7 | keyvault add production/azure_openai --no-test --quiet --replace \
        --owner a@example.com --field resource=\(resource)
      """
    }
    let world = try merge(theirs: store("theirs"), ours: store("ours"))
    #expect(try world.run("keyvault resolve --no-test").status == 1)
    try world.output("keyvault resolve --theirs")
    let field = try world.output("keyvault get production/azure_openai --field resource")
    #expect(field == "theirs\n")
  }

  @Test(.needsPython) func `a person at a terminal is asked`() throws {
    let world = try merge(theirs: "keyvault rm -f production/openai", ours: Self.rotate)
    let program = """
      import os, pty, sys
      child, terminal = pty.fork()
      if child == 0:
          os.execvp("keyvault", ["keyvault", "resolve"])
      shown = b""
      while b"[ours/theirs]" not in shown:
          shown += os.read(terminal, 4096)
      os.write(terminal, b"theirs\\n")
      try:
          while more := os.read(terminal, 4096):
              shown += more
      except OSError:
          pass
      sys.stdout.buffer.write(shown)
      sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
      """
    try program.write(
      to: world.root.appending(path: "answer.py"), atomically: true, encoding: .utf8)
    let result = try world.run("timeout 20 python3 ../answer.py")
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains("  ours: sk-proj-…0011, serial 2, alice@example.com"))
    #expect(result.output.contains("resolved production/openai: removed"))
    try isSettled(world)
  }

  @Test func `who can read is decided first`() throws {
    let world = try merge(
      theirs: "echo '# theirs' >> vault/.gpg-id; \(Self.rotate.replacing("%s1", with: "%s2"))",
      ours: "echo '# ours' >> vault/.gpg-id; \(Self.rotate)")
    let refused = try world.run("keyvault resolve --ours")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("in conflict themselves: vault/.gpg-id\n"), "\(refused)")
    try world.output("git checkout -q --ours vault/.gpg-id; git add vault/.gpg-id")
    try world.output("keyvault resolve --ours")
    try isSettled(world)
  }

  @Test func `a side whose files do not belong together is refused`() throws {
    let swap = "cp vault/production/anthropic.gpg vault/production/openai.gpg"
    let world = try merge(
      theirs: "keyvault set production/openai owner=x description=y; \(swap)",
      ours: "\(Self.rotate); keyvault set production/openai owner=z")
    let before = try world.output("git status -s; cat vault/production/openai.yaml")
    let refused = try world.run("keyvault resolve --theirs")
    #expect(refused.status == 65)
    #expect(
      refused.errors.contains("theirs has no sidecar of 'production/openai' that belongs"),
      "\(refused)")
    #expect(try world.output("git status -s; cat vault/production/openai.yaml") == before)
  }

  @Test func `a key of another place is not brought in by a merge`() throws {
    let world = try merge(
      theirs: """
        cp vault/production/anthropic.gpg vault/production/openai.gpg
        sum=$(sha256sum < vault/production/openai.gpg | cut -d' ' -f1)
        sed -i "s/^digest:.*/digest: sha256:$sum/" vault/production/openai.yaml
        """, ours: Self.rotate)
    let refused = try world.run("keyvault resolve --theirs")
    #expect(refused.status == 65, "\(refused)")
    #expect(refused.errors.contains("theirs: 'production/openai' holds the key of"))
    #expect(try conflicts(world).count == 2)
  }

  @Test func `a rebase in a folder below the top is a merge like any other`() throws {
    let world = try World()
    try world.output(
      """
      mkdir "deep er"; cp -a "$FILLED/." "deep er"; cd "deep er"
      git init -q ..
      git add -A; git commit -qm start
      git checkout -q -b theirs
      printf %s2 "$OPENAI" | keyvault rotate production/openai --no-test --commit
      git checkout -q main
      \(Self.rotate) --commit
      ! git rebase -q theirs 2> /dev/null
      keyvault resolve --ours --no-test
      GIT_EDITOR=true git rebase --continue > /dev/null
      """)
    #expect(
      try world.output("cd 'deep er'; keyvault get production/openai | tail -c 6") == "00012\n")
    #expect(
      try world.output("cd 'deep er'; git status -s; grep serial vault/production/openai.yaml")
        == "serial: 4\n")
  }

  /// What is between the branches is exposed, and both sides change it.
  private static func exposed(_ line: String) -> String {
    "sed -i '/^exposed:/d' vault/production/openai.yaml; echo '\(line)' >> vault/production/openai.yaml"
  }

  private static let mark =
    "exposed: {to: 0123456789ABCDEF0123456789ABCDEF01234567, since: 2026-11-01}"

  @Test(arguments: ["ours", "theirs"]) func `the mark of a key goes with the key`(
    _ side: String
  ) throws {
    // A new key that is exposed already, against another one.
    let world = try merge(
      theirs: Self.rotate.replacing("%s1", with: "%s2") + "; " + Self.exposed(Self.mark),
      ours: Self.rotate)
    try world.output("keyvault resolve --\(side)")
    let sidecar = try world.output("cat vault/production/openai.yaml")
    #expect(sidecar.contains("exposed:") == (side == "theirs"), "\(sidecar)")
  }

  @Test func `what one side knows of the same key, and of older ones, stays`() throws {
    let add = #"echo 'retired: {"1": %, "7": unproven}' >> vault/production/openai.yaml"#
    func side(_ value: String, _ more: String) -> String {
      add.replacing("%", with: value) + "; " + more + "; keyvault adopt production/openai --quiet"
    }
    let world = try merge(
      theirs: side("2026-11-20", Self.exposed(Self.mark)),
      ours: side("unproven", "keyvault set production/openai owner=bob@example.com --quiet"))
    try world.output("keyvault resolve")
    let sidecar = try world.output("cat vault/production/openai.yaml")
    #expect(
      sidecar.contains("exposed:") && sidecar.contains("owner: bob@example.com"), "\(sidecar)")
    #expect(sidecar.contains("2026-11-20") && sidecar.contains("unproven"), "\(sidecar)")
  }

  @Test(arguments: ["required", "optional"])
  func `a merge does not sign what another person wrote`(_ policy: String) throws {
    let world = try World()
    let result = try world.run(
      """
      set -e
      export KEYVAULT_TRUSTED_SIGNERS=$FPR
      cp -a "$FILLED/." .
      printf 'policy: {signatures: \(policy)}\n' >> keyvault.yaml
      keyvault sign --quiet; keyvault sign --recipients --quiet
      git init -q; git add -A; git commit -qm start
      git checkout -q -b theirs
      # Somebody who may push and not sign.
      sed -i 's/^owner: .*/owner: eve@example.com/' vault/production/openai.yaml
      git commit -qam theirs
      git checkout -q main
      keyvault set production/openai owner=bob@example.com --quiet --commit
      ! git merge -q theirs > /dev/null 2>&1
      set +e
      for side in ours theirs; do keyvault resolve --$side; echo "$side $?"; done
      git diff --name-only --diff-filter=U
      """)
    #expect(
      result.output == "ours 65\ntheirs 65\nvault/production/openai.yaml\n", "\(result)")
    #expect(result.errors.contains("the signature does not fit"), "\(result)")
  }
}
