import ArgumentParser
import KeyVault

struct List: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "List entries.",
    discussion: "Example: keyvault ls production --format json")

  @Argument(help: "Environments or entries (default: every entry).", completion: .entries)
  var selection: [String] = []

  @Option(help: "Output format.")
  var format: ReportFormat = .text

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let repository = try session.repository()
    let entries = try Selection(selection, in: repository).everything
    guard !entries.isEmpty else {
      throw Failure(
        .nothingToDo, "there is no entry", hints: ["run 'keyvault add production/openai'"])
    }
    switch format {
    case .text: try Console.output(entries.map { $0.name.path + "\n" }.joined())
    case .json: try Console.output(json(EntryListing(entries)))
    }
  }
}
