import ArgumentParser
import KeyVault

struct Add: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Verify a key with its provider, then encrypt and store it.",
    discussion: """
      Reads the key from a hidden prompt, from standard input, or from a variable; never from an \
      argument, which every process can see. A host that only the repository names gets the key only \
      if KEYVAULT_ALLOW_HOSTS or your answer on the terminal allows it; --force does not.

      Example: wl-paste | keyvault add production/openai --owner alice@example.com
      """)

  @Argument(
    help: ArgumentHelp("Name of the new entry, such as production/openai.", valueName: "entry"))
  var entry: String?

  @Option(help: "Provider of the key (default: the entry's name).")
  var provider: String?

  @Option(help: ArgumentHelp("Read the key from this variable.", valueName: "variable"))
  var fromEnv: String?

  @Option(
    help: ArgumentHelp(
      "Set an additional credential field, such as endpoint=URL (repeatable).",
      valueName: "name=value"))
  var field: [String] = []

  @Option(help: "Owner of the key (default: your git email).")
  var owner: String?

  @Option(help: "What the key is for.")
  var description: String?

  @Option(help: "Variable to render (default: the provider's own).")
  var env: String?

  @Option(help: ArgumentHelp("Expiry date.", valueName: "yyyy-mm-dd"))
  var expires: String?

  @OptionGroup var replacing: ReplaceOption
  @OptionGroup var checks: KeyCheckOptions
  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  mutating func run() async throws {
    // Before git is asked for an owner: no child may see it.
    let fromVariable = fromEnv.map { (name: $0, value: SecretVariable($0)) }
    let session = try Session(options)
    defer { session.end() }
    let workspace = try session.workspaceToChange()
    let name = try EntryName(entryName())
    var action = AddKey(name)
    action.provider = provider
    action.fields = try field.map(FieldArgument.split)
    action.about = try about(for: session)
    action.replaces = replacing.replaces(checks)
    action.checks = checks.checks(in: session)
    let source = KeySource(entry: name, variable: fromVariable)
    let outcome = try await action.run(in: workspace) { provider throws(Failure) in
      try source.key(of: provider)
    }
    session.tell(unrecorded: outcome.unrecorded, in: workspace)
    let places =
      outcome.hosts.isEmpty
      ? "bound to no host" : "may travel to \(outcome.hosts.joined(separator: ", "))"
    session.note("added \(name): \(outcome.preview), \(places)")
    replacing.tell(checks, replaced: outcome.isReplacement, in: session)
    try commit.run("keyvault: add \(name)", [name], in: session)
  }

  /// On a terminal a person need not know how entries are named.
  private mutating func entryName() throws -> String {
    if let entry { return entry }
    guard Console.isInputTerminal else {
      throw Failure(
        .usage, "specify the entry to add", hints: ["keyvault add production/openai < FILE"])
    }
    let environment = try Question.ask("environment? [production]")
    let name = try Question.ask("provider, such as openai?")
    if description == nil {
      let answer = try Question.ask("what is the key for? [no description]")
      if !answer.isEmpty { description = answer }
    }
    return (environment.isEmpty ? "production" : environment) + "/" + name
  }

  private func about(for session: Session) throws -> Vault.Description {
    var end: Timestamp?
    if let expires {
      guard let day = Timestamp(expires) else {
        throw Failure(
          .usage, "invalid date '\(expires.printable(limit: 40))': expected YYYY-MM-DD")
      }
      end = day
    }
    return Vault.Description(
      owner: owner ?? session.gitAddress, description: description, variable: env, expires: end)
  }
}
