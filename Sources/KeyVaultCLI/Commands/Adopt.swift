import ArgumentParser
import KeyVault

struct Adopt: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt",
    abstract: "Bind an entry that 'pass insert' created, or repair a sidecar.",
    discussion: """
      Decrypts the entry, encrypts it again with what binds it to its place, and writes its \
      sidecar; of several entries, all or none. An entry that is bound elsewhere needs --from with the \
      place that it was moved from: the sidecar that it left there comes along. What \
      is not bound yet must look like a key of its provider, on the entry's first line.

      Example: keyvault adopt production/openai
      """)

  @Argument(help: "Entries, such as production/openai.", completion: .entries)
  var entries: [String]

  @Option(help: "The provider (default: the last part of the entry's name).")
  var provider: String?

  @Option(
    help: ArgumentHelp("The entry from which this one was moved or copied.", valueName: "entry"))
  var from: String?

  @Flag(help: "Bind it even if it does not look like a key of its provider.")
  var force = false

  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let names = try EntryName.distinct(entries)
    let action = AdoptEntries(names, provider: provider, from: from, ignoresForm: force)
    let adopted = try action.run(in: session.workspaceToChange())
    for entry in adopted {
      let sidecar = entry.sidecar.map { ", with the sidecar of \($0)" } ?? ""
      session.note("adopted \(entry.name)\(sidecar)")
    }
    let changed = Set(names + adopted.compactMap(\.left)).sorted()
    try commit.run(
      "keyvault: adopt \(names.map(\.path).joined(separator: ", "))", changed, in: session)
  }
}
