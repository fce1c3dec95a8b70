internal import Glibc

/// The names in an open folder, as the bytes that they are.
enum FolderNames {
  /// Without `.` and `..`, each with the zero that ends it; none if the folder cannot be read.
  static func all(_ folder: Int32) -> [[CChar]] {
    let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0 else { return [] }
    guard let stream = fdopendir(copy) else {
      close(copy)
      return []
    }
    defer { closedir(stream) }
    var names: [[CChar]] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { name in
          [CChar](UnsafeBufferPointer(start: name, count: strlen(name) + 1))
        }
      }
      if name != [0x2e, 0], name != [0x2e, 0x2e, 0] { names.append(name) }
    }
    return names
  }

  /// A name as text; nil if it is none.
  static func text(_ name: [CChar]) -> String? {
    String(validating: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Removes everything in an open folder, and below it, by descriptors; links are not followed. It
  /// is not an error if others remove files meanwhile, as an agent does with its sockets.
  static func removeAll(in folder: Int32) {
    for name in all(folder) {
      guard unlinkat(folder, name, 0) != 0, errno == EISDIR || errno == EPERM else { continue }
      let inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      if inner >= 0 {
        removeAll(in: inner)
        close(inner)
      }
      unlinkat(folder, name, AT_REMOVEDIR)
    }
  }
}
