internal import Naming
internal import YAML

extension Vault {
  /// What was done when somebody was taken from a list, and which keys that person may have kept.
  public struct Removal: Sendable {
    public var change: RecipientChange
    /// Entries that are marked as exposed now.
    public internal(set) var exposed: [EntryName] = []
    /// Those that were before, to somebody or other; the older mark stays.
    public internal(set) var wasExposed: [EntryName] = []
    /// Those that should be and have no sound sidecar.
    public internal(set) var unmarked: [EntryName] = []
    /// Whether git's whole history was there to look at; if not, every entry that the list let the person
    /// read counts.
    public internal(set) var isComplete: Bool
  }

  /// Takes somebody from the list that decides of `folder`, and marks what that person could read, by
  /// git's history, and cannot any more by the lists. Comments stay, and so does the public key, which
  /// tells whose the subkeys are that old ciphertexts name.
  ///
  /// Without `program` nobody knows whose the ciphertexts are.
  public func removeRecipient(
    _ fingerprint: String, from folder: String, program: GPGProgram?, now: Timestamp
  ) throws(Failure) -> Removal {
    let (text, list, premise) = try listWithout(fingerprint, folder)
    var change = RecipientChange(folder: folder)
    if list.folder != folder { change.startedFrom = list.file }
    let renewal = try recipientRenewal()
    let lists = ListsAfterRemoval(of: fingerprint, from: folder, decidedBy: list, in: self)
    let debt = try debt(of: fingerprint, program)
    var removal = Removal(change: change, isComplete: debt?.isComplete ?? false)
    let known = Set(names: debt?.keys.map(\.entry) ?? [])
    var changes: [VaultChange] = []
    let exposed = try allEntries().filter { entry in
      !lists.name(entry.name.environment)
        && (known.contains(entry.name.path)
          || !removal.isComplete && lists.named(entry.name.environment))
    }
    // Their sidecars are to say so.
    try refuseAbsent(exposed.map { .sidecar($0.name) })
    for entry in exposed {
      mark(entry, exposedTo: fingerprint, now, &removal, &changes)
    }
    changes.append(self.list(text, of: folder, after: premise))
    changes += try self.renewal(renewal, of: folder, after: changes)
    try apply(changes, given: [premise])
    removal.change.written = changes.map(\.file.path)
    return removal
  }

  /// The text of the list that decides of a folder, without somebody; and that list as it is.
  private func listWithout(
    _ fingerprint: String, _ folder: String
  ) throws(Failure) -> (String, RecipientList, Premise) {
    let (text, found, premise) = try listText(of: folder)
    guard let list = found, list.recipients.contains(where: { $0.fingerprint == fingerprint })
    else {
      throw Failure(
        .notFound, "\(fingerprint) is no recipient of '\(path(folder))'",
        hints: ["'keyvault recipients' shows who is"])
    }
    try list.checkOthers(than: fingerprint, path: path(folder))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return (
      lines.filter { RecipientList.text(of: $0.utf8).uppercased() != fingerprint }
        .joined(separator: "\n"), list, premise
    )
  }

  /// What the person could read; where there is no history, by what lies there now.
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
    try edits.set(
      "exposed",
      toMapping: [
        ("to", .string(fingerprint)), ("since", .string(since.day)),
        ("reason", .string("recipient removed")),
      ])
    return VaultChange(
      file: .sidecar(name), content: try checked(edits.document.bytes, of: name),
      over: edits.original)
  }
}

/// Which folders' lists named somebody, and still do.
private final class ListsAfterRemoval {
  private let fingerprint: String
  private let folder: String
  private let list: RecipientList
  private let vault: Vault
  /// By folder: the list that decided of it.
  private var known: [Name: RecipientList?] = [:]

  init(
    of fingerprint: String, from folder: String, decidedBy list: RecipientList, in vault: Vault
  ) {
    self.fingerprint = fingerprint
    self.folder = folder
    self.list = list
    self.vault = vault
  }

  /// Whether the list that decided of a folder named the person.
  func named(_ folder: String) -> Bool {
    decided(folder)?.recipients.contains { $0.fingerprint == fingerprint } ?? false
  }

  /// Whether the one that decides of it now does.
  func name(_ folder: String) -> Bool {
    let isBelow =
      self.folder.isEmpty || folder == self.folder || folder.hasPrefix(self.folder + "/")
    return named(folder) && !(isBelow && decided(folder)?.folder == list.folder)
  }

  private func decided(_ folder: String) -> RecipientList? {
    if let list = known[folder] { return list }
    let list = try? vault.recipientList(of: folder)
    known[folder] = .some(list)
    return list
  }
}
