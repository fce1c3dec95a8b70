internal import Glibc

extension Folder {
  /// Replaces a file as a whole: a reader sees the old bytes or the new ones, also after a crash.
  /// The mode is set whatever the umask says.
  public func write(_ bytes: RawSpan, as name: String, mode: UInt32) throws(FileError) {
    try commit(try stage(bytes, as: name, mode: mode))
  }

  /// A file's new bytes, on the disk, under no name yet: a process that is killed now leaves
  /// nothing behind.
  struct Staged: ~Copyable {
    fileprivate let file: Int32
    /// Only where the file system knows no files without a name.
    fileprivate let temporary: String?
    fileprivate let name: String

    deinit { close(file) }
  }

  /// The first half of a write. All that can go wrong for want of space or rights goes wrong here,
  /// so that a change of two files stages both before it commits the first.
  func stage(_ bytes: RawSpan, as name: String, mode: UInt32) throws(FileError) -> Staged {
    let target = path + "/" + name
    if let kind = kind(of: name), kind != .file { throw FileError(.notRegular, target, 0) }
    let staged: Staged
    if let unnamed = try unnamedFile(for: name) {
      staged = unnamed
    } else {
      staged = try namedFile(for: name)
    }
    do throws(FileError) {
      try Self.fill(staged.file, with: bytes, target: target)
      guard fchmod(staged.file, mode) == 0, isGivenToOwner(staged.file), fsync(staged.file) == 0
      else {
        throw FileError(.write, target, errno)
      }
    } catch {
      discard(staged)
      throw error
    }
    return staged
  }

  /// What root writes into another user's repository belongs to that user, who could not read it else, as after
  /// `sudo`. Whether that could be done, where it is to be done.
  private func isGivenToOwner(_ file: Int32) -> Bool {
    guard let owner = otherOwner else { return true }
    return fchown(file, owner.user, owner.group) == 0
  }

  private func unnamedFile(for name: String) throws(FileError) -> Staged? {
    // The system's O_TMPFILE, which the C library's header hides.
    let unnamed: Int32 = 0o20_000_000 | O_DIRECTORY
    let file = openat(descriptor, ".", O_WRONLY | O_CLOEXEC | unnamed, 0o600)
    if file >= 0 {
      Self.hold(file)
      return Staged(file: file, temporary: nil, name: name)
    }
    guard errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT else {
      throw FileError(.write, path + "/" + name, errno)
    }
    return nil
  }

  private func namedFile(for name: String) throws(FileError) -> Staged {
    let temporary = Self.temporaryName()
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = openat(descriptor, temporary, flags, 0o600)
    guard file >= 0 else { throw FileError(.write, path + "/" + name, errno) }
    Self.hold(file)
    return Staged(file: file, temporary: temporary, name: name)
  }

  /// Ignored by git in a repository that `init` made.
  private static func temporaryName() -> String {
    "\(temporaryHead)\(getpid())-\(UInt32.random(in: 0 ... .max))\(temporaryTail)"
  }

  /// The second half: the new bytes take their name.
  func commit(_ staged: consuming Staged) throws(FileError) {
    let target = path + "/" + staged.name
    let temporary = staged.temporary ?? Self.temporaryName()
    if staged.temporary == nil {
      let source = "/proc/self/fd/\(staged.file)"
      guard linkat(AT_FDCWD, source, descriptor, temporary, AT_SYMLINK_FOLLOW) == 0 else {
        throw FileError(.write, target, errno)
      }
    }
    guard renameat(descriptor, temporary, descriptor, staged.name) == 0 else {
      let code = errno
      unlinkat(descriptor, temporary, 0)
      throw FileError(.write, target, code)
    }
    guard fsync(descriptor) == 0 else { throw FileError(.write, target, errno) }
  }

  /// Commits a file only if nothing has its name yet; returns whether it did.
  func commitNew(_ staged: consuming Staged) throws(FileError) -> Bool {
    let name = staged.name
    let source = staged.temporary.map { path + "/" + $0 } ?? "/proc/self/fd/\(staged.file)"
    var failure = linkat(AT_FDCWD, source, descriptor, name, AT_SYMLINK_FOLLOW) == 0 ? 0 : errno
    // Where the file system knows no hard links, nearly as well.
    if [EPERM, EOPNOTSUPP].contains(failure), let temporary = staged.temporary {
      if kind(of: name) != nil {
        failure = EEXIST
      } else {
        failure = renameat(descriptor, temporary, descriptor, name) == 0 ? 0 : errno
      }
    }
    discard(staged)
    if failure == EEXIST { return false }
    guard failure == 0, fsync(descriptor) == 0 else {
      throw FileError(.write, path + "/" + name, failure == 0 ? errno : failure)
    }
    return true
  }

  func discard(_ staged: borrowing Staged) {
    if let temporary = staged.temporary { unlinkat(descriptor, temporary, 0) }
  }

  private static func fill(_ file: Int32, with bytes: RawSpan, target: String) throws(FileError) {
    var code: Int32 = 0
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let wrote = Glibc.write(file, buffer.baseAddress! + done, buffer.count - done)
        if wrote < 0 && errno == EINTR { continue }
        guard wrote > 0 else {
          code = errno
          return
        }
        done += wrote
      }
    }
    guard code == 0 else { throw FileError(.write, target, code) }
  }

  /// Appends one line to a file under an exclusive lock. One that is larger than `limit` bytes becomes
  /// the old one first, whose name ends in `oldSuffix`.
  func append(
    _ bytes: [UInt8], to name: String, mode: UInt32, limit: Int, oldSuffix: String
  ) throws(FileError) {
    while true {
      let flags = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC
      let file = openat(descriptor, name, flags, mode)
      guard file >= 0 else { throw FileError(.write, path + "/" + name, errno) }
      defer { close(file) }
      guard flock(file, LOCK_EX) == 0 else { throw FileError(.write, path + "/" + name, errno) }
      // While we waited for the lock, its holder may have given the file its old name.
      guard isSame(file, name) else { continue }
      if lseek(file, 0, SEEK_END) > off_t(limit) {
        try rename(name, to: name + oldSuffix)
        continue
      }
      return try Self.fill(
        file, with: Self.withoutTornLine(file, bytes).span.bytes, target: path + "/" + name)
    }
  }

  /// Replaces a file of at most `limit` bytes by what `change` makes of it, under the lock of
  /// ``append(_:to:mode:limit:oldSuffix:)``. A process that waits for that lock finds the new file.
  func rewrite(
    _ name: String, mode: UInt32, limit: Int, _ change: ([UInt8]) -> [UInt8]
  ) throws(FileError) {
    while true {
      let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC
      let file = openat(descriptor, name, flags, mode)
      guard file >= 0 else { throw FileError(.write, path + "/" + name, errno) }
      defer { close(file) }
      guard flock(file, LOCK_EX) == 0 else { throw FileError(.write, path + "/" + name, errno) }
      guard isSame(file, name) else { continue }
      return try write(change(try read(name, limit: limit)).span.bytes, as: name, mode: mode)
    }
  }

  private func isSame(_ file: Int32, _ name: String) -> Bool {
    var held = stat()
    var named = stat()
    return fstat(file, &held) == 0 && fstatat(descriptor, name, &named, AT_SYMLINK_NOFOLLOW) == 0
      && held.st_ino == named.st_ino && held.st_dev == named.st_dev
  }

  /// A writer that was killed leaves half a line; ours must not be glued to it.
  private static func withoutTornLine(_ file: Int32, _ bytes: [UInt8]) -> [UInt8] {
    let size = lseek(file, 0, SEEK_END)
    var last: UInt8 = 0
    guard size > 0, pread(file, &last, 1, size - 1) == 1, last != UInt8(ascii: "\n") else {
      return bytes
    }
    return [UInt8(ascii: "\n")] + bytes
  }

  /// Makes a file that must not be there yet, and has its content on the disk; its name is only once
  /// the folder is synced.
  func create(_ name: String, _ bytes: RawSpan, mode: UInt32) throws(FileError) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = openat(descriptor, name, flags, 0o600)
    guard file >= 0 else { throw FileError(.write, path + "/" + name, errno) }
    defer { close(file) }
    try Self.fill(file, with: bytes, target: path + "/" + name)
    guard fchmod(file, mode) == 0, fsync(file) == 0 else {
      throw FileError(.write, path + "/" + name, errno)
    }
  }

  /// Has the names in the folder on the disk. One that failed is not tried again: the system may have
  /// dropped what it could not write.
  func sync() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw FileError(.write, path, errno) }
  }

  /// Moves a file into another folder of the same file system.
  func rename(_ name: String, to other: String, in folder: borrowing Folder) throws(FileError) {
    guard renameat(descriptor, name, folder.descriptor, other) == 0 else {
      throw FileError(.write, folder.path + "/" + other, errno)
    }
  }

  func rename(_ name: String, to other: String) throws(FileError) {
    guard renameat(descriptor, name, descriptor, other) == 0 else {
      throw FileError(.write, path + "/" + other, errno)
    }
  }

  func remove(_ name: String) throws(FileError) {
    guard unlinkat(descriptor, name, 0) == 0, fsync(descriptor) == 0 else {
      throw FileError(.remove, path + "/" + name, errno)
    }
  }

  /// Removes a folder that is empty; one that is not stays, and that is not an error.
  func removeIfEmpty(_ name: String) {
    unlinkat(descriptor, name, AT_REMOVEDIR)
  }
}
