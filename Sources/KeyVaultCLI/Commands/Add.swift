import ArgumentParser
import GPG
import KeyVault
import Naming
import Secrets

struct Add: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Encrypt a key, after asking its provider whether it works.",
    discussion: """
      The key comes from a hidden prompt, from standard input, or from a variable; never from an \
      argument, which every process can see. It is sent to a host that only the repository names \
      where KEYVAULT_ALLOW_HOSTS or your answer on the terminal allows it; --force does not.

      Example: wl-paste | keyvault add production/openai --owner alice@example.com
      """)

  @Argument(help: ArgumentHelp("Where it goes, such as production/openai.", valueName: "entry"))
  var entry: String?

  @Option(help: "The provider, where it is not the entry's name.")
  var provider: String?

  @Option(help: ArgumentHelp("Take the key from this variable.", valueName: "variable"))
  var fromEnv: String?

  @Option(help: ArgumentHelp("A further part of the credential.", valueName: "name=value"))
  var field: [String] = []

  @Option(help: "Who answers for the key; your git e-mail address if not said.")
  var owner: String?

  @Option(help: "What the key is for.")
  var description: String?

  @Option(help: "The variable to render, instead of the provider's own.")
  var env: String?

  @Option(help: ArgumentHelp("The day on which it ends.", valueName: "yyyy-mm-dd"))
  var expires: String?

  @Flag(help: "Do not ask the provider.")
  var noTest = false

  @Flag(help: "Store it although a check objects, or replace an existing entry.")
  var force = false

  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  mutating func run() async throws {
    // Before git is asked for an owner: no child may see it.
    let fromVariable = fromEnv.map(SecretVariable.init)
    let session = try Session(options)
    defer { session.end() }
    let repository = try session.repositoryToChange()
    let name = try EntryName(entryName())
    // Read first: what is written over is what was judged, and not what comes after, be it between
    // these two lines or while the provider is asked.
    let present = repository.vault.present(name)
    let existing = try? repository.vault.entry(name)
    if existing != nil, !force {
      throw Failure(
        .usage, "'\(name)' exists already", hints: ["--force replaces it, and keeps its sidecar"])
    }
    let newFolder = try session.settle(folder: name.environment, in: repository)
    let intake = KeyIntake(session: session, repository: repository, isForced: force)
    let providerID = try provider ?? existing.map(intake.provider) ?? name.name
    let definition = try known(providerID, name, repository)
    let about = try description(for: session)
    try about.check()
    if let env {
      try session.admit(variable: env, of: name, in: repository)
    } else {
      try session.warnOfNames(of: definition, in: repository)
    }
    let fields = try FieldArgument.parse(field, of: definition)
    var destinations = try session.policy().destinations(
      of: definition, fields: Dictionary(fields.map { (Name($0.name), $0.value) }) { $1 },
      gateway: repository.gateway(of: name))
    try intake.settle(&destinations, isTested: !noTest)

    let key = try intake.key(fromEnv, fromVariable, for: name, definition)
    let hosts = destinations.hosts
    let replacement = try Replacement(of: existing, at: name, by: key, in: repository, session)
    let new = NewKey(
      entry: name, provider: providerID, key: key, fields: fields, hosts: hosts,
      serial: replacement.serial, isOtherKey: replacement.isProven)
    let prepared = try repository.vault.prepare(
      new, about: about, over: present, program: session.gpgProgram(),
      now: session.surroundings.now)
    let isAsked = !noTest && !destinations.isBarred
    let answer = isAsked ? try await intake.test(new, definition) : nil
    try intake.store(prepared, answer: answer)
    session.tell(newFolder)
    let preview = try repository.vault.entry(name).sidecar?.preview ?? "…"
    let places =
      hosts.isEmpty ? "bound to no host" : "may travel to \(hosts.joined(separator: ", "))"
    session.note("added \(name): \(preview), \(places)")
    try commit.run("keyvault: add \(name)", [name], in: repository, session)
  }

  /// On a terminal a person need not know how entries are named.
  private mutating func entryName() throws -> String {
    if let entry { return entry }
    guard Console.isInputTerminal else {
      throw Failure(
        .usage, "say which entry to add", hints: ["keyvault add production/openai < FILE"])
    }
    let environment = try Question.ask("environment? [production]")
    let name = try Question.ask("provider, such as openai?")
    if description == nil {
      let answer = try Question.ask("what is the key for? [nothing to say]")
      if !answer.isEmpty { description = answer }
    }
    return (environment.isEmpty ? "production" : environment) + "/" + name
  }

  private func known(
    _ id: String, _ name: EntryName, _ repository: Repository
  ) throws -> Provider {
    if let provider = try repository.catalogue.provider(id) { return provider }
    let close = Suggestion.closest(to: id, among: repository.catalogue.ids)
    throw Failure(
      .usage, "no provider '\(id.printable(limit: 80))' is known",
      hints: [
        close.map { "did you mean --provider \($0)?" }
          ?? "say --provider ID, or add providers.d/\(id).yaml",
        "'keyvault providers' shows all",
      ])
  }

  private func description(for session: Session) throws -> Vault.Description {
    let owner = owner ?? session.gitAddress
    var end: Timestamp?
    if let expires {
      guard let day = Timestamp(expires) else {
        throw Failure(.usage, "'\(expires.printable(limit: 40))' is no day, such as 2027-02-21")
      }
      end = day
    }
    return Vault.Description(owner: owner, description: description, variable: env, expires: end)
  }
}
