internal import Glibc

/// The exchange of git's index for one in which some files are as they will be committed: under git's own
/// lock, and taken back if it is not kept.
final class GitIndexSwap {
  private let staging: GitStaging
  private let lock: IndexLock
  /// Beside the index. Only the owner of the lock has files of these names.
  private let next: String
  private let old: String
  private let tree: String
  private var isSwapped = false
  private var isKept = false
  /// nil where there was no index.
  private let age: timespec?

  private static let suffixes = ["next", "old", "tree"]

  /// Waits for the lock. Throws if it cannot be had.
  init(in staging: GitStaging) throws(Failure) {
    self.staging = staging
    lock = try IndexLock(of: staging.indexFile)
    let slash = staging.indexFile.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { String(staging.indexFile[..<$0]) } ?? staging.gitFolder
    let paths = Self.suffixes.map { folder + "/keyvault-index-" + $0 }
    (next, old, tree) = (paths[0], paths[1], paths[2])
    // A keyvault that was killed may have left them, or git, while it wrote them.
    for path in paths {
      unlink(path)
      unlink(path + ".lock")
    }
    var status = stat()
    age = lstat(staging.indexFile, &status) == 0 ? status.st_mtim : nil
  }

  deinit {
    if isSwapped, !isKept {
      if age == nil { unlink(staging.indexFile) } else { rename(old, staging.indexFile) }
    }
    for path in [next, old, tree] { unlink(path) }
  }

  /// Makes the index with these files that ``swap()`` puts into place.
  func prepare(_ items: [GitStaging.Item]) throws(Failure) {
    if age != nil {
      try copy(staging.indexFile, to: next)
      try copy(staging.indexFile, to: old)
    }
    try staging.put(items, into: next)
    // Entries whose files are as young as the index are not compared here, so the index must not look
    // younger than it was: git would take such files for unchanged.
    for path in [next, old] { setAge(of: path) }
  }

  /// The tree of a commit (nil for none) with these files in it.
  func tree(of commit: String?, with items: [GitStaging.Item]) throws(Failure) -> String {
    try staging.run(["read-tree"] + (commit.map { [$0] } ?? ["--empty"]), on: tree)
    try staging.put(items, into: tree)
    return try staging.run(["write-tree", "--missing-ok"], on: tree)
  }

  /// Puts the prepared index into place, if it is not there yet.
  func swap() throws(Failure) {
    guard !isSwapped else { return }
    guard rename(next, staging.indexFile) == 0 else {
      throw FileError(.write, staging.indexFile, errno).failure
    }
    isSwapped = true
  }

  /// Lets the new index stay; else the old one comes back with the end of the value.
  func keep() { isKept = true }

  private func setAge(of path: String) {
    guard let age else { return }
    let times = [timespec(tv_sec: 0, tv_nsec: 1_073_741_822), age]  // UTIME_OMIT, and the old one
    utimensat(AT_FDCWD, path, times, 0)
  }

  private func copy(_ path: String, to copy: String) throws(Failure) {
    let source = open(path, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else { throw FileError(.read, path, errno).failure }
    defer { close(source) }
    var status = stat()
    fstat(source, &status)
    let target = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, status.st_mode & 0o777)
    guard target >= 0 else { throw FileError(.write, copy, errno).failure }
    defer { close(target) }
    var left = Int(status.st_size)
    while left > 0 {
      let count = sendfile(target, source, nil, left)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileError(.write, copy, errno).failure }
      left -= count
    }
  }
}
