internal import FoundationEssentials
internal import Glibc
internal import Naming
internal import Synchronization

/// All throwaway gpg homes of this process.
///
/// They are removed when their owner lets go, and at exit(3). A program that ends otherwise
/// (execve, a signal) calls ``removeAll()`` before; what a killed one leaves behind, the next
/// ``sweepStale(runtimeDirectory:)`` removes.
public enum ThrowawayHomes {
  static let prefix = "kvgpg-"
  /// Locked while the owner lives: unlike a process id, a lock is never somebody else's, and it
  /// works between containers that share a folder.
  private static let owner = "owner"

  /// Path to the descriptor of the locked owner file.
  private static let live = Mutex<[Name: Int32]>([:])

  private static let atExit: Void = {
    _ = atexit { ThrowawayHomes.removeAll() }
  }()

  /// Stops the daemons of all homes and deletes them. Any thread may call it, but no signal
  /// handler; it returns when they are gone.
  public static func removeAll() {
    live.withLock { live in
      for (path, lock) in live { tearDown(path.text, lock) }
      live = [:]
    }
  }

  /// Removes homes that were left by processes that are no more.
  public static func sweepStale(runtimeDirectory: String? = nil) {
    for folder in folders(runtimeDirectory) {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for name in names where name.hasPrefix(prefix) {
        removeIfStale(folder + "/" + name)
      }
    }
  }

  /// Where homes are made, best first.
  static func folders(_ runtimeDirectory: String?, allowsDisk: Bool = true) -> [String] {
    // A path that is too long for a socket is no place for a home.
    [runtimeDirectory, "/dev/shm", allowsDisk ? "/tmp" : nil].compactMap(\.self)
      .filter { $0.hasPrefix("/") && $0.utf8.count <= 60 }
  }

  static func register(_ path: String) throws(GPGError) {
    _ = atExit
    let descriptor = unsafe open(path + "/" + owner, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw GPGError(.noHome(path: path, errno: errno))
    }
    live.withLock { $0[path] = descriptor }
  }

  static func isRegistered(_ path: String) -> Bool {
    live.withLock { $0[path] != nil }
  }

  static func remove(_ path: String) {
    // The lock is held to the end, so that a thread that leaves the process waits for it.
    live.withLock { live in
      guard let lock = live.removeValue(forKey: path) else { return }
      tearDown(path, lock)
    }
  }

  private static func tearDown(_ path: String, _ lock: Int32) {
    AgentSocket(home: path).stopDaemons()
    HomeProcesses(home: path).end()
    // An agent on its way out deletes its sockets, and a file that is gone already ends the
    // removal early.
    for _ in 0..<100 {
      try? FileManager.default.removeItem(atPath: path)
      var status = stat()
      // An agent that made a daemon of itself while it was looked for was seen neither before nor after.
      HomeProcesses(home: path).end()
      guard unsafe lstat(path, &status) == 0 else { break }
      usleep(2000)
    }
    _ = close(lock)
  }

  private static func removeIfStale(_ path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
      status.st_uid == getuid()
    else { return }
    let descriptor = unsafe open(path + "/" + owner, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      // One that is being made has no owner file for a moment.
      if time(nil) - status.st_mtim.tv_sec > 60 { tearDown(path, -1) }
      return
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      _ = close(descriptor)
      return
    }
    tearDown(path, descriptor)
  }
}
