import ArgumentParser
import GPG
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
    let repository = try session.repositoryToChange()
    let folder = try place.folder.map { try Vault.folder(named: $0) } ?? ""
    let file = try publicKey(session)
    let newFolder = try session.settle(folder: folder, in: repository)
    let program = try session.gpgProgram(of: repository)
    let change = try repository.vault.addRecipient(file, to: folder, program: program)
    if change.written.contains(change.list) {
      session.tell(newFolder)
    } else if let newFolder {
      Console.warning(
        "there is no folder '\(newFolder.path)' in the vault",
        hint: newFolder.near.map { "did you mean '\($0)'?" })
    }
    let person = change.name.map { "\($0.printable(limit: 80)), \(file.fingerprint)," }
    if change.written.contains(change.list) {
      session.note("\(person ?? file.fingerprint) is a recipient of \(place.name)")
      if let list = change.startedFrom {
        session.note("\(change.list) is new and starts with the recipients of \(list)")
      }
    } else {
      session.note("\(person ?? file.fingerprint) is a recipient of \(place.name) already")
    }
    for file in change.written { session.detail("wrote \(file)") }
    let entries = try repository.vault.drifted(in: folder, program: program)
    session.noteDrift(entries)
    try commit.run(
      "keyvault: let \(file.fingerprint) read \(place.name)", files: change.written, in: repository,
      session)
  }

  private func publicKey(_ session: Session) throws -> PublicKeyFile {
    let fingerprint = key.replacing(" ", with: "").uppercased()
    if fingerprint.count == 40, Key.isFingerprint(fingerprint) {
      let gpg = try session.gpg()
      do throws(GPGError) {
        let armored = try gpg.exportPublicKey(fingerprint)
        return PublicKeyFile(fingerprint: fingerprint, armored: armored)
      } catch {
        throw Failure(.notFound, error.message, hints: error.hint.map { [$0] } ?? [])
      }
    }
    guard access(key, F_OK) == 0 else {
      throw Failure(
        .usage,
        "'\(key.printable(limit: 80))' is neither a full fingerprint of 40 digits nor a file",
        hints: ["'gpg --list-keys --fingerprint' shows the keys that you have"])
    }
    return try PublicKeyFile(reading: key, program: session.gpgProgram())
  }
}

extension RecipientFolderOption {
  /// `vault/production`.
  var name: String { folder.map { "vault/\($0)" } ?? "vault" }
}

extension Session {
  /// Which entries are not encrypted to whom the list wants, and what to do.
  func noteDrift(_ entries: [EntryName]) {
    guard !entries.isEmpty else { return }
    note(
      entries.count == 1
        ? "1 entry is not encrypted to exactly these yet: \(some(entries))"
        : "\(entries.count) entries are not encrypted to exactly these yet: \(some(entries))")
    note("next: keyvault reencrypt")
  }

  /// Says which keys were marked, since a person could read them who no longer can.
  func noteMarks(_ entries: [EntryName]) {
    guard !entries.isEmpty else { return }
    let keys = entries.count == 1 ? "1 key is" : "\(entries.count) keys are"
    note("\(keys) marked as exposed, to a person who is not a reader any more: \(some(entries))")
    note("then make new keys: keyvault rotate ENTRY")
  }

  /// `production/anthropic production/openai …`.
  func some(_ entries: [EntryName]) -> String {
    entries.prefix(10).map(\.path).joined(separator: " ") + (entries.count > 10 ? " …" : "")
  }
}
