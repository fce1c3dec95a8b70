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
    let repository = try session.repositoryToChange()
    let names = try EntryName.distinct(entries)
    // One that is not there is said before any other is opened.
    for name in names { _ = try repository.vault.entry(name) }
    let adoptions = try names.map { try adopted($0, in: repository, session) }
    try repository.vault.store(adoptions.map(\.prepared))
    for (name, adoption) in zip(names, adoptions) {
      let source = adoption.left.map { ", with the sidecar of \($0)" } ?? ""
      session.note("adopted \(name)\(source)")
    }
    let changed = Set(names + adoptions.compactMap(\.leaving)).sorted()
    try commit.run(
      "keyvault: adopt \(names.map(\.path).joined(separator: ", "))", changed, in: repository,
      session)
  }

  /// What becomes of an entry.
  private struct Adoption {
    let prepared: Vault.Prepared
    /// The place whose sidecar comes along; nil where none does.
    let left: EntryName?
    /// The place from which the entry was moved; nil for any other.
    let leaving: EntryName?
  }

  /// What is to be written; what can be refused is refused here.
  private func adopted(
    _ name: EntryName, in repository: Repository, _ session: Session
  ) throws -> Adoption {
    let vault = repository.vault
    let entry = try vault.entry(name)
    let opened = try vault.open(entry, requiring: .anywhere, with: session.gpg())
    let origin = vault.origin(of: opened)
    if let origin {
      guard origin == from else {
        throw Failure(
          .malformed,
          origin == name.path
            ? "'\(name)' was encrypted for another repository"
            : "'\(name)' holds the key of '\(origin.printable(limit: 120))'",
          hints: [
            "if it was moved on purpose: "
              + "\(Shell("keyvault adopt \(name) --from \(origin)"))"
          ])
      }
      Console.note("\(origin): \(try vault.readers(of: origin).joined(separator: ", "))")
      Console.note("\(name): \(try vault.readers(of: name.path).joined(separator: ", "))")
    }
    try checkForm(of: opened)
    let id = try provider ?? opened.payload.provider ?? entry.providerByName(or: "adopt")
    guard let definition = try repository.catalogue.provider(id) else {
      throw Failure(
        .usage, "no provider '\(id.printable(limit: 80))' is known", hints: ["say --provider ID"])
    }
    try checkKey(of: opened, for: definition)
    let destinations = try session.policy().destinations(of: definition, gateway: nil)
    let left = try vault.sidecarLeft(behind: opened, with: session.gpg())
    let new = try opened.rebound(
      to: definition, hosts: destinations.hosts,
      preview: repository.configuration.policy.preview, after: vault.lastSerial(of: name),
      as: left, isVouched: session.vouches(for: opened, as: id, in: repository))
    let prepared = try vault.prepare(
      new, taking: left, over: .digest(opened.digest), program: session.gpgProgram(),
      now: session.surroundings.now)
    if opened.payload.provider != id, let objection = destinations.objection {
      Console.warning(objection.message, hint: objection.hints.first)
    }
    let leaving = origin.flatMap { try? EntryName($0) }.flatMap { place in
      vault.digest(of: place) == nil ? place : nil
    }
    return Adoption(prepared: prepared, left: left?.origin, leaving: leaving)
  }

  /// Throws where an entry of keyvault could not hold all of it.
  private func checkForm(of opened: OpenedEntry) throws {
    let name = opened.name
    let edit = Shell("pass edit \(name)")
    if let objection = opened.payload.layoutObjection {
      throw Failure(
        .malformed, "'\(name)' has another form than an entry: \(objection)",
        hints: ["nothing was changed; write the key alone on the first line: \(edit)"])
    }
    if let fault = opened.payload.fault {
      throw Failure(
        .malformed, "'\(name)' holds what an entry cannot: \(fault)",
        hints: ["nothing was changed; make it 'note: …', or remove it: \(edit)"])
    }
    if let objection = opened.payload.withKey(KeyText.objection) {
      throw Failure(
        .malformed, "'\(name)' holds what cannot be a key: \(objection)",
        hints: opened.payload.withKey { KeyText.hints(for: $0) })
    }
  }

  /// Throws where the key of another provider, or no key at all, would be bound.
  private func checkKey(of opened: OpenedEntry, for definition: Provider) throws {
    guard !force, !opened.payload.isBound || opened.payload.provider != definition.id,
      let objection = opened.payload.withKey({ definition.objection(to: $0) })
    else { return }
    throw Failure(
      .findings, "'\(opened.name)': \(objection)",
      hints: ["nothing was changed; --provider ID names another provider, --force binds it anyway"])
  }
}
