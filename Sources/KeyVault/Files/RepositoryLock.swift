internal import Glibc
internal import Machine

/// A lock on a repository among the processes of its owner and of root, until the end of the value: flock(2)
/// on `.keyvault/lock`, which belongs to the owner and which no other user can open. A lock on the root itself
/// could be held by anyone who can read it.
struct RepositoryLock: ~Copyable {
  private let file: Int32
  private let folder: Folder
  /// Of a writer.
  private let turn: WriterTurn?

  private static let fileName = "lock"

  /// Of a writer, who is alone then. Waits for others, `patience` seconds at most. Throws, with nothing
  /// changed, if they take longer, the file cannot be made, or the repository is another user's,
  /// except for root: without a lock nothing is written.
  static func exclusive(of root: String, patience: Double = 30) throws(Failure) -> RepositoryLock {
    let deadline = ContinuousClock.now + .seconds(patience)
    do throws(FileError) {
      while true {
        guard let turn = WriterTurn.taken(of: root, until: deadline) else { break }
        guard let lock = try attempt(root, turn) else { continue }
        guard try lock.take(LOCK_EX, until: deadline) else { break }
        if lock.isNamed { return lock }
      }
    } catch {
      if case .notOurs(let owner) = error.attempt {
        throw Failure(
          .cannotWrite,
          "\(error.message), so nothing was changed: only its owner and root can lock it",
          hints: ["run it as that user: sudo -u '#\(owner)' keyvault …"])
      }
      throw Failure(
        error.failure.kind, "cannot lock the repository: \(error.message)",
        hints: error.failure.hints + ["nothing was changed"])
    }
    throw Failure(
      .cannotWrite,
      "another keyvault process has been changing '\(root)' for \(Int(patience)) "
        + "seconds",
      hints: ["wait for it, or end it; nothing was changed by this one"])
  }

  /// For a reader: no writer changes anything while it is held. nil if there is no file, and so no
  /// writer, or if a writer takes longer than `patience` seconds.
  static func shared(of root: String, patience: Double = 5) -> RepositoryLock? {
    let deadline = ContinuousClock.now + .seconds(patience)
    while true {
      guard let folder = try? Folder.locks(of: root) else { return nil }
      let file = openat(folder.descriptor, fileName, O_RDONLY | flags)
      guard file >= 0 else { return nil }
      let lock = RepositoryLock(file: file, folder: folder, turn: nil)
      guard lock.isPrivate, (try? lock.take(LOCK_SH, until: deadline)) == true else { return nil }
      if lock.isNamed { return lock }
    }
  }

  private init(file: Int32, folder: consuming Folder, turn: consuming WriterTurn?) {
    self.file = file
    self.folder = folder
    self.turn = turn
  }

  /// A writer removes its file along with the lock, which no other process can hold yet. The next
  /// writer takes over a file that a killed writer left. The folder stays: another process may have
  /// just opened it to make a file in it.
  deinit {
    if turn != nil, isNamed, flock(file, LOCK_EX | LOCK_NB) == 0 {
      unlinkat(folder.descriptor, Self.fileName, 0)
    }
    close(file)
  }

  /// Runs `body` with the lock held.
  borrowing func whileHeld<Value>(
    _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    try body()
  }

  /// Microseconds between two attempts of the process's first writer.
  private static let pause: UInt32 = 50_000

  private static let flags = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK

  /// nil if a person has just removed the folder.
  private static func attempt(
    _ root: String, _ turn: consuming WriterTurn
  ) throws(FileError) -> RepositoryLock? {
    let folder = try Folder.locks(of: root, create: true)
    guard var file = try open(in: folder) else { return nil }
    if !isPrivate(file, in: folder) {
      close(file)
      // A file that others could have opened is replaced. Some file systems do not support modes;
      // there the new file is not better, but it is used.
      try folder.write([UInt8]().span.bytes, as: fileName, mode: 0o600)
      guard let other = try open(in: folder) else { return nil }
      file = other
    }
    return RepositoryLock(file: file, folder: folder, turn: turn)
  }

  private static func open(in folder: borrowing Folder) throws(FileError) -> Int32? {
    // What root makes is the owner's before it has a name: the owner could not open it else.
    if folder.otherOwner != nil, folder.kind(of: fileName) == nil {
      _ = try folder.commitNew(folder.stage([UInt8]().span.bytes, as: fileName, mode: 0o600))
    }
    let creation = folder.otherOwner == nil ? O_CREAT : 0
    let file = openat(folder.descriptor, fileName, O_RDWR | creation | flags, 0o600)
    if file >= 0 { return file }
    if errno == ENOENT { return nil }
    throw FileError(.write, folder.path + "/" + fileName, errno)
  }

  private var isPrivate: Bool { Self.isPrivate(file, in: folder) }

  /// Whether its owner, who is the folder's, and root alone can open it.
  private static func isPrivate(_ file: Int32, in folder: borrowing Folder) -> Bool {
    guard let status = FileStatus(file) else { return false }
    return status.isFile && status.owner == folder.owner && status.mode & 0o077 == 0
  }

  /// Whether it was taken in time.
  private borrowing func take(
    _ operation: Int32, until deadline: ContinuousClock.Instant
  ) throws(FileError) -> Bool {
    while flock(file, operation | LOCK_NB) != 0 {
      switch errno {
      case EINTR: continue
      case EWOULDBLOCK where ContinuousClock.now < deadline: usleep(Self.pause)
      case EWOULDBLOCK: return false
      case let code: throw FileError(.lock, Paths.state + "/" + Self.fileName, code)
      }
    }
    return true
  }

  /// Whether it is still the file of that name: another writer may have removed it meanwhile.
  private var isNamed: Bool {
    guard let held = FileStatus(file), let named = FileStatus(Self.fileName, in: folder.descriptor)
    else { return false }
    return held.isSame(as: named)
  }
}
