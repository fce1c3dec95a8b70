import ArgumentParser
import KeyVault

struct Remove: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Remove entries from the vault.",
    discussion: """
      All of them, or none. What was committed stays in git history: revoke the key at its provider too.

      Example: keyvault rm staging/openai
      """)

  @Argument(help: "Entries, such as staging/openai.", completion: .entries)
  var entries: [String]

  @Flag(name: .shortAndLong, help: "Don't ask.")
  var force = false

  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let names = try EntryName.distinct(entries)
    let action = RemoveEntries(names, isConfirmed: force)
    for entry in try action.run(in: session.workspaceToChange()) {
      let place = entry.page.map { " at \($0)" } ?? ""
      session.note(
        entry.isInHistory
          ? "removed \(entry.name); git's history keeps it, so revoke the key\(place)"
          : "removed \(entry.name), which was in no commit; revoke the key\(place), if nothing uses it"
      )
    }
    try commit.run(
      "keyvault: remove \(names.map(\.path).joined(separator: ", "))", names, in: session)
  }
}
