import ArgumentParser
import KeyVault

struct RemoveRecipient: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Take somebody from the recipients of a folder.",
    discussion: """
      Writes the folder's .gpg-id; comments stay, and the public key too. Nothing is encrypted again \
      by it, and nothing can take back what was read: rotate the keys that it names.

      Example: keyvault recipients rm 0123456789ABCDEF0123456789ABCDEF01234567
      """)

  @Argument(help: "A full fingerprint.")
  var fingerprint: String

  @OptionGroup var place: RecipientFolderOption
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let session = try Session(options)
    let repository = try session.repositoryToChange()
    let digits = fingerprint.filter { $0 != " " }.uppercased()
    guard digits.count == 40, digits.allSatisfy(\.isHexDigit) else {
      throw Failure(
        .usage, "'\(fingerprint.printable(limit: 80))' is not a full fingerprint of 40 digits",
        hints: ["'keyvault recipients' shows those of the vault"])
    }
    let vault = repository.vault
    let folder = try place.existing(in: repository) ?? ""
    let change = try vault.removeRecipient(digits, from: folder)
    session.note("\(digits) is no recipient of \(place.name) any more")
    if let list = change.startedFrom {
      session.note("\(change.list) is new and starts with the other recipients of \(list)")
    }
    let others = vault.lists(naming: digits)
    if !others.isEmpty {
      session.note("still a recipient by \(others.joined(separator: ", "))")
    }
    // Without gpg the list is written all the same.
    guard let program = try? session.gpgProgram() else { return }
    let entries = try vault.drifted(in: folder, program: program)
    session.noteDrift(entries)
    if !entries.isEmpty {
      session.note(
        "then rotate their keys: what could be read may have been kept, and git keeps it")
    }
  }
}
