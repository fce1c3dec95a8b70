import ArgumentParser
import KeyVault

struct Remove: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Remove entries from the vault.",
    discussion: """
      All of them, or none. What was committed stays in git's history: revoke the key at its provider too.

      Example: keyvault rm staging/openai
      """)

  @Argument(help: "Entries, such as staging/openai.", completion: .entries)
  var entries: [String]

  @Flag(name: .shortAndLong, help: "Don't ask.")
  var force = false

  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let repository = try session.repositoryToChange()
    let found = try EntryName.distinct(entries).map { name in try repository.vault.entry(name) }
    if !force, Console.isInputTerminal {
      let names = found.map(\.name.path).joined(separator: ", ")
      guard try Question.confirm("remove \(names)?") else {
        throw Failure(.nothingToDo, "nothing was removed")
      }
    }
    let git = Git(in: repository.root)
    let kept = Set(found.map(\.name).filter { git.mayHave($0.ciphertextPath) })
    try repository.vault.remove(found.map(\.name))
    for entry in found {
      let isKept = kept.contains(entry.name)
      let page = (try? repository.catalogue.provider(entry.provider))??.links.keys
      let place = page.map { " at \($0)" } ?? ""
      session.note(
        isKept
          ? "removed \(entry.name); git's history keeps it, so revoke the key\(place)"
          : "removed \(entry.name), which was in no commit; revoke the key\(place), if nothing uses it"
      )
    }
    try commit.run(
      "keyvault: remove \(found.map(\.name.path).joined(separator: ", "))", found.map(\.name),
      in: repository, session)
  }
}
