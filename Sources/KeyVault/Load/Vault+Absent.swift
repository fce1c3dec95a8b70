internal import GPG
internal import Naming

/// Entries that git has and a sparse checkout leaves out.
extension Vault {
  /// Sorted. ``entries(below:)`` has the entries of which one file is checked out.
  func absentEntries() throws(Failure) -> [Entry] {
    try reporting { () throws(FileError) in
      try absentNames().map { name in
        do throws(FileError) {
          return Entry(name, sidecar: try bytes(of: name.sidecarPath))
        } catch {
          return Entry(name: name, sidecar: nil, fault: error.failure)
        }
      }
    }
  }

  /// Their names, sorted.
  func absentNames() throws(FileError) -> [EntryName] {
    let paths = try repository.absent.ids.keys.filter { $0.text.hasSuffix(".gpg") }
    return paths.compactMap { path -> EntryName? in
      guard path.text.hasPrefix(Paths.vault + "/") else { return nil }
      return EntryName(found: String(path.text.dropFirst(Paths.vault.count + 1).dropLast(4)))
    }.sorted()
  }

  /// The names of every entry of the repository, whether it is checked out or not. No sidecar is read.
  public func allNames() throws(Failure) -> [EntryName] {
    try names() + reporting { () throws(FileError) in try absentNames() }
  }

  /// Every entry of the repository, whether it is checked out or not; sorted.
  func allEntries() throws(Failure) -> [Entry] {
    let absent = try absentEntries()
    let present = try entries()
    return absent.isEmpty ? present : (present + absent).sorted { $0.name < $1.name }
  }

  /// Entries that git has, that are not checked out, and that are among `selection` (entries or folders;
  /// empty for all).
  public func absentEntries(among selection: [String]) throws(Failure) -> [Entry] {
    try absentEntries().filter { entry in
      selection.isEmpty
        || selection.contains { part in
          let folder = part.hasSuffix("/") ? part : part + "/"
          return entry.name.path == part || entry.name.path.hasPrefix(folder)
        }
    }
  }

  /// Throws if an entry of one of these environments is not checked out: another one, which they inherit,
  /// would give its variable.
  func checkIsComplete(_ environments: [String]) throws(Failure) {
    let first = try absentEntries().first { environments.contains($0.name.environment) }
    if let first { throw missing(first.name) }
  }

  /// Throws if one of these entries is not checked out, and so cannot be written.
  public func refuseAbsent(_ entries: [Entry]) throws(Failure) {
    try refuseAbsent(entries.map { .ciphertext($0.name) })
  }

  /// A file that is checked out or absent; nil where there is none. Throws if there is one that cannot be
  /// read.
  func bytes(of path: String) throws(FileError) -> [UInt8]? {
    let slash = path.lastIndex(of: "/") ?? path.startIndex
    do throws(FileError) {
      return try Folder(repository.root).folder(String(path[..<slash]))
        .read(String(path[slash...].dropFirst()), limit: Limits.ciphertext)
    } catch let error where error.isMissing {
      return try repository.absent.read(path)
    }
  }

  /// Of the ciphertext of an entry that is not checked out; nil where there is none, or it is not in this clone.
  func absentDigest(of name: EntryName) -> String? {
    ((try? repository.absent.read(name.ciphertextPath)) ?? nil).map(Self.digest)
  }

  /// Throws where a file that is to be written, or from which a change follows, is not checked out: git
  /// would take what is written for the whole file, or not see it at all.
  func refuseAbsent(_ files: [VaultFile]) throws(Failure) {
    let paths = try reporting { () throws(FileError) in
      let ids = try repository.absent.ids
      return Set(names: files.map(\.path).filter { ids[$0] != nil }).sortedTexts
    }
    if !paths.isEmpty { throw AbsentFiles.refusal(paths) }
  }
}
