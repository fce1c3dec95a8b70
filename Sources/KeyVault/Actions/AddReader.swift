/// Lets a person read the entries of a folder: adds them to its list of recipients, and their public key to the vault.
/// Encrypts nothing again.
public struct AddReader: Sendable {
  /// Where the person's public key is.
  public enum Source: Sendable, Equatable {
    /// In the user's keyring, under this full fingerprint.
    case keyring(String)
    /// In a file of the user's.
    case file(String)
  }

  public let key: Source
  /// Relative to the vault, as a person writes it; nil for the vault itself.
  public let folder: String?

  public init(_ key: Source, to folder: String?) {
    self.key = key
    self.folder = folder
  }

  public struct Outcome: Sendable {
    public let fingerprint: String
    public let change: Vault.RecipientChange
    /// Whether the list did not name the person before.
    public let isNew: Bool
    /// Entries of the folder whose readers differ from its recipients.
    public let drifted: [EntryName]
  }

  /// Asks about a folder whose name is almost that of another. Throws, with nothing changed, where the key cannot be a
  /// recipient. Blocks.
  public func run(in workspace: Workspace) throws(Failure) -> Outcome {
    let vault = workspace.vault
    let folder = try folder.map { text throws(Failure) in try Vault.folder(named: text) } ?? ""
    let file = try publicKey(in: workspace)
    let newFolder = try workspace.settle(folder: folder)
    let program = try workspace.program()
    let change = try vault.addRecipient(file, to: folder, program: program)
    let isNew = change.written.contains(change.list)
    if isNew {
      workspace.tell(newFolder)
    } else if let newFolder {
      // Another list names the person, so that none was written.
      workspace.tell(
        Notice(
          .noFolder, .warning, "there is no folder '\(newFolder.path)' in the vault",
          hints: newFolder.near.map { ["did you mean '\($0)'?"] } ?? []))
    }
    return Outcome(
      fingerprint: file.fingerprint, change: change, isNew: isNew,
      drifted: try vault.drifted(in: folder, program: program))
  }

  private func publicKey(in workspace: Workspace) throws(Failure) -> PublicKeyFile {
    switch key {
    case .keyring(let fingerprint):
      try PublicKeyFile(exporting: fingerprint, from: workspace.gpg())
    case .file(let path): try PublicKeyFile(reading: path, program: workspace.program())
    }
  }
}

extension Notice {
  /// Entries whose readers differ from their folder's recipients, and what re-encrypts them.
  public static func drifted(_ entries: [EntryName]) -> Notice {
    let subject = entries.count == 1 ? "1 entry is" : "\(entries.count) entries are"
    return Notice(
      .drifted, .note, "\(subject) not encrypted to exactly these yet: \(entries.shown)",
      hints: ["next: keyvault reencrypt"])
  }
}

extension Notice.Code {
  /// The folder that was named does not exist.
  static let noFolder = Notice.Code(rawValue: "no-folder")
  /// The readers of entries differ from the recipients.
  static let drifted = Notice.Code(rawValue: "drifted")
}
