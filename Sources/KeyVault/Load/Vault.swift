internal import GPG
internal import Naming
internal import YAML

/// The encrypted keys of a repository, and the plaintext metadata beside them.
public struct Vault: Sendable {
  let repository: Repository

  /// The entry in the work tree, unopened.
  public struct Entry: Sendable {
    public let name: EntryName
    /// nil where there is none, or it is broken.
    public let sidecar: Sidecar?
    /// What is wrong with a sidecar that is there. Nothing is sent or rendered then: it may have said
    /// that the entry is disabled.
    let fault: Failure?

    /// What is wrong with the sidecar; nil if nothing is.
    public var objection: Failure? { fault }

    /// The provider's id: the sidecar's, else the name.
    public var provider: String { sidecar?.provider ?? name.name }
  }

  /// What a walk over the vault finds.
  struct Contents {
    var entries: [Entry] = []
    /// Every folder below the vault, the vault itself (empty) first.
    var folders: [String] = []
  }

  /// Every entry in `folder` (relative to the vault, empty for all) and below it, sorted. A vault
  /// that does not exist is empty.
  public func entries(below folder: String = "") throws(Failure) -> [Entry] {
    do throws(FileError) {
      var contents = Contents()
      try collect(folder, in: try Folder(repository.root), into: &contents)
      return contents.entries.sorted { $0.name < $1.name }
    } catch let error where error.isMissing {
      return []
    } catch {
      throw error.failure
    }
  }

  /// The names of all entries, whose sidecars are not read.
  func names() throws(Failure) -> [EntryName] {
    do throws(FileError) {
      var names: [EntryName] = []
      try walk("", in: try Folder(repository.root)) { _, found, _ in names += found }
      return names
    } catch let error where error.isMissing {
      return []
    } catch {
      throw error.failure
    }
  }

  /// The entries of these environments, and no other, by environment.
  func entries(of environments: Set<Name>) throws(Failure) -> [Name: [Entry]] {
    var all: [Name: [Entry]] = [:]
    for (environment, names) in try names(of: environments) {
      all[environment] = try reporting { () throws(FileError) in
        let folder = try Folder(repository.root).folder(path(environment.text))
        return concurrentMap(names.count) { entry(names[$0], in: folder) }
      }
    }
    return all
  }

  /// The names of the entries of these environments, sorted; of one that has none, nothing.
  func names(of environments: Set<Name>) throws(Failure) -> [Name: [EntryName]] {
    var all: [Name: [EntryName]] = [:]
    for environment in environments {
      do throws(FileError) {
        let items = try Folder(repository.root).folder(path(environment.text)).items()
        all[environment] = Self.entryNames(
          items.filter { !$0.name.hasPrefix(".") }, in: environment.text
        ).sorted()
      } catch let error where error.isMissing {
        continue
      } catch {
        throw error.failure
      }
    }
    return all
  }

  /// Every entry, by environment.
  func entriesByEnvironment() throws(Failure) -> [Name: [Entry]] {
    Dictionary(grouping: try entries()) { Name($0.name.environment) }
  }

  /// The entry of that name. Throws if it does not exist, and says what is close to it.
  public func entry(_ name: EntryName) throws(Failure) -> Entry {
    let found: Entry?
    do throws(FileError) {
      let folder = try Folder(repository.root).folder(path(name.environment))
      found =
        folder.kind(of: name.ciphertextName) == nil
        ? nil : entry(name, in: folder)
    } catch let error where error.isMissing {
      found = nil
    } catch {
      throw error.failure
    }
    guard let found else { throw missing(name) }
    return found
  }

  /// What of an entry is there, relative to the root: its ciphertext, its sidecar, both or neither.
  public func files(of name: EntryName) -> [String] {
    guard let folder = try? Folder(repository.root).folder(path(name.environment)) else {
      return []
    }
    return [VaultFile.ciphertext(name), .sidecar(name)]
      .filter { folder.kind(of: $0.name) != nil }.map(\.path)
  }

  /// Whether `folder` exists below the vault.
  public func hasFolder(_ folder: String) -> Bool {
    (try? Folder(repository.root).folder(path(folder))) != nil
      || (try? repository.absent.hasFolder(path(folder))) == true
  }

  func path(_ folder: String) -> String {
    folder.isEmpty ? Paths.vault : "\(Paths.vault)/\(folder)"
  }

  func missing(_ name: EntryName) -> Failure {
    if (try? repository.absent.holds(name.ciphertextPath)) == true {
      return Failure(
        .notFound, "'\(name)' is in git, and this sparse checkout leaves it out",
        hints: [FileError.checkout(of: name.ciphertextPath)])
    }
    let known = ((try? allNames()) ?? []).map(\.path)
    let hints =
      Suggestion.closest(to: name.path, among: known).map { ["did you mean '\($0)'?"] }
      ?? (known.isEmpty
        ? ["the vault is empty: run '\(Shell("keyvault add \(name)"))'"]
        : ["'keyvault ls' shows every entry"])
    return Failure(.notFound, "no entry '\(name)' in the vault", hints: hints)
  }

  private func collect(
    _ relative: String, in root: borrowing Folder, into contents: inout Contents
  ) throws(FileError) {
    try walk(relative, in: root) { relative, names, folder in
      contents.folders.append(relative)
      contents.entries += concurrentMap(names.count) { entry(names[$0], in: folder) }
    }
  }

  /// Gives `visit` each folder, from `relative` down, with the entries in it.
  private func walk(
    _ relative: String, in root: borrowing Folder,
    _ visit: (String, [EntryName], borrowing Folder) -> Void
  ) throws(FileError) {
    try root.folder(Paths.vault).walk(from: relative) { path, items, folder in
      visit(path, Self.entryNames(items.filter { !$0.name.hasPrefix(".") }, in: path), folder)
      return true
    }
  }

  private static func entryNames(_ items: [Folder.Item], in folder: String) -> [EntryName] {
    items.compactMap { item in
      guard item.kind == .file, item.name.hasSuffix(".gpg") else { return nil }
      let name = String(item.name.dropLast(".gpg".count))
      return EntryName(found: folder.isEmpty ? name : "\(folder)/\(name)")
    }
  }

  private func entry(_ name: EntryName, in folder: borrowing Folder) -> Entry {
    do throws(FileError) {
      let isHere = folder.kind(of: name.sidecarName) != nil
      // A sparse checkout can leave out the sidecar alone, which may say that the key is not to be used.
      return Entry(
        name,
        sidecar: try isHere
          ? folder.read(name.sidecarName, limit: Limits.sidecar)
          : repository.absent.read(name.sidecarPath))
    } catch {
      return Entry(name: name, sidecar: nil, fault: error.failure)
    }
  }

  /// The packets of an entry's ciphertext, unopened; nil where it has no valid ones.
  func structure(of name: EntryName) -> Message? {
    let bytes = try? bytes(of: name.ciphertextPath)
    return bytes.flatMap { try? Message($0) }
  }

  /// Who can read `folder`: its own `.gpg-id` or the nearest above it. Throws if there is none or
  /// if it has a fault, since nothing may be encrypted to half a list.
  func recipients(of folder: String) throws(Failure) -> RecipientList {
    let found: RecipientList?
    do throws(FileError) {
      found = try recipientList(of: folder)
    } catch {
      throw error.failure
    }
    guard let list = found else {
      let file = "\(Paths.vault)/\(Paths.list)"
      throw Failure(
        .notFound, "no \(Paths.list) for '\(path(folder))'",
        hints: ["write the recipients' full fingerprints to \(file), one a line"])
    }
    if let fault = list.findings.first(where: { $0.severity == .error }) {
      throw Failure(
        .malformed, "\(fault.file):\(fault.line): \(fault.message)",
        hints: fault.hint.map { [$0] } ?? [])
    }
    return list
  }

  /// A sidecar with its faults; nil if there is none.
  func recipientList(of folder: String) throws(FileError) -> RecipientList? {
    var parts = folder.split(separator: "/").map(String.init)
    while true {
      let candidate = parts.joined(separator: "/")
      do throws(FileError) {
        let bytes = try Folder(repository.root).folder(path(candidate))
          .read(Paths.list, limit: RecipientList.sizeLimit)
        return RecipientList(parsing: bytes, folder: candidate)
      } catch let error where error.isMissing {
        if let bytes = try repository.absent.read(RecipientList.file(in: candidate)) {
          return RecipientList(parsing: bytes, folder: candidate)
        }
        guard parts.popLast() != nil else { return nil }
      }
    }
  }
}
