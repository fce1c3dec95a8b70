internal import Glibc
internal import Machine
internal import Synchronization

/// git's lock on an index: the file `index.lock` beside it. While it is held, no git command and no other
/// keyvault changes the index, and so no commit begins.
///
/// git leaves such a file to the person when a command is killed. Ours holds a mark and is locked by
/// flock(2), so that the next keyvault can tell that its owner is gone, and take it over.
struct IndexLock: ~Copyable {
  private let path: String
  private let file: Int32

  private static let mark = Array("keyvault\n".utf8)
  /// The path that this process holds, for the end by a signal.
  private static let held = Mutex<String?>(nil)

  /// `index` is the index file, absolute. Waits for others, `patience` seconds at most. Throws if they take
  /// longer, or the file cannot be made.
  init(of index: String, patience: Double = 5) throws(Failure) {
    path = index + ".lock"
    let deadline = ContinuousClock.now + .seconds(patience)
    while true {
      if let file = try Self.make(path) ?? Self.takeOver(path) {
        self.file = file
        break
      }
      guard ContinuousClock.now < deadline else {
        throw Failure(
          .cannotWrite,
          "\(GitCommit.what): '\(path)' exists, so another git command is at work, or was killed",
          hints: ["if no git command runs here, remove the file: \(Shell("rm \(path)"))"])
      }
      usleep(50_000)
    }
    Self.held.withLock { [path] in $0 = path }
  }

  deinit {
    Self.held.withLock { $0 = nil }
    if Self.isNamed(file, path) { unlink(path) }
    close(file)
  }

  /// Removes the lock of a process that a signal ends.
  static func releaseAtExit() {
    held.withLock { path in
      if let path { unlink(path) }
      path = nil
    }
  }

  /// nil if there is such a file.
  private static func make(_ path: String) throws(Failure) -> Int32? {
    let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      if errno == EEXIST { return nil }
      throw FileError(.write, path, errno).failure
    }
    // No other user can open it. Locked before it is marked: what is marked and not locked has no owner.
    guard flock(file, LOCK_EX | LOCK_NB) == 0, write(file, mark, mark.count) == mark.count else {
      let code = errno
      unlink(path)
      close(file)
      throw FileError(.lock, path, code).failure
    }
    return file
  }

  /// The file of a keyvault that was killed; nil if another program made it, or its owner still
  /// runs.
  private static func takeOver(_ path: String) -> Int32? {
    let file = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: mark.count + 1)
    guard FileStatus(file)?.isFile == true, flock(file, LOCK_EX | LOCK_NB) == 0,
      pread(file, &bytes, bytes.count, 0) == mark.count, bytes.starts(with: mark),
      isNamed(file, path)
    else {
      close(file)
      return nil
    }
    return file
  }

  private static func isNamed(_ file: Int32, _ path: String) -> Bool {
    guard let held = FileStatus(file), let named = FileStatus(path, in: AT_FDCWD) else {
      return false
    }
    return held.isSame(as: named)
  }
}

extension GitCommit {
  /// Takes back what a commit that a signal ends holds against others. Its files are safe: see
  /// ``make(_:of:)``.
  public static func releaseAtExit() { IndexLock.releaseAtExit() }
}
