internal import Glibc

/// What decides whether an open file or folder can be trusted: read from its descriptor, so that no other
/// file can take its place meanwhile.
public struct FileStatus: Sendable, Equatable {
  public let device: UInt64
  public let inode: UInt64
  public let owner: UInt32
  /// The permission bits, with the sticky bit and those beside it.
  public let mode: UInt32
  /// Whether it is a regular file.
  public let isFile: Bool
  /// Whether it is a symbolic link.
  public let isLink: Bool
  /// How many names it has.
  public let names: Int

  /// nil if the system does not tell.
  public init?(_ descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Of a name in an open folder, links not followed; nil if there is none.
  public init?(_ name: String, in folder: Int32) {
    var status = stat()
    guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    owner = status.st_uid
    mode = status.st_mode & 0o7777
    isFile = status.st_mode & S_IFMT == S_IFREG
    isLink = status.st_mode & S_IFMT == S_IFLNK
    names = Int(status.st_nlink)
  }

  /// Whether it belongs to the user that this process runs as.
  public var isOurs: Bool { owner == geteuid() }

  public var isOursOrRoots: Bool { isOurs || owner == 0 }

  /// Whether users other than its owner can write it.
  public var isOpenToOthers: Bool { mode & 0o022 != 0 }

  /// Whether users can rename or remove what others put into the folder.
  public var isReplaceable: Bool { isOpenToOthers && mode & 0o1000 == 0 }

  /// Opens a folder that may be searched but not read, as the one that holds homes can be. (O_PATH, which
  /// the C library's header hides.)
  public static let searched: Int32 = 0o10_000_000 | O_DIRECTORY | O_CLOEXEC

  /// Whether both are of one file, by whatever path.
  public func isSame(as other: FileStatus) -> Bool {
    device == other.device && inode == other.inode
  }

  /// The folders above an open one, up to `/`, nearest first; nil if one cannot be opened.
  public static func ancestors(of folder: Int32) -> [FileStatus]? {
    var ancestors: [FileStatus] = []
    guard var last = FileStatus(folder) else { return nil }
    var descriptor = openat(folder, "..", searched)
    while descriptor >= 0 {
      guard let status = FileStatus(descriptor) else { break }
      if status.isSame(as: last) {
        close(descriptor)
        return ancestors
      }
      ancestors.append(status)
      last = status
      let next = openat(descriptor, "..", searched)
      close(descriptor)
      descriptor = next
    }
    if descriptor >= 0 { close(descriptor) }
    return nil
  }

  /// The absolute path of an open folder, without links; nil where `/proc` is not there.
  static func path(of descriptor: Int32) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let link = "/proc/self/fd/\(descriptor)"
    let count = buffer.withUnsafeMutableBytes { bytes in
      readlink(link, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    guard count > 0, count < buffer.count, buffer[0] == UInt8(ascii: "/") else { return nil }
    return String(validating: buffer[..<count], as: UTF8.self)
  }
}
