internal import GPG
internal import Glibc
internal import Machine

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
    Configuration.fileName, Catalogue.folder, "Schemas", Vault.folder,
  ]

  /// Copies into `scratch`, which is empty.
  init(
    of prefix: String, in index: Index, changes: Set<String>, to scratch: ScratchFolder
  ) throws(Failure) {
    self.prefix = prefix
    root = scratch.path
    let items = try index.items(below: Self.parts.map { prefix + $0 })
    // keyvault.yaml names environments, so that a change of it is compared with every folder.
    var folders: Set<Substring> = []
    let needsFolders = changes.contains(prefix + Configuration.fileName)
    let needed = items.filter { item in
      guard Self.isEntry(item.path, below: prefix) else { return true }
      let folder = item.path.prefix(upTo: item.path.lastIndex(of: "/") ?? item.path.startIndex)
      return changes.contains(item.path) || changes.contains(item.path.partner ?? item.path)
        || needsFolders && item.path.hasSuffix(".gpg") && folders.insert(folder).inserted
    }
    let files = needed.filter { $0.kind != .submodule }
    let blobs = try GitObjects(index.git).blobs(files.map(\.object))
    do throws(FileError) {
      let folder = try Folder(root)
      for (item, blob) in zip(files, blobs) {
        guard let blob else { throw FileError(.read, item.path, EIO) }
        try Self.write(blob, of: item, as: String(item.path.dropFirst(prefix.count)), in: folder)
      }
      for item in needed where item.kind == .submodule {
        let inside = try folder.folder(String(item.path.dropFirst(prefix.count)), create: true)
        try inside.write([UInt8]().span.bytes, as: ".git", mode: 0o600)
      }
    } catch {
      throw error.failure
    }
  }

  /// Whether a path is that of an entry's ciphertext or sidecar.
  static func isEntry(_ path: String, below prefix: String) -> Bool {
    path.hasPrefix(prefix + Vault.folder + "/") && path.partner != nil
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

extension String {
  /// Of a ciphertext's path the sidecar's, and the other way round; nil of any other.
  var partner: String? {
    if hasSuffix(".gpg") { return dropLast(4) + ".yaml" }
    if hasSuffix(".yaml") { return dropLast(5) + ".gpg" }
    return nil
  }
}
