import ArgumentParser
import KeyVault
import Naming

struct Import: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Import keys from a .env file, the environment or a password store.",
    discussion: """
      Providers are recognised by variable name, then by key format. Anything else is skipped; ambiguous \
      keys are prompted for on a terminal, or skipped with exit status 1. Keys are verified first and \
      stored in one change.

      Nothing is expanded or run. A line that .env parsers read differently is reported and not \
      imported. A host that only the repository names gets no key unless KEYVAULT_ALLOW_HOSTS or your \
      answer on the terminal allows it; --force does not.

      Example: keyvault import production --from .env --dry-run
      """)

  @Argument(help: "Environment of the new entries, such as production.", completion: .entries)
  var environment: String

  @Option(
    help: ArgumentHelp(
      "A file of NAME=value lines, '-' for standard input, 'env' for the environment, or 'pass:PATH' "
        + "for an entry or folder of a password store.", valueName: "source"),
    completion: .file())
  var from: String?

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Provider of a variable's key (repeatable).", valueName: "variable=provider"))
  var answers: [String] = []

  @Option(help: ArgumentHelp("Leave this variable out (repeatable).", valueName: "variable"))
  var except: [String] = []

  @Flag(help: "Show what would be stored; send and write nothing.")
  var dryRun = false

  @Option(help: "Owner of the keys (default: your git email).")
  var owner: String?

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  @OptionGroup var replacing: ReplaceOption
  @OptionGroup var checks: KeyCheckOptions
  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run() async throws {
    guard let from else {
      throw Failure(
        .usage, "specify where the keys are",
        hints: ["--from .env, --from - for standard input, --from env, or --from pass:PATH"])
    }
    let source = ImportSource(from)
    let answers = try self.answers.map { text throws(Failure) in try Self.answer(text) }
    let session = try Session(options)
    defer { session.end() }
    // A name for all entries to come.
    _ = try EntryName(environment)
    let read = try source.read(session)
    var action = ImportKeys(read.variables, to: environment)
    action.answers = Dictionary(answers.map { (Name($0.0), $0.1) }) { $1 }
    action.excluded = Set(names: except)
    action.replaces = replacing.replaces(checks)
    action.checks = checks.checks(in: session)
    action.isDry = dryRun
    action.isAttended = source.leavesInput
    let plan = try action.plan(in: session.workspace(), hide: source.hide)
    // git is asked once it cannot see the keys.
    action.owner = owner ?? (dryRun ? nil : session.gitAddress)
    let workspace = try session.workspaceToChange()
    let outcome = try await action.run(plan, in: workspace)
    session.tell(unrecorded: outcome.unrecorded, in: workspace)
    replacing.tell(checks, replaced: outcome.hasReplaced, in: session)
    var report = ImportReport(
      of: plan, outcome, faults: read.faults, to: environment, from: source.name)
    if !dryRun { report.remains = source.remains(after: report, read, plan) }
    try show(report, source, session)
    let stored = outcome.stored
    if !stored.isEmpty {
      try commit.run(
        "keyvault: import \(stored.map(\.path).joined(separator: ", "))", stored, in: session)
    }
    if report.hasFindings { throw ExitCode(1) }
    guard !report.keys.isEmpty else {
      throw Failure(
        .nothingToDo, "no key of a known provider is in \(source.name.printable(limit: 200))",
        hints: ["--as VARIABLE=PROVIDER specifies the provider of a variable's key"])
    }
  }

  private func show(
    _ report: ImportReport, _ source: ImportSource, _ session: Session
  ) throws {
    switch format {
    case .text:
      try Console.output(
        report.text(
          Console.style(session.surroundings), namesSkipped: source.isListed || options.verbose))
    case .json: try Console.output(json(report))
    }
    for remark in report.remains { session.note(remark) }
  }

  private static func answer(_ text: String) throws(Failure) -> (String, String) {
    guard let equals = text.lastIndex(of: "="), equals != text.startIndex else {
      throw Failure(.usage, "invalid --as: expected VARIABLE=PROVIDER, such as MY_KEY=openai")
    }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }
}
