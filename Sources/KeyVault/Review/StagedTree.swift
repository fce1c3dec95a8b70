internal import GPG
internal import Glibc
internal import Machine
internal import Naming

/// A copy of what is staged of one keyvault repository, so that what is checked is what will be
/// committed. git itself would pass the files through filters of the configuration.
///
/// It holds all but the entries, and of these only the ones that change (or one a folder): a vault may
/// have thousands.
struct StagedTree {
  /// The repository's folder relative to the top of the work tree: empty, or with a slash at the end.
  let prefix: String
  /// The copy's root.
  let root: String

  /// What of a repository is checked.
  private static let parts = [
    Paths.configuration, Paths.providers, Paths.schemas, Paths.vault,
  ]

  /// Copies into `scratch`, which is empty.
  init(
    of prefix: String, in index: Index, changes: Set<Name>, to scratch: ScratchFolder
  ) throws(Failure) {
    self.prefix = prefix
    root = scratch.path
    let items = try index.items(below: Self.parts.map { prefix + $0 })
    // keyvault.yaml names environments, so that a change of it is compared with every folder.
    var folders: Set<Name> = []
    let needsFolders = changes.contains(prefix + Paths.configuration)
    let needed = items.filter { item in
      guard Self.isEntry(item.path, below: prefix) else { return true }
      let folder = item.path.prefix(upTo: item.path.lastIndex(of: "/") ?? item.path.startIndex)
      return changes.contains(item.path) || changes.contains(item.path.partner ?? item.path)
        || needsFolders && item.path.hasSuffix(".gpg") && folders.insert(Name(folder)).inserted
    }
    let files = needed.filter { $0.kind != .submodule && !isTooDeep($0.path) }
    let objects = GitObjects(index.git)
    let found = try objects.find(files.map(\.object))
    // The copy is in memory, and one object may be staged at thousands of paths.
    let size = found.reduce(0) { sum, blob in
      sum + (blob.map { $0.size <= Limits.ciphertext ? $0.size : 0 } ?? 0)
    }
    guard size <= Limits.objects else {
      throw Failure(
        .inconclusive,
        "what is staged in '\(prefix + Paths.vault)' has more than \(Limits.objects >> 20) MiB",
        hints: ["commit it in smaller parts"])
    }
    let blobs = try objects.read(found, limit: Limits.ciphertext) { $0 }
    do throws(FileError) {
      let folder = try Folder(root)
      for (number, item) in files.enumerated() {
        let path = String(item.path.dropFirst(prefix.count))
        guard let object = found[number] else { throw FileError(.read, item.path, EIO) }
        guard let blob = blobs[number] else {
          // What is too large for a vault need not be read to be refused.
          try Self.reserve(object.size, as: path, in: folder)
          continue
        }
        try Self.write(blob, of: item, as: path, in: folder)
      }
      // One folder more than are read is enough to see that they are too deep.
      for item in needed where isTooDeep(item.path) {
        let parts = item.path.utf8.dropFirst(prefix.utf8.count).split(separator: UInt8(ascii: "/"))
        let start = parts.prefix(Limits.depth + 2).map { String(decoding: $0, as: UTF8.self) }
        _ = try folder.folder(start.joined(separator: "/"), create: true)
      }
      for item in needed where item.kind == .submodule && !isTooDeep(item.path) {
        let inside = try folder.folder(String(item.path.dropFirst(prefix.count)), create: true)
        try inside.write([UInt8]().span.bytes, as: ".git", mode: 0o600)
      }
    } catch {
      throw error.failure
    }
  }

  /// Whether a file is below more folders in `vault/` than are ever read.
  private func isTooDeep(_ path: String) -> Bool {
    path.utf8.dropFirst(prefix.utf8.count).count { $0 == UInt8(ascii: "/") } > Limits.depth + 1
  }

  /// Whether a path is that of an entry's ciphertext or sidecar.
  static func isEntry(_ path: String, below prefix: String) -> Bool {
    path.hasPrefix(prefix + Paths.vault + "/") && path.partner != nil
      && !path.split(separator: "/").contains { $0.hasPrefix(".") }
  }

  private static func write(
    _ bytes: [UInt8], of item: Index.Item, as path: String, in root: borrowing Folder
  ) throws(FileError) {
    var parts = path.split(separator: "/").map(String.init)
    let name = parts.removeLast()
    let folder = try root.folder(parts.joined(separator: "/"), create: true)
    guard item.kind == .link else {
      return try folder.write(bytes.span.bytes, as: name, mode: 0o600)
    }
    guard symlinkat(String(decoding: bytes, as: UTF8.self), folder.descriptor, name) == 0 else {
      throw FileError(.write, path, errno)
    }
  }
}

extension StagedTree {
  /// A file of so many bytes, none of which is written.
  private static func reserve(
    _ size: Int, as path: String, in root: borrowing Folder
  ) throws(FileError) {
    var parts = path.split(separator: "/").map(String.init)
    let name = parts.removeLast()
    let folder = try root.folder(parts.joined(separator: "/"), create: true)
    let file = openat(folder.descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw FileError(.write, path, errno) }
    defer { close(file) }
    guard ftruncate(file, off_t(size)) == 0 else { throw FileError(.write, path, errno) }
  }
}
