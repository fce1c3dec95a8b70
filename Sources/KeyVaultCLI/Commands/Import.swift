import ArgumentParser
import GPG
import KeyVault
import Naming
import Secrets

struct Import: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take over keys from a .env file, the environment or a password store.",
    discussion: """
      Whose a key is, its variable's name says, or else its form. What is no key is left out, and \
      what may be anybody's is asked for on a terminal, or left out with exit status 1. All keys are \
      stored together, after their providers were asked whether they work.

      Nothing is expanded or run. A line that parsers of .env files read differently is told, and not \
      imported. A host that only the repository names gets no key unless KEYVAULT_ALLOW_HOSTS or your \
      answer on the terminal allows it.

      Example: keyvault import production --from .env --dry-run
      """)

  @Argument(help: "Where they go, such as production.", completion: .entries)
  var environment: String

  @Option(
    help: ArgumentHelp(
      "A file of NAME=value lines, '-' for standard input, 'env' for the environment, or 'pass:PATH' "
        + "for an entry or folder of a password store.", valueName: "source"),
    completion: .file())
  var from: String?

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("Whose key a variable is.", valueName: "variable=provider"))
  var answers: [String] = []

  @Option(help: ArgumentHelp("Leave this variable out.", valueName: "variable"))
  var except: [String] = []

  @Flag(help: "Say what would be stored; send and write nothing.")
  var dryRun = false

  @Option(help: "Who answers for the keys; your git e-mail address if not said.")
  var owner: String?

  @Flag(help: "Do not ask the providers.")
  var noTest = false

  @Flag(help: "Store keys although a check objects, or replace existing entries.")
  var force = false

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run() async throws {
    guard let from else {
      throw Failure(
        .usage, "say where the keys are",
        hints: ["--from .env, --from - for standard input, --from env, or --from pass:PATH"])
    }
    let source = ImportSource(from)
    let answers = try self.answers.map { text throws(Failure) in try Self.answer(text) }
    let session = try Session(options)
    defer { session.end() }
    // A name for all entries to come.
    _ = try EntryName(environment)
    let read = try source.read(session)
    let plan = try plan(
      of: read.variables, Dictionary(answers.map { (Name($0.0), $0.1) }) { $1 }, source,
      session.repository(), session)

    let repository = try session.repositoryToChange()
    let newFolder =
      plan.keys.isEmpty || dryRun
      ? nil : try session.settle(folder: environment, in: repository)
    var report = ImportReport(
      of: plan, faults: read.faults, to: environment, from: source.name)
    let run = ImportRun(
      intake: KeyIntake(session: session, repository: repository, isForced: force),
      owner: owner, asksProviders: !noTest, isDry: dryRun)
    let stored = try await run.store(plan.keys, into: &report)
    report.sort()
    if !dryRun { report.remains = source.remains(after: report, read, plan) }
    switch format {
    case .text:
      try Console.output(
        report.text(
          Console.style(session.surroundings), namesSkipped: source.isListed || options.verbose))
    case .json: try Console.output(json(report))
    }
    if !stored.isEmpty { session.tell(newFolder) }
    for remark in report.remains { session.note(remark) }
    if !stored.isEmpty {
      try commit.run(
        "keyvault: import \(stored.map(\.path).joined(separator: ", "))", stored, in: repository,
        session)
    }
    if report.hasFindings { throw ExitCode(1) }
    guard !report.keys.isEmpty else {
      throw Failure(
        .nothingToDo, "no key of a known provider is in \(source.name.printable(limit: 200))",
        hints: ["--as VARIABLE=PROVIDER says whose a key is"])
    }
  }

  /// What becomes of each variable, with the answers of a person where one can be asked.
  private func plan(
    of variables: [FoundVariable], _ answers: [Name: String], _ source: ImportSource,
    _ repository: Repository, _ session: Session
  ) throws -> ImportPlan {
    func plan(
      _ answers: [Name: String], in repository: Repository
    ) throws(Failure) -> ImportPlan {
      try ImportPlan(
        of: variables, answers: answers, excluded: Set(names: except), to: environment,
        in: repository, policy: session.policy())
    }
    // What this machine remembers is read with git, which must not see the keys: what may be one is told, and
    // hidden, without it.
    var forgetful = repository
    forgetful.memory = nil
    source.hide(try plan(answers, in: forgetful))

    let first = try plan(answers, in: repository)
    guard !dryRun, source.leavesInput, Console.isInputTerminal, Console.isErrorTerminal else {
      return first
    }
    var answers = answers
    for ambiguity in first.ambiguities {
      answers[ambiguity.found.name] = try Self.ask(ambiguity, among: repository.catalogue.ids)
    }
    let second = try plan(answers, in: repository)
    for name in second.unlisted {
      guard let refusal = try repository.refusal(ofVariable: name) else { continue }
      _ = try session.permits(name, refusal, in: repository)
    }
    return second.unlisted.isEmpty ? second : try plan(answers, in: repository)
  }

  private static func ask(
    _ ambiguity: ImportPlan.Ambiguity, among ids: [String]
  ) throws -> String? {
    Console.note(
      "\(ambiguity.found.shown) may be a key of \(ambiguity.candidates.joined(separator: ", ")): "
        + ambiguity.reason)
    if ambiguity.candidates.count == 1 {
      return try Question.confirm("is it?") ? ambiguity.candidates[0] : nil
    }
    while true {
      let answer = try Question.ask("whose is it? [leave it out]")
      if answer.isEmpty { return nil }
      if ids.contains(answer) { return answer }
      Console.note("no provider '\(answer.printable(limit: 80))' is known")
    }
  }

  private static func answer(_ text: String) throws(Failure) -> (String, String) {
    guard let equals = text.lastIndex(of: "="), equals != text.startIndex else {
      throw Failure(.usage, "--as takes VARIABLE=PROVIDER, such as MY_KEY=openai")
    }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }
}
