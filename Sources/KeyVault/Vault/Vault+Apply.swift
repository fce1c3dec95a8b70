internal import Naming

extension Vault {
  /// Makes all changes or none, if all that they replace, and all `premises`, are unchanged.
  /// Blocks.
  ///
  /// Killed at any time it leaves either nothing, or a journal that the next run redoes: each file is
  /// the old one or the new one, whole. Throws with nothing changed, except where it says
  /// otherwise.
  func apply(_ changes: [VaultChange], given premises: [Premise] = []) throws(Failure) {
    try refuseAbsent(changes.map(\.file) + premises.map(\.file))
    try alone { (journal) throws(Failure) in
      for premise in premises { _ = try digest(of: premise.file, expecting: premise.present) }
      let replaced = try changes.map { change throws(Failure) in
        try digest(of: change.file, expecting: change.over)
      }
      let folders = try NewFolders(for: changes.map(\.file), in: repository)
      do throws(Failure) {
        if let journal, try journal.canReach(changes.map(\.file)) {
          try journal.run(changes, replacing: replaced)
        } else {
          try writeOneByOne(changes)
        }
      } catch {
        folders.removeEmpty()
        throw error
      }
    }
    rememberRecipients(changes)
  }

  /// Throws what ``apply(_:given:)`` would, as far as that is known without writing.
  func checkCanApply(_ changes: [VaultChange]) throws(Failure) {
    try refuseAbsent(changes.map(\.file))
    try alone { (_) throws(Failure) in
      for change in changes { _ = try digest(of: change.file, expecting: change.over) }
      try NewFolders(for: changes.map(\.file), in: repository).removeEmpty()
    }
  }

  /// Ends what an earlier run was interrupted in, and drops what it had only begun; whether there was
  /// anything to end.
  public func endInterrupted() throws(Failure) -> Bool {
    guard Journal.isThere(in: repository.root) else { return false }
    return try alone { (_) throws(Failure) in }
  }

  /// Completes what an earlier run left interrupted, then runs `body` while no other process
  /// changes the repository. Returns whether there was such a change.
  @discardableResult
  func alone(_ body: (Journal?) throws(Failure) -> Void) throws(Failure) -> Bool {
    let journal = try Journal(of: repository)
    let lock = try RepositoryLock.exclusive(of: repository.root)
    return try lock.whileHeld { () throws(Failure) in
      let hasEnded = try journal?.recover() ?? false
      if journal == nil, Journal.isPending(in: repository.root) {
        throw Journal.unfinished(in: repository.root)
      }
      try body(journal)
      return hasEnded
    }
  }

  /// The digest of the current file; nil for none. Throws if that is not what it must be.
  private func digest(
    of file: VaultFile, expecting present: Present
  ) throws(Failure) -> String? {
    let digest = try digest(of: file)
    let isExpected =
      switch present {
      case .anything: true
      case .nothing: digest == nil
      case .digest(let wanted): digest == wanted
      }
    guard isExpected else {
      throw Failure(
        .cannotWrite,
        "\(file.path) was \(digest == nil ? "removed" : "changed") meanwhile, so nothing was changed",
        hints: ["review it, and run the command again"])
    }
    return digest
  }

  /// `sha256:…` of a file; nil if there is none.
  func digest(of file: VaultFile) throws(Failure) -> String? {
    do throws(FileError) {
      return Self.digest(
        try Folder(repository.root).folder(path(file.folder))
          // Of what is too large to be opened, too: it can be removed and replaced.
          .read(file.name, limit: 1 << 30))
    } catch let error where error.isMissing {
      return nil
    } catch {
      throw error.failure
    }
  }

  /// All are staged before the first takes its name, so that a full disk changes nothing; between two
  /// names a crash can come.
  private func writeOneByOne(_ changes: [VaultChange]) throws(Failure) {
    do throws(FileError) {
      let root = try Folder(repository.root)
      var staged: [StagedFile] = []
      for change in changes {
        guard let content = change.content else { continue }
        staged.append(
          try StagedFile(content, for: change.file, in: root.folder(path(change.file.folder))))
      }
      for file in staged { try file.commit() }
      for change in changes where change.content == nil {
        let folder = try root.folder(path(change.file.folder))
        if folder.kind(of: change.file.name) != nil { try folder.remove(change.file.name) }
      }
    } catch {
      throw error.failure
    }
  }
}

/// A file's new content beside its folder, under no name until it is committed; discarded else.
private final class StagedFile {
  private let folder: Folder
  private var staged: Folder.Staged?

  init(
    _ content: [UInt8], for file: VaultFile, in folder: consuming Folder
  ) throws(FileError) {
    staged = try folder.stage(content.span.bytes, as: file.name, mode: file.mode)
    self.folder = folder
  }

  deinit {
    if let staged = staged.take() { folder.discard(staged) }
  }

  func commit() throws(FileError) {
    if let staged = staged.take() { try folder.commit(staged) }
  }
}

/// Folders that files need and that were not there.
private struct NewFolders {
  private let repository: Repository
  /// Relative to the root, a parent before its children.
  private var made: [String] = []

  init(for files: [VaultFile], in repository: Repository) throws(Failure) {
    self.repository = repository
    do throws(FileError) {
      let root = try Folder(repository.root)
      for folder in Set(names: files.map { repository.vault.path($0.folder) }).sortedTexts {
        let parts = folder.split(separator: "/")
        for end in 1...parts.count {
          let path = parts[..<end].joined(separator: "/")
          if (try? root.folder(path)) == nil, !made.contains(path) { made.append(path) }
        }
        try root.folder(folder, create: true).checkWritable()
      }
    } catch {
      removeEmpty()
      throw error.failure
    }
  }

  /// Takes them back where nothing came into them.
  func removeEmpty() {
    guard let root = try? Folder(repository.root) else { return }
    for path in made.reversed() {
      let parent = path.split(separator: "/").dropLast().joined(separator: "/")
      let name = String(path.split(separator: "/").last ?? "")
      (try? root.folder(parent))?.removeIfEmpty(name)
    }
  }
}
