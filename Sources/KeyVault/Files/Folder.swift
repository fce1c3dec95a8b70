internal import Glibc
internal import Naming

/// An open folder. Every name is looked up relative to its descriptor and no symbolic link is
/// followed, so that nothing can be moved under our feet or lead out of the repository. What belongs to
/// another user is neither read nor entered.
///
/// ``write(_:as:mode:)`` is the one function that writes files.
public struct Folder: ~Copyable, Sendable {
  let descriptor: Int32
  /// For messages.
  let path: String
  /// nil where it does not matter who owns what is in it.
  private let owners: FolderOwners?
  /// Whether folders below this one may be git work trees of their own.
  private let entersWorkTrees: Bool

  /// Takes over an open folder.
  init(
    descriptor: Int32, path: String, owners: FolderOwners? = nil, entersWorkTrees: Bool = true
  ) {
    self.descriptor = descriptor
    self.path = path
    self.owners = owners
    self.entersWorkTrees = entersWorkTrees
  }

  /// Opens a folder that the caller trusts by its path; here links are followed. A folder below it that is a
  /// git work tree of its own, such as a submodule, is refused unless `entersWorkTrees`: no commit of the
  /// repository shows what is in it.
  public init(_ path: String, entersWorkTrees: Bool = false) throws(FileError) {
    let descriptor = try Self.descriptor(of: path)
    self.init(
      descriptor: descriptor, path: path, owners: FolderOwners(of: descriptor, at: path),
      entersWorkTrees: entersWorkTrees)
  }

  /// Opens a folder for a file that a person names; it may belong to anyone. What is written is this user's.
  public init(ofAnyOwner path: String) throws(FileError) {
    self.init(descriptor: try Self.descriptor(of: path), path: path)
  }

  private static func descriptor(of path: String) throws(FileError) -> Int32 {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(.open, path, errno) }
    return descriptor
  }

  /// Opens a folder that the caller trusts by its path, and makes what is missing of it.
  init(making path: String) throws(FileError) {
    var made = ""
    for component in path.split(separator: "/") {
      made += "/" + component
      if mkdir(made, 0o700) != 0, errno != EEXIST { throw FileError(.create, made, errno) }
    }
    try self.init(path)
  }

  deinit { close(descriptor) }

  /// What a folder holds: its own names in byte order, without `.` and `..`.
  struct Item {
    enum Kind { case file, folder, link, other }
    /// As the folder has it; spelled out if it is not UTF-8, and then no file has that name.
    let name: String
    let kind: Kind

    /// Whether it is a folder whose name can be a part of an entry's.
    var isEnvironment: Bool { kind == .folder && EntryName.objection(toPart: name[...]) == nil }
  }

  /// The folder at `relative` (components separated by `/`), which may be empty for a duplicate. What is
  /// made of it gets `mode`, less what the umask takes.
  func folder(
    _ relative: String, create: Bool = false, mode: mode_t = 0o777
  ) throws(FileError) -> Folder {
    var current = Folder(
      descriptor: try duplicate(), path: path, owners: owners, entersWorkTrees: entersWorkTrees)
    for component in relative.split(separator: "/").map(String.init) {
      let next = current.path + "/" + component
      if create { try current.make(component, mode: mode) }
      let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
      var descriptor = openat(current.descriptor, component, flags)
      // Another process removed it between the two calls, since it was empty.
      for _ in 0..<100 where create && descriptor < 0 && errno == ENOENT {
        try current.make(component, mode: mode)
        descriptor = openat(current.descriptor, component, flags)
      }
      guard descriptor >= 0 else {
        // A link is reported as "not a folder" by the kernel when both flags are given.
        let code = errno
        throw FileError(.open, next, current.kind(of: component) == .link ? ELOOP : code)
      }
      current = Folder(
        descriptor: descriptor, path: next, owners: owners, entersWorkTrees: entersWorkTrees)
      try current.checkOwner()
      guard entersWorkTrees || current.kind(of: ".git") == nil else {
        throw FileError(.workTree, next, 0)
      }
    }
    return current
  }

  /// Throws if it is another user's.
  private func checkOwner() throws(FileError) {
    guard let owners else { return }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(.open, path, errno) }
    try owners.check(status, path)
  }

  /// Makes a folder in this one, unless the name is taken.
  private func make(_ name: String, mode: mode_t) throws(FileError) {
    if mkdirat(descriptor, name, mode) == 0 {
      if let owner = otherOwner {
        fchownat(descriptor, name, owner.user, owner.group, AT_SYMLINK_NOFOLLOW)
      }
      try sync()
    } else if errno != EEXIST {
      throw FileError(.create, path + "/" + name, errno)
    }
  }

  /// What stands under a name, links not followed; nil if nothing does.
  func kind(of name: String) -> Item.Kind? {
    var status = stat()
    guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    case S_IFLNK: .link
    default: .other
    }
  }

  /// Bytes of what stands under a name, links not followed; 0 if nothing does.
  func size(of name: String) -> Int {
    var status = stat()
    guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return 0 }
    return Int(status.st_size)
  }

  /// Whether there is a regular file at `relative`, links not followed.
  func holds(_ relative: String) -> Bool {
    let parts = relative.split(separator: "/").map(String.init)
    guard let name = parts.last else { return false }
    return (try? folder(parts.dropLast().joined(separator: "/")))?.kind(of: name) == .file
  }

  /// The user that owns the folder.
  var owner: uid_t {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? status.st_uid : uid_t.max
  }

  /// Whose folder it is, where this process runs as root, and so what it makes in it would be root's.
  var otherOwner: (user: uid_t, group: gid_t)? {
    var status = stat()
    guard owners != nil, geteuid() == 0, fstat(descriptor, &status) == 0, status.st_uid != 0 else {
      return nil
    }
    return (status.st_uid, status.st_gid)
  }

  /// The file system that holds it.
  var device: dev_t {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? status.st_dev : dev_t.max
  }

  /// Throws if no file can be made in it.
  func checkWritable() throws(FileError) {
    guard faccessat(descriptor, ".", W_OK, AT_EACCESS) == 0 else {
      throw FileError(.write, path, errno)
    }
  }

  /// Throws if there are more than ``Limits/names``.
  func items() throws(FileError) -> [Item] {
    guard let stream = fdopendir(try duplicate()) else { throw FileError(.open, path, errno) }
    defer { closedir(stream) }
    rewinddir(stream)
    var items: [Item] = []
    while let entry = readdir(stream) {
      let type = Int32(entry.pointee.d_type)
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: UInt8.self, capacity: 256) { bytes in
          String(name: UnsafeBufferPointer(start: bytes, count: strnlen(pointer, 256)))
        }
      }
      guard name != ".", name != ".." else { continue }
      guard items.count < Limits.names else {
        throw FileError(.tooManyNames(limit: Limits.names), path, 0)
      }
      let kind: Item.Kind =
        switch type {
        case Int32(DT_REG): .file
        case Int32(DT_DIR): .folder
        case Int32(DT_LNK): .link
        case Int32(DT_UNKNOWN): self.kind(of: name) ?? .other
        default: .other
        }
      items.append(Item(name: name, kind: kind))
    }
    return items.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// The bytes of a regular file of at most `limit` bytes, read from one open descriptor.
  func read(_ name: String, limit: Int) throws(FileError) -> [UInt8] {
    // Without O_NONBLOCK a named pipe would wait for a writer for ever.
    let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw FileError(.open, path + "/" + name, errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw FileError(.read, path + "/" + name, errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(.notRegular, path + "/" + name, 0)
    }
    try owners?.check(status, path + "/" + name)
    guard Int(status.st_size) <= limit else {
      throw FileError(.tooLarge(limit: limit), path + "/" + name, 0)
    }
    return try readAll(file, expecting: Int(status.st_size), limit: limit, name: name)
  }

  private func readAll(
    _ file: Int32, expecting size: Int, limit: Int, name: String
  ) throws(FileError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: min(size + 1, limit + 1)) { buffer, count in
      while count < buffer.count {
        let got = Glibc.read(file, buffer.baseAddress! + count, buffer.count - count)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { return }
        count += got
      }
    }
    guard failure == 0 else { throw FileError(.read, path + "/" + name, failure) }
    return bytes
  }

  private func duplicate() throws(FileError) -> Int32 {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw FileError(.open, path, errno) }
    return copy
  }
}
