import ArgumentParser
import KeyVault

struct SetField: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Edit an entry's metadata.",
    discussion: """
      Comments, order and quoting of the sidecar are kept. An empty value removes a field.

      Example: keyvault set production/openai owner=bob@example.com expires=2027-02-21
      """)

  @Argument(help: "The entry, such as production/openai.", completion: .entries)
  var entry: String

  @Argument(
    help: ArgumentHelp(
      """
      owner, description, env, expires, disabled, or acknowledged=DAY, the last day on which the verdict \
      'unverifiable' is accepted (repeatable).
      """,
      valueName: "field=value"))
  var changes: [String] = []

  @Option(
    help: ArgumentHelp(
      "Change an additional field of the credential (repeatable).", valueName: "name=value"))
  var field: [String] = []

  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let action = EditEntry(
      try EntryName(entry), changes: try changes.map(Self.parse),
      credential: try field.map { text throws in try FieldArgument.split(text) })
    try action.run(in: session.workspaceToChange())
    session.note("changed \(action.name)")
    try commit.run("keyvault: change \(action.name)", [action.name], in: session)
  }

  private static func parse(_ change: String) throws(Failure) -> (field: String, value: String) {
    guard let equals = change.firstIndex(of: "=") else {
      throw Failure(.usage, "'\(change.printable(limit: 80))' is not field=value")
    }
    return (String(change[..<equals]), String(change[change.index(after: equals)...]))
  }
}
