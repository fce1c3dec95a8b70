import ArgumentParser
import KeyVault

struct Providers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "providers",
    abstract: "Show the catalogue of providers, add to it, and check it.",
    subcommands: [ListProviders.self, ShowProvider.self, NewProvider.self, CheckProvider.self],
    defaultSubcommand: ListProviders.self)
}

struct ListProviders: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List every provider.",
    discussion: "Example: keyvault providers ls --capability image-generation")

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, markdown
  }

  @Option(help: "List only providers with this capability.")
  var capability: String?

  @Option(help: "Output format.")
  var format: Format = .text

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let (all, failures) = try session.catalogue().all()
    for failure in failures { Console.warning(failure.message) }
    let providers = all.filter { capability.map($0.capabilities.contains) ?? true }
    guard !providers.isEmpty else {
      throw Failure(
        .nothingToDo, "no provider has the capability '\((capability ?? "").printable(limit: 80))'")
    }
    let listing = ProviderListing(providers)
    switch format {
    case .text: try Console.output(listing.text(Console.style(session.surroundings)))
    case .json: try Console.output(json(listing))
    case .markdown: try Console.output(listing.markdown())
    }
  }
}

struct ShowProvider: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one provider.",
    discussion: "Example: keyvault providers show openai")

  @Argument(help: "The provider's id, such as openai.")
  var id: String

  @Option(help: "Output format.")
  var format: ReportFormat = .text

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let provider = try session.provider(id)
    switch format {
    case .text:
      try Console.output(ProviderListing.Item(provider).text(Console.style(session.surroundings)))
    case .json: try Console.output(json(ProviderListing([provider])))
    }
  }
}
