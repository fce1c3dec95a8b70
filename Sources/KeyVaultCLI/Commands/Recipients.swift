import ArgumentParser
import KeyVault

struct Recipients: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipients",
    abstract: "Who can read what, and who could: list, add, remove, refresh, sign, debt.",
    subcommands: [
      ListRecipients.self, AddRecipient.self, RemoveRecipient.self, RefreshRecipients.self,
      SignRecipients.self,
      RecipientDebt.self,
    ],
    defaultSubcommand: ListRecipients.self)
}

struct ListRecipients: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List the recipients of each folder.",
    discussion: """
      What a key is worth today: ready, expires soon, expired, weak, revoked, no encryption subkey, \
      bad file, no file. 'keyvault validate' says more, and what each entry's readers are.

      Example: keyvault recipients ls --folder production
      """)

  @OptionGroup var place: RecipientFolderOption

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let repository = try session.repository()
    let listing = try RecipientListing(
      of: repository, folder: place.existing(in: repository),
      program: session.gpgProgram(of: repository), now: session.surroundings.now)
    guard !listing.folders.isEmpty else {
      throw Failure(
        .nothingToDo, "nobody can read the vault: it has no list of recipients",
        hints: ["run 'keyvault recipients add FINGERPRINT'"])
    }
    switch format {
    case .text: try Console.output(listing.text(Console.style(session.surroundings)))
    case .json: try Console.output(json(listing))
    }
  }
}

/// `--folder`, of the commands about recipients.
struct RecipientFolderOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("A folder below vault/, such as production.", valueName: "folder"))
  var folder: String?

  /// nil if none was said. Throws if there is no such folder.
  func existing(in repository: Repository) throws -> String? {
    try folder.map { try repository.vault.existingFolder(named: $0) }
  }
}
