import Foundation
import TestSupport
import Testing

@testable import KeyVault

/// Who waits for whom.
@Suite(.oneAtATime) struct RepositoryLockTests {
  private let scratch = Scratch()
  private var root: String { scratch.folder }
  private var file: String { scratch.path(".keyvault/lock") }

  private func isFree(for seconds: Double = 0) -> Bool {
    failure { _ = try RepositoryLock.exclusive(of: root, patience: seconds) } == nil
  }

  private func holds(_ name: String) -> Bool { access(scratch.path(name), F_OK) == 0 }

  private func canRead() -> Bool {
    let lock = RepositoryLock.shared(of: root, patience: 0)
    switch consume lock {
    case .none: return false
    case .some: return true
    }
  }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test func `a writer is alone, and readers are not`() throws {
    #expect(!canRead(), "there is no writer")
    do {
      let writer = try RepositoryLock.exclusive(of: root)
      try writer.whileHeld {
        #expect(!isFree())
        #expect(!canRead())
      }
    }
    #expect(!holds(".keyvault/lock"), "nothing is left of it")
    // What a killed writer leaves.
    try scratch.write("", to: ".keyvault/lock")
    chmod(file, 0o600)
    guard let reader = RepositoryLock.shared(of: root) else {
      Issue.record("a reader has no lock")
      return
    }
    try reader.whileHeld { () throws(Failure) in
      #expect(canRead())
      let refusal = failure { _ = try RepositoryLock.exclusive(of: root, patience: 0) }
      #expect(refusal?.kind == .cannotWrite)
      #expect(refusal?.message.contains("another keyvault process has been changing") == true)
    }
  }

  @Test func `each of many writers gets its turn`() {
    let root = root
    onThreads(8) { _ in
      for _ in 0..<50 {
        let refusal = failure { _ = try RepositoryLock.exclusive(of: root) }
        #expect(refusal == nil)
      }
    }
  }

  @Test func `a folder that another process removes meanwhile is made again`() {
    let root = root
    onThreads(2) { number in
      for _ in 0..<2_000 {
        if number == 0 {
          rmdir(root + "/made")
        } else {
          let refusal = failure {
            _ = try reporting { () throws(FileError) in
              try Folder(root).folder("made", create: true)
            }
          }
          #expect(refusal == nil)
        }
      }
    }
  }

  @Test func `no other user can open what is locked`() throws {
    try RepositoryLock.exclusive(of: root).whileHeld {
      #expect(mode(file) == 0o600 && mode(scratch.path(".keyvault")) == 0o700)
    }
    try scratch.write("", to: ".keyvault/other")
    try scratch.write("", to: ".keyvault/lock")
    // What an earlier version made is closed to others, and a file that they may hold is replaced.
    chmod(scratch.path(".keyvault"), 0o755)
    chmod(file, 0o644)
    let theirs = open(file, O_RDONLY)
    defer { close(theirs) }
    #expect(flock(theirs, LOCK_EX | LOCK_NB) == 0)
    try RepositoryLock.exclusive(of: root, patience: 0).whileHeld {
      #expect(mode(file) == 0o600 && mode(scratch.path(".keyvault")) == 0o700)
    }
    #expect(!holds(".keyvault/lock") && holds(".keyvault/other"))
  }

  @Test func `locks on the root, its files and the folder of the state stop nothing`() throws {
    try scratch.write("", to: "keyvault.yaml")
    try scratch.write("", to: ".keyvault/other")
    let held = [root, scratch.path("keyvault.yaml"), scratch.path(".keyvault")].map { path in
      let descriptor = open(path, O_RDONLY)
      #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
      return descriptor
    }
    #expect(isFree())
    for descriptor in held { close(descriptor) }
  }

  @Test func `without a lock nothing is written, and it is said why`() throws {
    mkdir(file.replacing("/lock", with: ""), 0o700)
    mkdir(file, 0o700)
    let refusal = failure { _ = try RepositoryLock.exclusive(of: root) }
    #expect(refusal?.kind == .cannotWrite)
    #expect(refusal?.message.contains("cannot lock the repository: ") == true)
    #expect(refusal?.hints.last == "nothing was changed")
    rmdir(file)
    symlink("/etc/hostname", file)
    #expect(!isFree())
    try FileManager.default.removeItem(atPath: scratch.path(".keyvault"))
    symlink("/tmp", scratch.path(".keyvault"))
    #expect(failure { _ = try RepositoryLock.exclusive(of: root) }?.kind == .malformed)
  }

  @Test func `removing the folder while a writer waits does not admit two writers`() throws {
    let writer = try RepositoryLock.exclusive(of: root)
    let entered = Locked(false)
    let thread = Thread { [root] in
      _ = try? RepositoryLock.exclusive(of: root).whileHeld { entered.change { $0 = true } }
    }
    thread.start()
    try writer.whileHeld {
      usleep(100_000)
      #expect(!entered.value)
      try? FileManager.default.removeItem(atPath: scratch.path(".keyvault"))
    }
    _ = consume writer
    for _ in 0..<100 where !entered.value { usleep(20_000) }
    #expect(entered.value)
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a folder away"))
  func `root and the owner of a repository wait for each other`() throws {
    chown(root, 12346, 12346)
    do {
      let writer = try RepositoryLock.exclusive(of: root)
      try writer.whileHeld {
        #expect(!isFree() && !canRead())
        for name in [".keyvault", ".keyvault/lock"] {
          var status = stat()
          #expect(lstat(scratch.path(name), &status) == 0 && status.st_uid == 12346, "\(name)")
        }
        #expect(mode(file) == 0o600)
      }
    }
    #expect(!holds(".keyvault/lock"), "nothing is left of it")
    // What the owner holds.
    try scratch.write("", to: ".keyvault/lock")
    chown(file, 12346, 12346)
    chmod(file, 0o600)
    let theirs = open(file, O_RDWR)
    #expect(flock(theirs, LOCK_EX | LOCK_NB) == 0)
    #expect(!isFree() && !canRead())
    close(theirs)
    #expect(canRead())
    #expect(isFree())
    // A file of root's under that name keeps its owner, and is not what is locked.
    try scratch.write("secret", to: "roots")
    chmod(scratch.path("roots"), 0o600)
    link(scratch.path("roots"), file)
    #expect(isFree())
    var status = stat()
    #expect(stat(scratch.path("roots"), &status) == 0 && status.st_uid == 0)
    #expect(try scratch.text("roots") == "secret")
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a folder away"))
  func `the state of another user is refused`() throws {
    mkdir(scratch.path(".keyvault"), 0o755)
    chown(scratch.path(".keyvault"), 12346, 12346)
    let refusal = failure { _ = try RepositoryLock.exclusive(of: root) }
    #expect(refusal?.kind == .malformed)
    #expect(refusal?.message.contains("belongs to another user") == true)
  }
}
