internal import Naming
internal import YAML

extension Vault {
  /// What was done when a person was taken from lists, and which keys that person may have kept.
  public struct Removal: Sendable {
    /// One for each folder, in the order in which they were named.
    public internal(set) var changes: [RecipientChange]
    /// Files of lists, sidecars and signatures, relative to the root.
    public internal(set) var written: [String] = []
    /// Entries that are marked as exposed now.
    public internal(set) var exposed: [EntryName] = []
    /// Those that were exposed before; the older mark stays.
    public internal(set) var wasExposed: [EntryName] = []
    /// Those that should be marked and have no valid sidecar.
    public internal(set) var unmarked: [EntryName] = []
    /// Whether the complete git history was available; if not, every entry that the lists let the
    /// person read counts.
    public internal(set) var isComplete: Bool
  }

  /// Removes a person from the lists that govern `folders`, and marks what that person could read,
  /// from git history, and no longer can by the lists. Comments stay, and so does the public key,
  /// which maps the subkeys in old ciphertexts to the person.
  ///
  /// All files change together: if one of them cannot, the person is still in every list. Without
  /// `program`, the readers of ciphertexts are unknown.
  public func removeRecipient(
    _ fingerprint: String, from folders: [String], program: GPGProgram?, now: Timestamp
  ) throws(Failure) -> Removal {
    let lists = try folders.map { folder throws(Failure) in
      try ShorterList(without: fingerprint, of: folder, in: self)
    }
    let renewal = try recipientRenewal()
    let after = ListsAfterRemoval(of: fingerprint, lists, in: self)
    let debt = try debt(of: fingerprint, program)
    var removal = Removal(changes: lists.map(\.change), isComplete: debt?.isComplete ?? false)
    let known = Set(names: debt?.keys.map(\.entry) ?? [])
    let exposed = try allEntries().filter { entry in
      !after.name(entry.name.environment)
        && (known.contains(entry.name.path)
          || !removal.isComplete && after.named(entry.name.environment))
    }
    // Their sidecars are to say so.
    try refuseAbsent(exposed.map { .sidecar($0.name) })
    var changes: [VaultChange] = []
    for entry in exposed {
      mark(entry, exposedTo: fingerprint, now, &removal, &changes)
    }
    changes += lists.map { list($0.text, of: $0.folder, after: $0.premise) }
    changes += try self.renewal(renewal, of: folders, after: changes)
    try apply(changes, given: lists.map(\.premise))
    removal.written = changes.map(\.file.path)
    return removal
  }

  /// What the person could read; where there is no history, from the current files.
  private func debt(of fingerprint: String, _ program: GPGProgram?) throws(Failure) -> Debt? {
    guard let program else { return nil }
    let history: VaultHistory
    do throws(Failure) {
      history = try VaultHistory(of: repository)
    } catch let error where error.kind == .notFound || error.kind == .inconclusive {
      // A user who fetched more than can be searched can still remove a reader.
      history = try VaultHistory(ofPresent: repository)
    }
    return try Debt(of: fingerprint, in: repository, by: history, program: program)
  }

  private func mark(
    _ entry: Entry, exposedTo fingerprint: String, _ now: Timestamp, _ removal: inout Removal,
    _ changes: inout [VaultChange]
  ) {
    if entry.sidecar?.exposed != nil {
      removal.wasExposed.append(entry.name)
    } else if entry.sidecar != nil,
      let change = try? exposure(of: entry.name, to: fingerprint, since: now)
    {
      removal.exposed.append(entry.name)
      changes.append(change)
    } else {
      removal.unmarked.append(entry.name)
    }
  }

  /// No signature covers it.
  private func exposure(
    of name: EntryName, to fingerprint: String, since: Timestamp
  ) throws(Failure) -> VaultChange {
    var edits = try SidecarEditor(of: name, in: repository)
    try edits.mark(exposedTo: fingerprint, since: since, "recipient removed")
    return VaultChange(
      file: .sidecar(name), content: try checked(edits.document.bytes, of: name),
      over: edits.original)
  }
}

/// The list that decides of a folder, without a person.
private struct ShorterList {
  let folder: String
  let text: String
  /// As it is now; of a folder above where the folder has none of its own.
  let list: RecipientList
  let premise: Vault.Premise

  /// Throws if the list does not name the person, or names no other.
  init(without fingerprint: String, of folder: String, in vault: Vault) throws(Failure) {
    self.folder = folder
    let (old, found, premise) = try vault.listText(of: folder)
    guard let list = found, list.recipients.contains(where: { $0.fingerprint == fingerprint })
    else {
      throw Failure(
        .notFound, "\(fingerprint) is not a recipient of '\(vault.path(folder))'",
        hints: ["'keyvault recipients' lists them"])
    }
    try list.checkOthers(than: fingerprint, path: vault.path(folder))
    text = old.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { RecipientList.text(of: $0.utf8).uppercased() != fingerprint }
      .joined(separator: "\n")
    self.list = list
    self.premise = premise
  }

  var change: Vault.RecipientChange {
    var change = Vault.RecipientChange(folder: folder)
    if list.folder != folder { change.startedFrom = list.file }
    return change
  }

  /// Whether it takes the place of a list that decided of another folder.
  func replaces(_ decided: RecipientList?, of other: String) -> Bool {
    let isBelow = folder.isEmpty || other == folder || other.hasPrefix(folder + "/")
    return isBelow && decided?.folder == list.folder
  }
}

/// Which folders' lists named a person, and still do.
private final class ListsAfterRemoval {
  private let fingerprint: String
  private let changed: [ShorterList]
  private let vault: Vault
  /// By folder: the list that decided of it.
  private var known: [Name: RecipientList?] = [:]

  init(of fingerprint: String, _ changed: [ShorterList], in vault: Vault) {
    self.fingerprint = fingerprint
    self.changed = changed
    self.vault = vault
  }

  /// Whether the list that decided of a folder named the person.
  func named(_ folder: String) -> Bool {
    decided(folder)?.recipients.contains { $0.fingerprint == fingerprint } ?? false
  }

  /// Whether the one that decides of it now does.
  func name(_ folder: String) -> Bool {
    let list = decided(folder)
    return named(folder) && !changed.contains { $0.replaces(list, of: folder) }
  }

  private func decided(_ folder: String) -> RecipientList? {
    if let list = known[folder] { return list }
    let list = try? vault.recipientList(of: folder)
    known[folder] = .some(list)
    return list
  }
}
