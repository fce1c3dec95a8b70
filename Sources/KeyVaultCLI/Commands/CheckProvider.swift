import ArgumentParser
import GPG
import HTTP
import KeyVault

struct CheckProvider: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check that a provider file distinguishes good keys from bad ones.",
    discussion: """
      Sends the file's request with no key and with a bogus key. If either counts as valid, the endpoint \
      proves nothing. Name an entry to check that its good key counts as valid. With --answers, nothing is \
      sent: recorded answers must get the verdicts that they name. Exit status 1 if a check fails, 3 if an \
      answer is inconclusive.

      Example: keyvault providers check openai production/openai
      """)

  @Argument(help: "The provider's id, such as openai.")
  var id: String

  @Argument(help: "An entry with a good key.", completion: .entries)
  var entry: String?

  @Option(
    help: ArgumentHelp(
      "Check the recorded answers in this folder, and send nothing.", valueName: "folder"),
    completion: .directory)
  var answers: String?

  @Option(
    help: ArgumentHelp(
      "An additional field of the credential, such as resource=NAME (repeatable).",
      valueName: "name=value"))
  var field: [String] = []

  @OptionGroup var gateway: GatewayOption

  @Option(help: "Output format.")
  var format: ReportFormat = .text

  @OptionGroup var options: CommonOptions

  func validate() throws {
    if answers != nil, entry != nil || !field.isEmpty || gateway.gateway != nil {
      throw ValidationError("--answers sends nothing, so it takes no entry, --field or --gateway")
    }
  }

  func run(in session: Session) async throws {
    let provider = try session.provider(id)
    if let workspace = try? session.workspace() { try workspace.warnOfNames(of: provider) }
    let rows =
      if let answers {
        try provider.judgeRecorded(in: answers)
      } else {
        try await rows(provider, session)
      }
    guard !rows.isEmpty else {
      throw Failure(
        .nothingToDo, "there is no answer in '\((answers ?? "").printable(limit: 200))'")
    }
    let report = DefinitionReport(provider: provider.id, rows: rows)
    switch format {
    case .text: try Console.output(report.text(Console.style(session.surroundings)))
    case .json: try Console.output(json(report))
    }
    switch report.outcome {
    case .ok: break
    case .wrong: throw ExitCode(1)
    case .unclear: throw ExitCode(3)
    }
  }

  private func rows(
    _ provider: Provider, _ session: Session
  ) async throws -> [DefinitionReport.Row] {
    let fields = try FieldArgument.parse(field, of: provider)
    guard let entry else {
      // Of a repository, which knows whether its files are signed.
      let catalogue = try (try? session.repository())?.catalogue ?? session.catalogue()
      let prober = Prober(
        client: try session.client(), catalogue: catalogue,
        policy: try gateway.policy(session))
      return try await prober.check(provider, fields: fields, gateway: gateway.gateway)
    }
    var action = CheckDefinition(provider, with: try EntryName(entry))
    action.fields = fields
    action.gateway = gateway.gateway
    return try await action.run(in: session.workspace())
  }
}
