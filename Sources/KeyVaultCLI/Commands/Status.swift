import ArgumentParser
import KeyVault

struct Status: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Report what is known of every key, without opening any.",
    discussion: """
      Verdicts are what providers last said on this machine, to test, add, rotate or import, or those \
      of --results. They are about a key, also where it was moved or encrypted again since.

      Exit status 0 once it could report; --fail-on says otherwise.

      Example: keyvault status production --fail-on unusable,missing,exposed,overdue
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, markdown
  }

  @Argument(help: "Environments or entries; everything if not said.", completion: .entries)
  var selection: [String] = []

  @Option(help: "text, json or markdown.")
  var format: Format = .text

  @Option(
    help: ArgumentHelp(
      "Take the verdicts from this JSON of 'keyvault test', such as a CI job's, instead of from this machine's history.",
      valueName: "file"),
    completion: .file())
  var results: String?

  @OptionGroup var narrowing: NarrowingOptions
  @OptionGroup var failing: FailOnOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let repository = try session.repository()
    let failOn = try failing.value ?? .nothing
    let selection = try narrowing.narrow(Selection(selection, in: repository), in: repository)
    guard narrowing.isEmpty || !selection.isEmpty else {
      throw Failure(
        .nothingToDo, "there is no such key", hints: ["'keyvault ls' shows every key"])
    }
    let now = session.surroundings.now
    let verdicts =
      try results.map { path throws in try TestReport(file: path).verdicts }
      ?? session.lastVerdicts(of: repository)
    let report = try StatusReport(of: selection, in: repository, verdicts: verdicts, now: now)
    switch format {
    case .text: try Console.output(report.text(Console.style(session.surroundings)))
    case .json: try Console.output(json(report))
    case .markdown: try Console.output(report.markdown())
    }
    if report.fails(on: failOn) { throw ExitCode(1) }
  }
}
