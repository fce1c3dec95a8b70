/// Removes entries from the vault: all of them, or none.
public struct RemoveEntries: Sendable {
  public let names: [EntryName]
  /// Whether the front end's person consented before, so that nothing is asked.
  public let isConfirmed: Bool

  /// `names` has each entry once.
  public init(_ names: [EntryName], isConfirmed: Bool) {
    self.names = names
    self.isConfirmed = isConfirmed
  }

  /// An entry that is gone. Its key still works until its provider revokes it.
  public struct Removed: Sendable {
    public let name: EntryName
    /// Whether a commit may still have the ciphertext.
    public let isInHistory: Bool
    /// The provider's page on which keys are revoked; nil where none is known.
    public let page: String?
  }

  /// Throws, with nothing changed, if an entry does not exist or the person declines. Where there is no person to ask,
  /// the entries that were named are removed.
  public func run(in workspace: Workspace) throws(Failure) -> [Removed] {
    let vault = workspace.vault
    var found: [Vault.Entry] = []
    for name in names { found.append(try vault.entry(name)) }
    if !isConfirmed, try workspace.consents(to: .remove(names)) == false {
      throw Failure(.nothingToDo, "nothing was removed")
    }
    // Before they are gone: their providers are in the sidecars.
    let git = Git(in: workspace.repository.root)
    let catalogue = workspace.repository.catalogue
    let removed = found.map { entry in
      Removed(
        name: entry.name, isInHistory: git.mayHave(entry.name.ciphertextPath),
        page: (try? catalogue.provider(entry.provider))??.links.keys)
    }
    try vault.remove(names)
    return removed
  }
}
