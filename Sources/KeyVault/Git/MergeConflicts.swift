internal import Naming

/// What a merge left undecided in a keyvault repository.
public struct MergeConflicts {
  private let index: Index
  private let prefix: String
  private let items: [Index.Item]
  /// Entries, sorted.
  public let names: [EntryName]

  /// `root` is the repository's, absolute. Throws where lists of recipients, public keys or
  /// keyvault.yaml are undecided themselves: nobody knows then for whom to encrypt.
  public init(at root: String) throws(Failure) {
    let workTree = try WorkTree(around: root)
    index = Index(of: workTree)
    let prefix = Git(in: root).prefix ?? ""
    self.prefix = prefix
    items =
      try index.conflicts(below: prefix + Vault.folder)
      + index.conflicts(below: prefix + Configuration.fileName)
    let paths = Set(names: items.map { String($0.path.dropFirst(prefix.count)) }).sortedTexts
    let first = paths.filter(Self.decidesReaders)
    guard first.isEmpty else {
      throw Failure(
        .findings,
        "these decide for whom entries are encrypted, and are in conflict themselves: "
          + first.map(\.printable).joined(separator: ", "),
        hints: ["resolve them by hand and 'git add' them, then run this again"])
    }
    names = Set(paths.compactMap(Self.entry)).sorted()
  }

  /// Whether a file tells for whom entries are encrypted.
  private static func decidesReaders(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    return path == Configuration.fileName || parts.contains { $0 == RecipientList.publicKeys }
      || parts.last.map { $0.hasPrefix(RecipientList.fileName) || $0.hasPrefix(".recipients") }
        ?? false
  }

  private static func entry(_ path: String) -> EntryName? {
    guard path.hasPrefix(Vault.folder + "/"), let partner = path.partner else { return nil }
    let end = partner.hasSuffix(".gpg") ? 5 : 4
    return EntryName(found: String(path.dropFirst(Vault.folder.count + 1).dropLast(end)))
  }

  /// The versions of an entry. Throws where one of them cannot be used.
  public func conflict(of name: EntryName) throws(Failure) -> Conflict {
    let own = try index.items(below: [prefix + name.ciphertextPath, prefix + name.sidecarPath])
    guard own.allSatisfy({ $0.kind == .file }) else {
      throw Failure(.malformed, "a side of '\(name)' is no regular file")
    }
    let blobs = try GitObjects(index.git).blobs(own.map(\.object))
    var content: [Name: [UInt8]] = [:]
    for (item, blob) in zip(own, blobs) {
      guard let blob, blob.count <= Limits.ciphertext else {
        throw Failure(.malformed, "a side of '\(name)' is not here, or larger than 1024 KiB")
      }
      content[item.object] = blob
    }
    return try Conflict(of: name, own, content)
  }
}
