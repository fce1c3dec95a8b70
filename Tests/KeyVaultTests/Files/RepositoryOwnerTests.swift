import Foundation
import TestSupport
import Testing

@testable import KeyVault

/// Whose repositories are used.
@Suite(.fewAtATime) struct RepositoryOwnerTests {
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
        refusal.hints.first?.contains("git config --global --add safe.directory \(root)") == true)
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
    // A folder of root's that holds another user's vault is not that user's repository.
    chown(root, 0, 0)
    #expect(failure { _ = try Repository.root(from: root, owner: owner) }?.kind == .malformed)
    for path in ["/keyvault.yaml", "/vault"] { chown(root + path, 0, 0) }
    #expect(try Repository.root(from: root, owner: owner) == root)
  }

  @Test(isRoot) func `what another user put into a repository is neither read nor entered`() throws
  {
    let world = try World()
    try world.store("production/openai", "sk-proj-" + String(repeating: "a1B2", count: 12))
    try world.write("version: 1\n", to: "providers.d/acme.yaml")
    let root = world.scratch.folder
    let key = "vault/.public-keys/\(Keyring.alice.fingerprint)"
    let name = try EntryName("production/openai")
    func vault() throws -> Vault { try world.repository.vault }
    let readers: [(String, () throws -> Void)] = [
      ("vault/.gpg-id", { _ = try vault().recipients(of: "production") }),
      (key, { try world.store("production/groq", "gsk_" + String(repeating: "a1B2", count: 13)) }),
      ("vault/.public-keys", { _ = try PublicKeys.listed(in: world.repository) }),
      ("vault/production", { _ = try vault().entries() }),
      ("vault/production", { _ = try vault().entry(name) }),
      ("vault/production/openai.gpg", { _ = try vault().ciphertext(of: name) }),
      ("vault/production/openai.yaml", { if let f = try vault().entry(name).fault { throw f } }),
      ("providers.d/acme.yaml", { _ = try Catalogue(root: root).provider("acme") }),
      ("providers.d", { _ = try Catalogue(root: root).provider("acme") }),
    ]
    for (path, read) in readers {
      lchown(root + "/" + path, 12346, 12346)
      do {
        try read()
        Issue.record("\(path) was used")
      } catch {
        let said = (error as? Failure)?.message ?? (error as? FileError)?.message ?? ""
        #expect(said.contains("'\(root)/\(path)' belongs to another user (12346)"), "\(said)")
      }
      lchown(root + "/" + path, 0, 0)
    }
    try? FileManager.default.removeItem(atPath: root + "/providers.d")
    for (_, read) in readers.dropLast(2) { #expect(throws: Never.self) { try read() } }
  }

  @Test(isRoot) func `what belongs to the owner of the root is used by every user`() throws {
    let world = try World()
    let root = world.scratch.folder
    chown(root, 12346, 12346)
    lchown(root + "/vault/.gpg-id", 12346, 12346)
    #expect(throws: Never.self) { _ = try world.repository.vault.recipients(of: "production") }
    lchown(root + "/vault/.gpg-id", 12347, 12347)
    #expect(throws: (any Error).self) {
      _ = try world.repository.vault.recipients(of: "production")
    }
  }

  @Test(isRoot) func `what root writes into another user's repository belongs to that user`() throws
  {
    let world = try World()
    let root = world.scratch.folder
    for path in ["", "/vault"] { chown(root + path, 12346, 12347) }
    try world.store("new/deep/openai", "sk-proj-" + String(repeating: "a1B2", count: 12))
    for path in ["new", "new/deep", "new/deep/openai.gpg", "new/deep/openai.yaml"] {
      var status = stat()
      #expect(lstat("\(root)/vault/\(path)", &status) == 0)
      #expect(status.st_uid == 12346 && status.st_gid == 12347, "\(path)")
    }
    // What a person names outside of a repository stays root's.
    mkdir(root + "/theirs", 0o755)
    chown(root + "/theirs", 12346, 12347)
    try Folder(ofAnyOwner: root + "/theirs").write([1].span.bytes, as: "rendered", mode: 0o600)
    var status = stat()
    #expect(lstat(root + "/theirs/rendered", &status) == 0 && status.st_uid == 0)
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
