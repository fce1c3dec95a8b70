internal import Glibc
internal import Machine
internal import Secrets

/// The folder in which this machine keeps the key of its local state, and what no commit must reach.
///
/// An attacker who knows the key can write what keyvault takes for its own, such as a journal of
/// changes. So the key counts only if it is this user's alone, in a folder that no other user can
/// write to and that no commit of the repository can reach. All of that is read from open descriptors.
struct StateHome {
  /// Absolute.
  let path: String
  /// Folders of the repository and of its other work trees, in which the key must not be.
  private let outside: [FileStatus]

  private static let keyName = "key"
  private static let keySize = 32

  /// `root` is the repository's, absolute.
  init(at path: String, outside root: String) {
    self.path = path
    outside = ([root] + WorkTrees.all(around: root)).compactMap { path in
      guard let folder = try? Folder(path) else { return nil }
      return FileStatus(folder.descriptor)
    }
  }

  /// 32 random bytes that never leave this machine; made, with the folder, if there are none yet.
  func key() throws(FileError) -> [UInt8] {
    guard let folder = try folder(making: true) else {
      throw FileError(.open, path, ENOENT)
    }
    if let known = try key(in: folder) { return known }
    let key = Random.bytes(Self.keySize)
    // Of two that begin at once, one makes it and both use it.
    if try folder.commitNew(folder.stage(key.span.bytes, as: Self.keyName, mode: 0o600)) {
      return key
    }
    guard let known = try self.key(in: folder) else { throw FileError(.open, keyPath, ENOENT) }
    return known
  }

  /// Why what is there is not used: others could know the key, or put another in its place. nil if
  /// it can be used, or there is nothing yet, or nothing better. Makes nothing.
  var danger: FileError? {
    do throws(FileError) {
      if let folder = try folder(making: false) { _ = try key(in: folder) }
      return nil
    } catch let error where error.isDanger {
      return error
    } catch {
      return nil
    }
  }

  /// The folder of what is kept about the repository at `root`, beside the key.
  func folder(of root: String, create: Bool) throws(FileError) -> Folder {
    guard let folder = try folder(making: create) else { throw FileError(.open, path, ENOENT) }
    return try folder.folder(Self.folderName(of: root), create: create, mode: 0o700)
  }

  /// Whether the state home at `path` has one. Makes nothing.
  static func holdsFolder(of root: String, at path: String) -> Bool {
    access(path + "/" + folderName(of: root), F_OK) == 0
  }

  private static func folderName(of root: String) -> String {
    "repositories/" + SHA256.hex(of: Array(root.utf8)).prefix(32)
  }

  private var keyPath: String { path + "/" + Self.keyName }

  /// nil if there is none.
  private func key(in folder: borrowing Folder) throws(FileError) -> [UInt8]? {
    let file = openat(
      folder.descriptor, Self.keyName, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw FileError(.open, keyPath, errno)
    }
    defer { close(file) }
    guard let status = FileStatus(file) else { throw FileError(.read, keyPath, errno) }
    guard status.isFile else { throw FileError(.notRegular, keyPath, 0) }
    let remedy = "\(Shell("rm \(keyPath)")), and a new one is made"
    guard status.isOurs else {
      throw danger("belongs to another user (\(status.owner))", keyPath, remedy)
    }
    guard status.names == 1 else {
      throw danger("has another name elsewhere, by which others can know it", keyPath, remedy)
    }
    guard status.mode & ~0o600 == 0 else {
      throw danger("has mode \(octal(status.mode)), so others can know it", keyPath, remedy)
    }
    var bytes = [UInt8](repeating: 0, count: Self.keySize + 1)
    let count = read(file, &bytes, bytes.count)
    guard count == Self.keySize else {
      throw FileError(.read, keyPath, count < 0 ? errno : EINVAL)
    }
    return Array(bytes.prefix(Self.keySize))
  }

  // MARK: The folder

  /// nil if it is not there, or part of the way to it, and is not to be made.
  private func folder(making: Bool) throws(FileError) -> Folder? {
    let names = path.split(separator: "/").map(String.init)
    guard path.hasPrefix("/"), let last = names.last else { throw FileError(.open, path, EINVAL) }
    var above = try Step(at: "/")
    for name in names.dropLast() {
      guard let next = try step(into: name, from: above, making: making) else { return nil }
      try checkWay(above)
      above = next
    }
    guard let step = try step(into: last, from: above, making: making, isLast: true) else {
      return nil
    }
    try check(step, below: above)
    return try Folder(descriptor: step.duplicate(), path: path)
  }

  /// Links on the way are followed, since a person may keep such folders elsewhere; what keyvault makes
  /// itself is never a link.
  private func step(
    into name: String, from folder: Step, making: Bool, isLast: Bool = false
  ) throws(FileError) -> Step? {
    let path = folder.path == "/" ? "/" + name : folder.path + "/" + name
    do throws(FileError) {
      return try Step(name, in: folder, path, isLast: isLast)
    } catch let error where error.isAbsence {
      try refuseInside(folder)
      guard making else { return nil }
    } catch let error where making && error.code == ENOTDIR {
      throw FileError(.create, self.path, ENOTDIR)
    }
    // What is made in another user's folder would be in their way.
    guard folder.status.isOursOrRoots else {
      throw danger("belongs to another user (\(folder.status.owner))", folder.path, ownRemedy)
    }
    guard mkdirat(folder.descriptor, name, 0o700) == 0 || errno == EEXIST else {
      throw FileError(.create, path, errno)
    }
    return try Step(name, in: folder, path, isLast: isLast, isNew: true)
  }

  private func check(_ step: Step, below above: Step) throws(FileError) {
    guard step.status.isOurs else {
      throw danger("belongs to another user (\(step.status.owner))", path, ownRemedy)
    }
    guard !step.status.isOpenToOthers else {
      throw danger(
        "has mode \(octal(step.status.mode)), so others can write it", path,
        Shell("chmod 700 \(path)").description)
    }
    try checkWay(above)
    try refuseInside(step)
  }

  /// A user who can rename a folder on the way can have another one in its place.
  private func checkWay(_ above: Step) throws(FileError) {
    guard above.status.isOursOrRoots, above.status.mode & 0o1002 != 0o002 else {
      throw danger(
        above.status.isOursOrRoots
          ? "has mode \(octal(above.status.mode)), so others can rename what it holds"
          : "belongs to another user (\(above.status.owner))",
        above.path,
        above.status.isOurs ? Shell("chmod o-w \(above.path)").description : ownRemedy)
    }
  }

  private func refuseInside(_ step: Step) throws(FileError) {
    guard let ancestors = FileStatus.ancestors(of: step.descriptor) else {
      throw FileError(.open, step.path, errno)
    }
    let isInside = ([step.status] + ancestors).contains { status in
      outside.contains(where: status.isSame)
    }
    guard !isInside else {
      throw danger("is inside the repository, where commits can write", path, ownRemedy)
    }
  }

  private let ownRemedy = "let XDG_STATE_HOME name a folder of your own, outside the repository"

  private func danger(_ why: String, _ path: String, _ remedy: String) -> FileError {
    FileError(.danger(why: why, remedy: remedy), path, 0)
  }

  private func octal(_ mode: UInt32) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

/// An open folder on the way to another, which may be one that can be searched but not read.
private final class Step {
  let descriptor: Int32
  let status: FileStatus
  let path: String

  convenience init(at path: String) throws(FileError) {
    try self.init(AT_FDCWD, path, path, flags: FileStatus.searched)
  }

  /// `isNew` is one that keyvault has made just now.
  convenience init(
    _ name: String, in folder: Step, _ path: String, isLast: Bool, isNew: Bool = false
  ) throws(FileError) {
    let flags = isLast ? O_RDONLY | O_DIRECTORY | O_CLOEXEC : FileStatus.searched
    try self.init(
      folder.descriptor, name, path, flags: flags | (isLast || isNew ? O_NOFOLLOW : 0))
  }

  private init(
    _ folder: Int32, _ name: String, _ path: String, flags: Int32
  ) throws(FileError) {
    descriptor = openat(folder, name, flags)
    guard descriptor >= 0 else {
      // The system says of a link that it is not a folder.
      var status = stat()
      let isLink =
        errno == ENOTDIR && fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0
        && status.st_mode & S_IFMT == S_IFLNK
      throw FileError(.open, path, isLink ? ELOOP : errno)
    }
    guard let status = FileStatus(descriptor) else {
      let code = errno
      close(descriptor)
      throw FileError(.open, path, code)
    }
    self.status = status
    self.path = path
  }

  deinit { close(descriptor) }

  func duplicate() throws(FileError) -> Int32 {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw FileError(.open, path, errno) }
    return copy
  }
}
