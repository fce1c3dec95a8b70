import ArgumentParser
import KeyVault

struct RemoveRecipient: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Remove a person or job from the recipients of the vault, or of a folder.",
    discussion: """
      Writes every .gpg-id that names them, all or none, or with --folder the folder's alone; comments \
      stay, and the public key too. Nothing is encrypted again by it, and nothing can take back what was read: every key that the person could read, by git's \
      history, is marked as exposed in its sidecar until it is rotated. Exit status 3 if the history \
      is not whole; whatever the list let the person read counts then.

      Example: keyvault recipients rm 0123456789ABCDEF0123456789ABCDEF01234567
      """)

  @Argument(help: "The full fingerprint of their GPG key.")
  var fingerprint: String

  @OptionGroup var place: RecipientFolderOption
  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let repository = try session.repositoryToChange()
    let digits = try FullFingerprint.parse(fingerprint)
    let vault = repository.vault
    let folders = try place.existing(in: repository).map { [$0] } ?? vault.foldersToLeave(digits)
    let program = try? session.gpgProgram(of: repository)
    let removal = try vault.removeRecipient(
      digits, from: folders, program: program, now: session.surroundings.now)
    for change in removal.changes {
      session.note("\(digits) is not a recipient of \(Self.shown(change.folder)) any more")
      if let list = change.startedFrom {
        session.note("\(change.list) is new and starts with the other recipients of \(list)")
      }
    }
    let others = vault.lists(naming: digits)
    if !others.isEmpty {
      session.note("still a recipient by \(others.joined(separator: ", "))")
    }
    for file in removal.written { session.detail("wrote \(file)") }
    note(removal, hasGPG: program != nil, in: repository.root, session)
    if let program {
      session.noteDrift(try folders.flatMap { try vault.drifted(in: $0, program: program) })
    }
    if !removal.exposed.isEmpty || !removal.unmarked.isEmpty {
      session.note("then make their keys anew: keyvault rotate ENTRY")
    }
    try commit.run(
      "keyvault: \(digits) reads \(folders.map(Self.shown).joined(separator: ", ")) no more",
      files: removal.written, in: repository, session)
    if !removal.isComplete { throw ExitCode(3) }
  }

  private static func shown(_ folder: String) -> String {
    folder.isEmpty ? "vault" : "vault/\(folder)"
  }

  /// What the person may have kept.
  private func note(
    _ removal: Vault.Removal, hasGPG: Bool, in root: String, _ session: Session
  ) {
    func note(_ entries: [EntryName], _ one: String, _ many: String) {
      guard !entries.isEmpty else { return }
      let text = entries.count == 1 ? "1 key \(one)" : "\(entries.count) keys \(many)"
      session.note("\(text): \(session.some(entries))")
    }
    note(removal.exposed, "is marked as exposed", "are marked as exposed")
    note(removal.wasExposed, "was marked already", "were marked already")
    note(
      removal.unmarked, "is exposed and has no sound sidecar to say so",
      "are exposed and have no sound sidecars to say so")
    guard !removal.isComplete else { return }
    Console.warning(
      hasGPG
        ? "there is no whole git history here, so what the list let them read counts as read"
        : "there is no gpg to tell who could read what, so what the list let them read counts as read",
      hint: hasGPG ? Git(in: root).completion : nil)
  }
}
