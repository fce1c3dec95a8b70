import Foundation
import Testing

@testable import Machine

/// A folder of a test, gone with the value.
final class Ground {
  let path: String

  init(in place: String = "/tmp") {
    var template = Array("\(place)/kvm-XXXXXX".utf8CString)
    path = String(cString: mkdtemp(&template))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func folder(_ name: String, mode: mode_t, owner: uid_t? = nil) -> String {
    let folder = path + "/" + name
    mkdir(folder, 0o700)
    if let owner { chown(folder, owner, owner) }
    chmod(folder, mode)
    return folder
  }

  static let isRoot: ConditionTrait = .enabled(
    if: geteuid() == 0, "only root can give a folder away")
}

struct ScratchPlaceTests {
  @Test func `a runtime folder is one of ours with mode 0700 and nothing else`() {
    let ground = Ground()
    #expect(ScratchPlace.runtime(ground.folder("good", mode: 0o700))?.path == ground.path + "/good")
    for mode: mode_t in [0o701, 0o710, 0o750, 0o755, 0o770, 0o777, 0o1777, 0o1700, 0o500] {
      let folder = ground.folder("m\(mode)", mode: mode)
      #expect(ScratchPlace.runtime(folder) == nil, "mode \(String(mode, radix: 8))")
    }
    _ = FileManager.default.createFile(atPath: ground.path + "/file", contents: nil)
    symlink(ground.path + "/good", ground.path + "/link")
    for path in ["/file", "/link", "/gone"] {
      #expect(ScratchPlace.runtime(ground.path + path) == nil, "\(path)")
    }
    #expect(ScratchPlace.runtime("relative") == nil)
    #expect(ScratchPlace.runtime("") == nil)
    #expect(ScratchPlace.runtime(nil) == nil)
  }

  @Test func `a folder that others can replace is refused, whatever its own mode`() {
    let ground = Ground()
    let open = ground.folder("open", mode: 0o777)
    mkdir(open + "/inner", 0o700)
    #expect(ScratchPlace.runtime(open + "/inner") == nil)
    #expect(ScratchPlace.temporary(open + "/inner") == nil)
    chmod(open, 0o1777)
    #expect(ScratchPlace.runtime(open + "/inner") != nil)
    #expect(ScratchPlace.temporary(open) != nil)
    chmod(open, 0o775)
    #expect(ScratchPlace.temporary(open) == nil)
    #expect(ScratchPlace.temporary(open + "/inner") == nil)
  }

  @Test func `the path of a place has no links that could be changed later`() {
    let ground = Ground()
    _ = ground.folder("real", mode: 0o755)
    mkdir(ground.path + "/real/run", 0o700)
    symlink(ground.path + "/real", ground.path + "/link")
    #expect(ScratchPlace.runtime(ground.path + "/link/run")?.path == ground.path + "/real/run")
  }

  @Test(Ground.isRoot) func `another user's folder is refused, and so is one within it`() {
    let ground = Ground()
    let theirs = ground.folder("theirs", mode: 0o700, owner: 12346)
    #expect(ScratchPlace.runtime(theirs) == nil)
    #expect(ScratchPlace.temporary(theirs) == nil)
    mkdir(theirs + "/ours", 0o700)
    chown(theirs + "/ours", 0, 0)
    #expect(ScratchPlace.runtime(theirs + "/ours") == nil)
  }
}

struct ScratchFolderTests {
  private func places(_ ground: Ground) throws -> [ScratchPlace] {
    [try #require(ScratchPlace.temporary(ground.path))]
  }

  @Test func `a folder is ours alone whatever the umask, and goes with its value`() throws {
    let ground = Ground()
    let path: String
    do {
      let folder = try ScratchFolder(.files, in: places(ground))
      path = folder.path
      let status = try #require(FileStatus(folder.descriptor))
      #expect(status.mode == 0o700 && status.isOurs)
      mkdir(path + "/deep", 0o700)
      _ = FileManager.default.createFile(atPath: path + "/deep/file", contents: Data("x".utf8))
      symlink("/etc", path + "/link")
      withExtendedLifetime(folder) {}
    }
    #expect(access(path, F_OK) != 0)
    #expect(access("/etc/passwd", F_OK) == 0)
  }

  @Test func `what a killed process left is found, and what a living one has is not`() throws {
    let ground = Ground()
    let places = try places(ground)
    let living = try ScratchFolder(.files, in: places)
    for name in ["keyvault-scratch.abcdefgh", "kvgpg-abcdefgh"] {
      mkdir(ground.path + "/" + name, 0o700)
      _ = FileManager.default.createFile(atPath: ground.path + "/\(name)/KEY", contents: nil)
    }
    let stale = ScratchFolder.stale(.files, in: places)
    #expect(stale.map(\.path) == [ground.path + "/keyvault-scratch.abcdefgh"])
    // It is locked now, so no second sweep takes it.
    #expect(ScratchFolder.stale(.files, in: places).isEmpty)
    stale[0].remove()
    #expect(ScratchFolder.stale(.home, in: places).count == 1)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: ground.path)
        == [living.path.split(separator: "/").last.map(String.init)])
  }

  @Test func `nothing else in a place is touched, however it is called`() throws {
    let ground = Ground()
    let places = try places(ground)
    let names = [
      "keyvault-scratch.", "keyvault-scratch.notes", "keyvault-scratch.abcdefgh.bak",
      "keyvault-scratch.ABCDEFGH", "keyvault-scratch.abcdefghi", "keyvault", "keyvault-abcdefgh",
      "keyvault-scratch.abcdefg5.new/notes",
    ]
    for name in names {
      try FileManager.default.createDirectory(
        atPath: ground.path + "/" + name, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    }
    mkdir(ground.path + "/keyvault-scratch.abcdefg2", 0o755)
    _ = FileManager.default.createFile(
      atPath: ground.path + "/keyvault-scratch.abcdefg3", contents: nil)
    symlink("/etc", ground.path + "/keyvault-scratch.abcdefg4")
    #expect(ScratchFolder.stale(.files, in: places).isEmpty)
  }

  @Test func `a folder that was never locked is swept at once, one that is locked is not`() throws {
    let ground = Ground()
    let places = try places(ground)
    let killed = ["abcdefgh", "abcdefg2"].map { "\(ground.path)/keyvault-scratch.\($0).new" }
    mkdir(killed[0], 0o700)
    // A umask that takes the owner's rights too.
    mkdir(killed[1], 0o500)
    let living = ground.path + "/keyvault-scratch.abcdefg3.new"
    mkdir(living, 0o700)
    let descriptor = open(living, O_RDONLY | O_DIRECTORY)
    try #require(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    let stale = ScratchFolder.stale(.files, in: places)
    #expect(Set(stale.map(\.path)) == Set(killed))
    for folder in stale { folder.remove() }
    close(descriptor)
    #expect(ScratchFolder.stale(.files, in: places).map(\.path) == [living])
  }

  @Test func `folders are made while others sweep`() async throws {
    let ground = Ground()
    let places = try places(ground)
    try await withThrowingTaskGroup { group in
      group.addTask {
        while !Task.isCancelled {
          for folder in ScratchFolder.stale(.files, in: places) { folder.remove() }
        }
      }
      for _ in 0..<3000 {
        let folder = try ScratchFolder(.files, in: places)
        #expect(access(folder.path, F_OK) == 0)
      }
      group.cancelAll()
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: ground.path).isEmpty)
  }

  @Test(Ground.isRoot) func `another user's folder is not swept, though its name fits`() throws {
    let ground = Ground()
    _ = ground.folder("keyvault-scratch.abcdefgh", mode: 0o700, owner: 12346)
    #expect(ScratchFolder.stale(.files, in: try places(ground)).isEmpty)
  }

  @Test func `the first place that takes a folder has it, and the error of none has the reasons`()
    throws
  {
    let ground = Ground()
    #expect(throws: ScratchError.self) { _ = try ScratchFolder(.files, in: []) }
    let gone = try #require(ScratchPlace.temporary(ground.folder("gone", mode: 0o700)))
    rmdir(ground.path + "/gone")
    let folder = try ScratchFolder(.home, in: [gone] + places(ground))
    #expect(folder.path.hasPrefix(ground.path + "/kvgpg-"))
    #expect(throws: ScratchError(path: gone.path, code: ENOENT)) {
      _ = try ScratchFolder(.home, in: [gone])
    }
  }
}
