import ArgumentParser
import Glibc
import KeyVault

struct AddRecipient: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a person or job to the recipients of the vault, or of a folder.",
    discussion: """
      Writes the folder's .gpg-id and vault/.public-keys. Nothing is encrypted again by it: it says \
      which entries the person cannot read yet, and how to change that. A folder without a list of \
      its own gets one that starts with who could read it before.

      Example: keyvault recipients add bob.asc --folder production
      """)

  @Argument(
    help: ArgumentHelp(
      "The full fingerprint of a GPG key in your keyring, or a file with one public key.",
      valueName: "key-or-file"), completion: .file())
  var key: String

  @OptionGroup var place: RecipientFolderOption
  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let action = AddReader(try source(), to: place.folder)
    let outcome = try action.run(in: session.workspaceToChange())
    let change = outcome.change
    let person =
      change.name.map { "\($0.printable(limit: 80)), \(outcome.fingerprint)," }
      ?? outcome.fingerprint
    session.note("\(person) is a recipient of \(place.name)" + (outcome.isNew ? "" : " already"))
    if let list = change.startedFrom {
      session.note("\(change.list) is new and starts with the recipients of \(list)")
    }
    for file in change.written { session.detail("wrote \(file)") }
    session.tellDrift(outcome.drifted)
    try commit.run(
      "keyvault: let \(outcome.fingerprint) read \(place.name)", files: change.written, in: session)
  }

  private func source() throws(Failure) -> AddReader.Source {
    if let fingerprint = FullFingerprint.digits(in: key) { return .keyring(fingerprint) }
    guard access(key, F_OK) == 0 else {
      throw Failure(
        .usage,
        "'\(key.printable(limit: 80))' is neither a full fingerprint of 40 digits nor a file",
        hints: ["'gpg --list-keys --fingerprint' shows the keys that you have"])
    }
    return .file(key)
  }
}

extension RecipientFolderOption {
  /// `vault/production`.
  var name: String { folder.map { "vault/\($0)" } ?? "vault" }
}

extension Session {
  func tellDrift(_ entries: [EntryName]) {
    if !entries.isEmpty { frontEnd.tell(.drifted(entries)) }
  }

  func tellMarks(_ entries: [EntryName]) {
    if !entries.isEmpty { frontEnd.tell(.marked(entries)) }
  }
}
