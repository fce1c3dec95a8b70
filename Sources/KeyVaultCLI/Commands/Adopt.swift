import ArgumentParser
import KeyVault

struct Adopt: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt",
    abstract: "Bind what 'pass insert' made to its place, or mend a sidecar.",
    discussion: """
      Decrypts the entry, encrypts it again with what binds it to its place, and writes its \
      sidecar. An entry that is bound elsewhere needs --from with the place that it was moved from.

      Example: keyvault adopt production/openai
      """)

  @Argument(help: "Such as production/openai.", completion: .entries)
  var entries: [String]

  @Option(help: "The provider, where it is not the entry's name.")
  var provider: String?

  @Option(
    help: ArgumentHelp("The entry that this one was moved or copied from.", valueName: "entry"))
  var from: String?

  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let session = try Session(options)
    let repository = try session.repositoryToChange()
    let names = try entries.map { text throws in try EntryName(text) }
    // One that is not there is said before any other is changed.
    for name in names { _ = try repository.vault.entry(name) }
    for name in names { try adopt(name, in: repository, session) }
    try commit.run(
      "keyvault: adopt \(names.map(\.path).joined(separator: ", "))", names, in: repository, session
    )
  }

  private func adopt(_ name: EntryName, in repository: Repository, _ session: Session) throws {
    let vault = repository.vault
    let entry = try vault.entry(name)
    let opened = try vault.openAnywhere(entry, with: session.gpg())
    if let origin = vault.origin(of: opened) {
      guard origin == from else {
        throw Failure(
          .malformed,
          origin == name.path
            ? "'\(name)' was encrypted for another repository"
            : "'\(name)' holds the key of '\(origin.printable(limit: 120))'",
          hints: ["if it was moved on purpose: keyvault adopt \(name) --from \(origin)"])
      }
      Console.note("\(origin): \(try vault.readers(of: origin).joined(separator: ", "))")
      Console.note("\(name): \(try vault.readers(of: name.path).joined(separator: ", "))")
    }
    if let fault = opened.payload.fault {
      throw Failure(
        .malformed, "'\(name)' holds what an entry cannot: \(fault)",
        hints: ["nothing was changed; 'pass edit \(name)' can make it 'note: …', or remove it"])
    }
    if let objection = opened.payload.withKey(KeyText.objection) {
      throw Failure(.malformed, "'\(name)' holds what cannot be a key: \(objection)")
    }
    let id = try provider ?? opened.payload.provider ?? entry.providerByName(or: "adopt")
    guard let definition = try repository.catalogue.provider(id) else {
      throw Failure(
        .usage, "no provider '\(id.printable(limit: 80))' is known", hints: ["say --provider ID"])
    }
    let destinations = try session.policy().destinations(of: definition, gateway: nil)
    try vault.store(
      opened.rebound(
        to: definition, hosts: destinations.hosts,
        preview: repository.configuration.policy.preview, after: vault.lastSerial(of: name),
        isVouched: session.vouches(for: opened, as: id, in: repository)),
      about: Vault.Description(),
      over: .digest(opened.digest), program: session.gpgProgram(), now: session.surroundings.now)
    session.note("adopted \(name)")
    if opened.payload.provider != id, let objection = destinations.objection {
      Console.warning(objection.message, hint: objection.hints.first)
    }
  }
}
