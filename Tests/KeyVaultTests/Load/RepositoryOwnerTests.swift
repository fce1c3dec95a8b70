import Foundation
import TestSupport
import Testing

@testable import KeyVault

/// Whose repositories are used.
@Suite(.oneAtATime) struct RepositoryOwnerTests {
  static let isRoot: ConditionTrait = .enabled(
    if: geteuid() == 0, "only root can give a file away")

  @Test(arguments: [
    ("*", "/a/b", true), ("/a/b", "/a/b", true), ("/a/b/", "/a/b", true), ("/a/*", "/a/b", true),
    ("/a/*", "/a/b/c", true), ("/*", "/a", true), ("/a", "/a/b", false), ("/a/b/c", "/a/b", false),
    ("", "/a/b", false), ("/a/*", "/ab", false), ("/a/B", "/a/b", false), ("/", "/a", false),
    ("a/b", "/a/b", false), ("/a/e\u{301}", "/a/\u{e9}", false),
  ]) func `a value of safe.directory names folders as git has it`(
    value: String, folder: String, isNamed: Bool
  ) {
    #expect(RepositoryOwner.covers(value, folder) == isNamed)
  }

  @Test(isRoot, arguments: ["", "/keyvault.yaml", "/vault"])
  func `a repository of which a part is another user's is refused from every folder in it`(
    part: String
  ) throws {
    let world = try World()
    let root = world.scratch.folder
    try world.write("", to: "project/deep/x")
    #expect(try Repository.root(from: root + "/project/deep") == root)
    chown(root + part, 12346, 12346)
    for folder in [root, root + "/project/deep"] {
      let refusal = try #require(failure { _ = try Repository.root(from: folder) })
      #expect(refusal.kind == .malformed)
      #expect(refusal.message.contains("'\(root)\(part)' belongs to another user (12346)"))
      #expect(
        refusal.hints.first?.contains("git config --global --add safe.directory '\(root)'") == true)
    }
    let inner = try #require(failure { _ = try Credentials(at: root) })
    #expect(inner.message.contains("belongs to another user"))
  }

  @Test(isRoot) func `root accepts the repository of the user who called sudo, as git does`() throws
  {
    let world = try World()
    let root = world.scratch.folder
    for path in ["", "/keyvault.yaml", "/vault"] { chown(root + path, 12346, 12346) }
    let owner = RepositoryOwner(sudoUser: 12346)
    #expect(try Repository.root(from: root, owner: owner) == root)
    #expect(failure { try RepositoryOwner(sudoUser: 12347).check(root) } != nil)
    chown(root, 0, 0)
    #expect(try Repository.root(from: root, owner: owner) == root)
  }

  @Test(isRoot) func `a link is judged by its own owner`() throws {
    let world = try World()
    let root = world.scratch.folder
    try world.scratch.move("keyvault.yaml", to: "other")
    symlink(root + "/other", root + "/keyvault.yaml")
    lchown(root + "/keyvault.yaml", 12346, 12346)
    #expect(failure { _ = try Repository.root(from: root) }?.kind == .malformed)
  }
}
