import ArgumentParser
import KeyVault

struct Accept: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Accept an entry or recipient list that was rolled back to an earlier version.",
    discussion: """
      keyvault remembers the serial of each entry that it opens on this machine, and refuses an entry whose \
      serial is lower later: someone rolled it back. It treats vault/.recipients.sig the same way. 'accept' shows \
      the remembered and the current version, asks, and forgets what it remembered. Find out first who rolled \
      it back: git log -- vault/…

      Example: keyvault accept production/openai
      """)

  @Argument(help: "Entries, such as production/openai.", completion: .entries)
  var entries: [String] = []

  @Flag(help: "Accept an earlier vault/.recipients.sig, which lists who can read what.")
  var recipients = false

  @Flag(
    name: [.customShort("f"), .customLong("force"), .customLong("yes")], help: "Don't ask.")
  var force = false

  @OptionGroup var options: CommonOptions

  func validate() throws {
    guard recipients || !entries.isEmpty else {
      throw ValidationError("name an entry, or pass --recipients")
    }
  }

  func run(in session: Session) async throws {
    let names = try entries.map { text throws(Failure) in try EntryName(text) }
    let action = AcceptEntries(names, includesLists: recipients, isConfirmed: force)
    let accepted = try action.run(in: session.workspace())
    session.note("accepted \(accepted.joined(separator: ", "))")
  }
}
