import ArgumentParser
import KeyVault

struct RemoveRecipient: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Remove a person or job from the recipients of the vault, or of a folder.",
    discussion: """
      Removes them from every .gpg-id that names them, or with --folder from that folder's alone. Comments and \
      the public key stay. Nothing is re-encrypted, and someone who leaves still has every key they could read: \
      according to git history, each of these keys is marked as exposed in its sidecar until it is rotated. Exit \
      status 3 if git history is incomplete; every key that the list allowed then counts as read.

      Example: keyvault recipients rm 0123456789ABCDEF0123456789ABCDEF01234567
      """)

  @Argument(help: "The full fingerprint of their GPG key.")
  var fingerprint: String

  @OptionGroup var place: RecipientFolderOption
  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let action = RemoveReader(try FullFingerprint.parse(fingerprint), from: place.folder)
    let outcome = try action.run(in: session.workspaceToChange())
    let removal = outcome.removal
    for change in removal.changes {
      session.note(
        "\(action.fingerprint) is not a recipient of \(Self.shown(change.folder)) any more")
      if let list = change.startedFrom {
        session.note("\(change.list) is new and starts with the other recipients of \(list)")
      }
    }
    if !outcome.remaining.isEmpty {
      session.note("still a recipient by \(outcome.remaining.joined(separator: ", "))")
    }
    for file in removal.written { session.detail("wrote \(file)") }
    tell(removal, session)
    if let gap = outcome.gap { session.frontEnd.tell(gap) }
    session.tellDrift(outcome.drifted)
    if outcome.leavesKeys {
      session.note("next: rotate the exposed keys with 'keyvault rotate ENTRY'")
    }
    let folders = outcome.folders.map(Self.shown).joined(separator: ", ")
    try commit.run(
      "keyvault: \(action.fingerprint) reads \(folders) no more", files: removal.written,
      in: session)
    if !removal.isComplete { throw ExitCode(3) }
  }

  private static func shown(_ folder: String) -> String {
    folder.isEmpty ? "vault" : "vault/\(folder)"
  }

  /// Says what the person may have kept.
  private func tell(_ removal: Vault.Removal, _ session: Session) {
    func note(_ entries: [EntryName], _ one: String, _ many: String) {
      guard !entries.isEmpty else { return }
      let text = entries.count == 1 ? "1 key \(one)" : "\(entries.count) keys \(many)"
      session.note("\(text): \(entries.shown)")
    }
    note(removal.exposed, "is marked as exposed", "are marked as exposed")
    note(removal.wasExposed, "was marked already", "were marked already")
    note(
      removal.unmarked, "is exposed and has no valid sidecar to say so",
      "are exposed and have no valid sidecars to say so")
  }
}
