import ArgumentParser
import KeyVault
import Naming

struct Show: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show everything about an entry except the key.",
    discussion: "Example: keyvault show production/openai")

  @Argument(help: "The entry, such as production/openai.", completion: .entries)
  var entry: String

  @Option(help: "Output format.")
  var format: ReportFormat = .text

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let repository = try session.repository()
    let entry = try repository.vault.entry(EntryName(entry))
    if let objection = entry.objection {
      Console.warning(objection.message, hint: objection.hints.first)
    }
    session.warnOfSignature(entry, in: repository)
    try session.warnIfPutBack(entry, in: repository)
    let now = session.surroundings.now
    let verdicts = try session.lastVerdicts(of: repository)
    let details = try EntryDetails(
      of: entry, in: repository, verdicts: verdicts,
      program: try? session.gpgProgram(of: repository))
    switch format {
    case .text: try Console.output(details.text(Console.style(session.surroundings), now: now))
    case .json: try Console.output(json(details))
    }
  }
}
