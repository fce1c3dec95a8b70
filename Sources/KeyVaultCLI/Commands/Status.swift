import ArgumentParser
import KeyVault

struct Status: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Report what is known about every key, without decrypting any.",
    discussion: """
      Verdicts are what providers last said to test, add, rotate or import on this machine, or those of \
      --results. They follow a key that is moved or re-encrypted. The last line shows how often and how fast \
      providers answered here; --format json has these figures for each entry.

      Exit status 0 if it could report; --fail-on makes it fail.

      Example: keyvault status production --fail-on unusable,missing,exposed,overdue
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, markdown
  }

  @Argument(help: "Environments or entries (default: every entry).", completion: .entries)
  var selection: [String] = []

  @Option(help: "Output format.")
  var format: Format = .text

  @Option(
    help: ArgumentHelp(
      "Take the verdicts from this JSON output of 'keyvault test', such as a CI job's, instead of from this machine.",
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
    let past = results == nil ? try session.past(of: repository) : nil
    let verdicts =
      try results.map { path throws in try TestReport(file: path).verdicts }
      ?? past?.latest ?? LastVerdicts()
    let report = try StatusReport(
      of: selection, in: repository, verdicts: verdicts, past: past, now: now)
    switch format {
    case .text: try Console.output(report.text(Console.style(session.surroundings)))
    case .json: try Console.output(json(report))
    case .markdown: try Console.output(report.markdown())
    }
    if report.fails(on: failOn) { throw ExitCode(1) }
  }
}
