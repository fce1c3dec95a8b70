import Foundation
import Testing

@testable import KeyVault

/// Where the key of the local state may be, and what becomes of one that others could know.
@Suite struct StateHomeTests {
  private let scratch = Scratch()
  private var root: String { scratch.path("repository") }
  private var home: String { scratch.path("home/keyvault") }

  init() throws {
    for folder in ["repository", "home"] {
      try FileManager.default.createDirectory(
        atPath: scratch.path(folder), withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    }
  }

  private func key(in path: String? = nil) throws -> [UInt8] {
    try StateHome(at: path ?? home, outside: root).key()
  }

  /// Why a key is not used.
  private func danger(in path: String? = nil) -> (message: String, remedy: String?)? {
    do {
      _ = try key(in: path)
      return nil
    } catch let error as FileError {
      return (error.message, error.isDanger ? error.failure.hints.first : nil)
    } catch {
      return ("\(error)", nil)
    }
  }

  private func change(_ path: String, mode: mode_t) { chmod(scratch.path(path), mode) }

  @Test func `a key is made once, for this user alone, whatever the umask`() throws {
    let first = try key()
    #expect(first.count == 32)
    #expect(try key() == first)
    var status = stat()
    #expect(lstat(home + "/key", &status) == 0 && status.st_mode & 0o7777 == 0o600)
    #expect(lstat(home, &status) == 0 && status.st_mode & 0o7777 == 0o700)
    #expect(StateHome(at: home, outside: root).danger == nil)
  }

  @Test(arguments: [0o666, 0o644, 0o640, 0o604, 0o610, 0o601, 0o4600] as [mode_t])
  func `a key that others can know is not used`(mode: mode_t) throws {
    let known = try key()
    change("home/keyvault/key", mode: mode)
    let objection = try #require(danger())
    #expect(objection.message.contains("so others can know it"))
    #expect(objection.remedy == "rm \(home)/key, and a new one is made")
    #expect(StateHome(at: home, outside: root).danger?.message == objection.message)
    // The command in the hint fixes it.
    unlink(home + "/key")
    #expect(try key() != known)
  }

  @Test(arguments: [0o777, 0o770, 0o720, 0o702, 0o1777] as [mode_t])
  func `a key in a folder that others can write is not used`(mode: mode_t) throws {
    let known = try key()
    change("home/keyvault", mode: mode)
    #expect(try #require(danger()).remedy == "chmod 700 \(home)")
    change("home/keyvault", mode: 0o700)
    #expect(try key() == known)
  }

  @Test func `a folder that others can rename is not used`() throws {
    _ = try key()
    change("home", mode: 0o777)
    #expect(try #require(danger()).remedy == "chmod o-w \(scratch.path("home"))")
    change("home", mode: 0o1777)
    #expect(danger() == nil)
    // Many systems give each user a group of its own.
    change("home", mode: 0o775)
    #expect(danger() == nil)
  }

  @Test func `only a file of 32 bytes is a key`() throws {
    for make: (String) throws -> Void in [
      { mkdir($0, 0o700) }, { mkfifo($0, 0o600) }, { symlink("/etc/hostname", $0) },
      { try Data(repeating: 0, count: 31).write(to: URL(filePath: $0)) },
      { try Data(repeating: 0, count: 33).write(to: URL(filePath: $0)) },
      { try Data().write(to: URL(filePath: $0)) },
    ] {
      try? FileManager.default.removeItem(atPath: home)
      mkdir(home, 0o700)
      try make(home + "/key")
      chmod(home + "/key", 0o600)
      #expect(danger() != nil)
    }
  }

  @Test func `a key inside the repository is neither made nor used`() throws {
    for path in ["", "/keyvault", "/vault/state/keyvault", "/.local/state/keyvault"] {
      #expect(try #require(danger(in: root + path)).message.contains("is inside the repository"))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: root).isEmpty)
    // One that a commit brought, with modes as they must be.
    mkdir(root + "/keyvault", 0o700)
    try Data(repeating: 0, count: 32).write(to: URL(filePath: root + "/keyvault/key"))
    chmod(root + "/keyvault/key", 0o600)
    #expect(danger(in: root + "/keyvault") != nil)
  }

  @Test func `links and dots on the way to it lead nowhere else`() throws {
    symlink(root, scratch.path("link"))
    #expect(danger(in: scratch.path("link/state/keyvault")) != nil)
    mkdir(root + "/deep", 0o700)
    symlink(root + "/deep", scratch.path("home/deep"))
    #expect(danger(in: scratch.path("home/deep/keyvault")) != nil)
    #expect(danger(in: scratch.path("home/../repository/keyvault")) != nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: root) == ["deep"])
    // What keyvault creates itself is not a link.
    mkdir(scratch.path("real"), 0o700)
    symlink(scratch.path("real"), home)
    #expect(danger()?.message.contains("is a symbolic link") == true)
    // A person may keep what is above it elsewhere.
    symlink(scratch.path("real"), scratch.path("home/elsewhere"))
    #expect(danger(in: scratch.path("home/elsewhere/keyvault")) == nil)
  }

  @Test func `a key with a second name is not used`() throws {
    let known = try key()
    link(home + "/key", scratch.path("copy"))
    #expect(try #require(danger()).message.contains("has another name elsewhere"))
    unlink(scratch.path("copy"))
    #expect(try key() == known)
  }

  @Test func `a folder further up that others can rename is not used`() throws {
    let deep = scratch.path("home/a/b/keyvault")
    _ = try key(in: deep)
    change("home", mode: 0o777)
    #expect(try #require(danger(in: deep)).remedy == "chmod o-w \(scratch.path("home"))")
    change("home", mode: 0o755)
    #expect(danger(in: deep) == nil)
  }

  @Test func `every work tree of the repository is outside, from each of them`() throws {
    let script = """
      cd '\(root)' && git init -q . && git config user.email a@example.com && git config user.name A
      git commit -q --allow-empty -m first
      git worktree add -q ../linked && git worktree add -q ../other
      git -c protocol.file.allow=always submodule add -q "$PWD" inner
      """
    let git = Process()
    git.executableURL = URL(filePath: "/bin/sh")
    git.arguments = ["-ec", script]
    git.standardError = FileHandle.nullDevice
    try git.run()
    git.waitUntilExit()
    try #require(git.terminationStatus == 0)
    let trees = ["repository", "linked", "other"]
    for from in trees + ["repository/inner"] {
      for tree in trees {
        let state = StateHome(
          at: scratch.path("\(tree)/state/keyvault"), outside: scratch.path(from))
        #expect(throws: FileError.self, "\(tree) from \(from)") { _ = try state.key() }
        #expect(access(scratch.path("\(tree)/state"), F_OK) != 0, "\(tree) from \(from)")
      }
      // What only has a similar name is another folder.
      let near = StateHome(at: scratch.path("linked2/keyvault"), outside: scratch.path(from))
      #expect(throws: Never.self) { _ = try near.key() }
    }
  }

  @Test func `a repository within a larger git work tree is all of that`() throws {
    mkdir(root + "/.git", 0o700)
    mkdir(root + "/keys", 0o700)
    let inner = root + "/keys"
    let objection = StateHome(at: root + "/state/keyvault", outside: inner)
    do {
      _ = try objection.key()
      Issue.record("it was made")
    } catch {
      #expect(error.message.contains("is inside the repository"))
    }
    #expect(access(root + "/state", F_OK) != 0)
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a folder away"))
  func `what belongs to another user is not used, and nothing is made in it`() throws {
    _ = try key()
    chown(home + "/key", 12346, 12346)
    #expect(danger()?.message.contains("belongs to another user (12346)") == true)
    chown(home + "/key", 0, 0)
    chown(home, 12346, 12346)
    #expect(danger()?.message.contains("belongs to another user (12346)") == true)
    chown(home, 0, 0)
    chown(scratch.path("home"), 12346, 12346)
    #expect(danger()?.message.contains("belongs to another user (12346)") == true)
    #expect(danger(in: scratch.path("home/new/keyvault")) != nil)
    #expect(access(scratch.path("home/new"), F_OK) != 0)
  }
}
