import ArgumentParser
import KeyVault

struct SetField: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Edit an entry's metadata.",
    discussion: """
      Comments, order and quoting of the sidecar stay as they are. An empty value removes a field.

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

  private static let names = [
    "owner", "description", "env", "expires", "disabled", "acknowledged",
  ]

  func run(in session: Session) async throws {
    let repository = try session.repositoryToChange()
    let name = try EntryName(entry)
    let entry = try repository.vault.entry(name)
    guard !changes.isEmpty || !field.isEmpty else {
      throw Failure(
        .usage, "say what to change",
        hints: [Shell("keyvault set \(name) owner=alice@example.com").description])
    }
    let edits = try changes.map(Self.parse)
    for edit in edits where edit.field == "env" && !edit.value.isEmpty {
      try session.admit(variable: edit.value, of: name, in: repository)
    }
    for edit in edits where edit.field == "acknowledged" {
      try Self.checkLastDay(edit.value, now: session.surroundings.now)
    }
    if field.isEmpty {
      try repository.vault.setFields(edits, of: name)
    } else {
      let (opened, fields) = try changedKey(of: entry, in: repository, session)
      try repository.vault.store(
        opened.changed(
          fields: fields, isVouched: session.vouches(for: opened, in: repository)),
        about: Vault.Description(changes: edits), over: .digest(opened.digest),
        program: session.gpgProgram(), now: session.surroundings.now)
    }
    session.note("changed \(name)")
    try commit.run("keyvault: change \(name)", [name], in: repository, session)
  }

  private static func parse(_ change: String) throws(Failure) -> (field: String, value: String) {
    guard let equals = change.firstIndex(of: "=") else {
      throw Failure(.usage, "'\(change.printable(limit: 80))' is not field=value")
    }
    let name = String(change[..<equals])
    guard names.contains(name) else {
      let hint =
        name == "provider"
        ? "the provider is bound inside the encryption: keyvault add --force --provider ID"
        : Suggestion.closest(to: name, among: names).map { "did you mean '\($0)'?" }
          ?? "fields are \(names.joined(separator: ", "))"
      throw Failure(
        .usage, "'\(name.printable(limit: 80))' cannot be set", hints: [hint])
    }
    return (name, String(change[change.index(after: equals)...]))
  }

  /// Throws for a day that has passed: it would accept nothing, and say that it did. The form is the
  /// schema's to check.
  private static func checkLastDay(_ text: String, now: Timestamp) throws(Failure) {
    guard let day = Timestamp(text), day.adding(days: 1) <= now else { return }
    throw Failure(
      .usage,
      "'acknowledged' is the last day on which a verdict is accepted, and \(day.day) has passed",
      hints: ["name a day to come, such as \(now.adding(days: 90).day)"])
  }

  private func changedKey(
    of entry: Vault.Entry, in repository: Repository, _ session: Session
  ) throws -> (opened: OpenedEntry, fields: [(name: String, value: String)]) {
    guard let provider = try repository.catalogue.provider(entry.provider) else {
      throw Failure(.malformed, "no provider '\(entry.provider.printable(limit: 80))' is known")
    }
    let fields = try FieldArgument.parse(field, of: provider)
    return (try repository.vault.open(entry, requiring: .fitting, with: session.gpg()), fields)
  }
}
