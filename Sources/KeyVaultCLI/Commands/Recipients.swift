import ArgumentParser
import KeyVault

struct Recipients: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipients",
    abstract: "Show and change who can read what, and list what a person could read.",
    subcommands: [
      ListRecipients.self, AddRecipient.self, RemoveRecipient.self, RefreshRecipients.self,
      RecipientExposure.self,
      // Hidden: spellings that were renamed.
      FormerRecipientDebt.self, FormerRecipientSign.self,
    ],
    defaultSubcommand: ListRecipients.self)
}

struct ListRecipients: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List the recipients of each folder.",
    discussion: """
      The state of each GPG key is one of: ready, expires soon, expired, weak, revoked, no encryption \
      subkey, bad file, no file. 'keyvault validate' gives details, and compares each entry's readers with its \
      folder's recipients.

      Example: keyvault recipients ls --folder production
      """)

  @OptionGroup var place: RecipientFolderOption

  @Option(help: "Output format.")
  var format: ReportFormat = .text

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let repository = try session.repository()
    let listing = try RecipientListing(
      of: repository, folder: place.existing(in: repository),
      program: session.gpgProgram(of: repository), now: session.surroundings.now)
    guard !listing.folders.isEmpty else {
      throw Failure(
        .nothingToDo, "the vault has no list of recipients, so it can have no readers",
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
    help: ArgumentHelp(
      "A folder in vault/, such as production (default: every list).", valueName: "folder"))
  var folder: String?

  /// nil if the option is not given. Throws if there is no such folder.
  func existing(in repository: Repository) throws -> String? {
    try folder.map { try repository.vault.existingFolder(named: $0) }
  }
}
