internal import Naming

extension Vault {
  /// The folders whose own lists name a person who leaves, the vault's root as `""`. Throws if no list names them
  /// or if one of the lists would be empty without them: then nothing is to be changed.
  public func foldersToLeave(_ fingerprint: String) throws(Failure) -> [String] {
    let lists: [RecipientList]
    do throws(FileError) {
      lists = try recipientLists()
    } catch {
      throw error.failure
    }
    let naming = lists.filter { $0.recipients.contains { $0.fingerprint == fingerprint } }
    guard !naming.isEmpty else {
      throw Failure(
        .notFound, "\(fingerprint) is not on any list of the vault",
        hints: ["'keyvault recipients' lists them"])
    }
    for list in naming { try list.checkOthers(than: fingerprint, path: path(list.folder)) }
    try refuseAbsent(naming.map { .recipients(folder: $0.folder) })
    return naming.map(\.folder).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

extension RecipientList {
  /// Throws where the list would be empty without a person.
  func checkOthers(than fingerprint: String, path: String) throws(Failure) {
    guard recipients.count > 1 else {
      throw Failure(
        .usage, "cannot remove \(fingerprint): it is the only recipient of '\(path)'",
        hints: ["add another one first: keyvault recipients add FINGERPRINT"])
    }
  }
}

extension Vault {
  /// A folder below the vault as a person typed it. Throws if there is none of that name.
  public func existingFolder(named text: String) throws(Failure) -> String {
    let name = try Self.folder(named: text)
    guard hasFolder(name) else {
      throw Failure(.nothingToDo, "no folder '\(name)' in the vault")
    }
    return name
  }
}
