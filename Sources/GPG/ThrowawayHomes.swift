internal import Glibc
internal import Machine
internal import Naming
internal import Synchronization

/// All throwaway gpg homes of this process.
///
/// They are removed when their owner lets go, and at exit(3). A program that ends otherwise
/// (execve, a signal) calls ``removeAll()`` before; what a killed one leaves behind, the next
/// ``sweepStale(runtimeDirectory:)`` removes.
public enum ThrowawayHomes {
  /// By path.
  private static let live = Mutex<[Name: ScratchFolder]>([:])

  private static let atExit: Void = {
    _ = atexit { ThrowawayHomes.removeAll() }
  }()

  /// Stops the daemons of all homes and deletes them. Any thread may call it, but no signal
  /// handler; it returns when they are gone.
  public static func removeAll() {
    live.withLock { live in
      for folder in live.values { tearDown(folder) }
      live = [:]
    }
  }

  /// Removes homes left by processes that have ended. If there are none, this costs a listing of two
  /// folders.
  public static func sweepStale(runtimeDirectory: String? = nil) {
    let places = places(runtimeDirectory, allowsDisk: false)
    for folder in ScratchFolder.stale(.home, in: places) { tearDown(folder) }
  }

  /// Where homes are made, best first.
  static func places(_ runtimeDirectory: String?, allowsDisk: Bool) -> [ScratchPlace] {
    // A home cannot have a path that is too long for a socket.
    ScratchPlace.all(runtimeDirectory: runtimeDirectory, allowsDisk: allowsDisk)
      .filter { $0.path.utf8.count <= 60 }
  }

  static func register(_ folder: ScratchFolder) {
    _ = atExit
    live.withLock { $0[folder.path] = folder }
  }

  static func isRegistered(_ path: String) -> Bool {
    live.withLock { $0[path] != nil }
  }

  static func remove(_ path: String) {
    // The lock is held to the end, so that a thread that leaves the process waits for it.
    live.withLock { live in
      guard let folder = live.removeValue(forKey: path) else { return }
      tearDown(folder)
    }
  }

  private static func tearDown(_ folder: ScratchFolder) {
    AgentSocket(home: folder.path).stopDaemons()
    HomeProcesses(home: folder.path).end()
    for _ in 0..<100 {
      // An agent on its way out may still make a file, and one that made a daemon of itself while it was
      // looked for was seen neither before nor after.
      folder.empty()
      HomeProcesses(home: folder.path).end()
      if folder.isEmpty { break }
      usleep(2000)
    }
    folder.remove()
  }
}
