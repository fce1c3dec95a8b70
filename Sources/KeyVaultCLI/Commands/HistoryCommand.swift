import ArgumentParser
import KeyVault

struct HistoryCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Show past verdicts of this machine: changes, latency, availability.",
    discussion: """
      A line an entry; for a single entry also each change of its verdict.

      Example: keyvault history production/openai
      """)

  @Argument(help: "Environments or entries; everything if not said.", completion: .entries)
  var selection: [String] = []

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let repository = try session.repository()
    let past = try session.past(of: repository)
    let report = try HistoryReport(of: past, selection: selection, in: repository)
    guard !report.entries.isEmpty else {
      throw Failure(
        .nothingToDo, "nothing is remembered of it on this machine",
        hints: ["run 'keyvault test'"])
    }
    switch format {
    case .text: try Console.output(report.text(Console.style(session.surroundings)))
    case .json: try Console.output(json(report))
    }
  }
}
