/// Takes a person from lists of recipients, and marks every key that they could read as exposed. Encrypts nothing again.
public struct RemoveReader: Sendable {
  /// Full, of the person's key.
  public let fingerprint: String
  /// The folder, as a person writes it, whose list alone changes; nil for every list that names the person.
  public let folder: String?

  public init(_ fingerprint: String, from folder: String? = nil) {
    self.fingerprint = fingerprint
    self.folder = folder
  }

  public struct Outcome: Sendable {
    /// The folders whose lists changed, relative to the vault.
    public let folders: [String]
    public let removal: Vault.Removal
    /// Files of lists that still name the person.
    public let remaining: [String]
    /// Entries of these folders whose readers differ from the recipients; empty where there is no gpg to tell.
    public let drifted: [EntryName]
    /// Why every key counts that the lists let the person read; nil where git history says which ones they could.
    public let gap: Notice?

    /// Whether keys are left that the person may have and that must be rotated.
    public var leavesKeys: Bool { !removal.exposed.isEmpty || !removal.unmarked.isEmpty }
  }

  /// Throws, with nothing changed, where a list does not name the person or would be empty without them. Blocks.
  public func run(in workspace: Workspace) throws(Failure) -> Outcome {
    let vault = workspace.vault
    let folders =
      if let folder { [try vault.existingFolder(named: folder)] } else {
        try vault.foldersToLeave(fingerprint)
      }
    // A reader can be removed without gpg, too.
    let program = try? workspace.program()
    let removal = try vault.removeRecipient(
      fingerprint, from: folders, program: program, now: workspace.now)
    var drifted: [EntryName] = []
    if let program {
      for folder in folders { drifted += try vault.drifted(in: folder, program: program) }
    }
    return Outcome(
      folders: folders, removal: removal, remaining: vault.lists(naming: fingerprint),
      drifted: drifted,
      gap: removal.isComplete ? nil : gap(hasGPG: program != nil, in: workspace.repository.root))
  }

  private func gap(hasGPG: Bool, in root: String) -> Notice {
    guard hasGPG else {
      return Notice(
        .historyIncomplete, .warning,
        "there is no gpg to tell who could read what, so what the list let them read counts as read"
      )
    }
    return Notice(
      .historyIncomplete, .warning,
      "git history is incomplete; assuming they read everything the recipients list allowed",
      hints: [Git(in: root).completion])
  }
}

extension Notice.Code {
  /// It is unknown which keys a person could read, so all of them count.
  static let historyIncomplete = Notice.Code(rawValue: "history-incomplete")
}
