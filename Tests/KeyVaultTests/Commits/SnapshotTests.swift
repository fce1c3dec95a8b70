import Foundation
import Naming
import TestSupport
import Testing

@testable import KeyVault

/// Files as of a commit, in every kind of work tree.
@Suite(.fewAtATime)
struct SnapshotTests {
  private func world() throws -> World {
    let world = try World()
    try world.write("a", to: "vault/p/a.gpg")
    try world.commit()
    return world
  }

  private func refusal(_ revision: String, _ root: String) throws -> Failure {
    try #require(failure { _ = try Snapshot(revision, of: root) })
  }

  @Test func `files and their content are those of the commit`() throws {
    let world = try world()
    try world.write("b", to: "vault/p/a.gpg")
    try world.scratch.link("vault/p/link.gpg", to: "a.gpg")
    try world.commit()
    try world.write("c", to: "vault/p/a.gpg")
    let root = world.scratch.folder
    let now = try Snapshot("main", of: root)
    let before = try Snapshot("main~1", of: root)
    let path = "vault/p/a.gpg"
    #expect(try now.read([path, "vault/none", "keyvault.yaml"]).map { $0?.count } == [1, nil, 53])
    #expect(now.holds(Array("b".utf8), at: path) && !now.holds(Array("c".utf8), at: path))
    #expect(before.holds(Array("a".utf8), at: path) && !before.holds([], at: "vault/none"))
    #expect(now.files["vault/p/link.gpg"] == nil, "a link is no file")
    #expect(now.isMerged && before.isMerged && now.hasWholeHistory)
    let versions = try now.history(of: [path])[path] ?? []
    #expect(try now.contents(of: versions) { $0 } == [Array("b".utf8), Array("a".utf8)])
    #expect(versions.map(\.commit) == [now.commit, before.commit])
    #expect(try before.history(of: [path])[path]?.count == 1)
  }

  @Test func `ids are git's own, of either digest`() throws {
    let bytes = Array("what is new\n".utf8)
    for format in ["sha1", "sha256"] {
      let scratch = Scratch()
      try scratch.write(bytes, to: "x")
      let script = """
        git init -q --object-format=\(format) . && git hash-object x
        """
      let id = try run(["/bin/bash", "-c", script], in: scratch.folder).text
        .trimmingCharacters(in: .newlines)
      #expect(GitObjects.id(of: bytes, like: id) == id, "\(format)")
    }
  }

  @Test func `a repository below the top of its work tree`() throws {
    let outer = Scratch()
    try outer.write("version: 1\nvault: \"\(World.vaultID)\"\n", to: "deep/er/keyvault.yaml")
    try outer.write("a", to: "deep/er/vault/p/a.gpg")
    try outer.write("z", to: "vault/p/z.gpg")
    let script =
      "git init -q -b main && git add -A && git -c user.name=a -c user.email=a commit -qm x"
    _ = try run(["/bin/bash", "-c", script], in: outer.folder)
    let snapshot = try Snapshot("HEAD", of: outer.path("deep/er"))
    #expect(snapshot.files.sortedKeys == ["keyvault.yaml", "vault/p/a.gpg"])
    #expect(try snapshot.history(of: ["vault/p/a.gpg"])["vault/p/a.gpg"]?.count == 1)
  }

  @Test func `a linked work tree, a detached head and a submodule`() throws {
    let world = try world()
    let elsewhere = leftovers.newPath()
    try world.git("worktree", "add", "-q", "--detach", elsewhere, "main")
    defer { try? FileManager.default.removeItem(atPath: elsewhere) }
    #expect(try Snapshot("main", of: elsewhere).files["vault/p/a.gpg"] != nil)
    let outer = Scratch()
    let script = """
      git init -q && git -c protocol.file.allow=always submodule add -q "$1" sub
      """
    let made = try run(
      ["/bin/bash", "-c", script, "bash", world.scratch.folder], in: outer.folder)
    try #require(made.status == 0, "\(made.errors)")
    #expect(try Snapshot("origin/main", of: outer.path("sub")).files["vault/p/a.gpg"] != nil)
  }

  @Test func `what does not name a commit, or names several things, is refused`() throws {
    let world = try world()
    let root = world.scratch.folder
    for name in ["", "--all", "-1"] { #expect(try refusal(name, root).kind == .usage, "\(name)") }
    for name in ["none", "main^{tree}", "main:vault", "main..main", "\u{202e}x"] {
      #expect(try refusal(name, root).kind == .notFound, "\(name)")
    }
    // Anyone who may push could create a tag that takes precedence over the branch.
    try world.git("update-ref", "refs/remotes/origin/main", "main")
    #expect(try Snapshot("origin/main", of: root).isMerged)
    try world.git("tag", "origin/main", "main")
    let ambiguous = try refusal("origin/main", root)
    #expect(ambiguous.kind == .usage)
    #expect(ambiguous.hints == ["say refs/remotes/origin/main", "say refs/tags/origin/main"])
    #expect(try Snapshot("refs/remotes/origin/main", of: root).isMerged)
  }

  @Test func `without git, and without the commit, it is said what to do`() throws {
    let alone = Scratch()
    #expect(try refusal("main", alone.folder).message.contains("is not in a git work tree"))
    let world = try world()
    try world.commit()
    let clone = leftovers.newPath()
    _ = try run([
      "/usr/bin/git", "clone", "-q", "--depth=1", "file://" + world.scratch.folder, clone,
    ])
    defer { try? FileManager.default.removeItem(atPath: clone) }
    let shallow = try refusal("HEAD~1", clone)
    #expect(shallow.kind == .notFound)
    #expect(shallow.hints.first?.contains("fetch-depth: 0") == true)
    #expect(try !Snapshot("HEAD", of: clone).hasWholeHistory)
  }

  @Test func `replaced objects and grafts do not count`() throws {
    let world = try world()
    let first = try world.git("rev-parse", "main").trimmingCharacters(in: .newlines)
    try world.write("b", to: "vault/p/a.gpg")
    let second = try world.commit()
    try world.git("replace", second, first)
    #expect(
      try Snapshot("main", of: world.scratch.folder).holds(Array("b".utf8), at: "vault/p/a.gpg"))
  }
}
