import ArgumentParser
import GPG
import HTTP
import KeyVault

struct CheckProvider: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Prove that a provider's definition tells good keys from bad.",
    discussion: """
      Sends the definition's request with no key and with a bogus one; if either would be called \
      good, the endpoint proves nothing. An entry of the vault is the positive case. With --answers \
      nothing is sent: recorded answers must get the verdicts that they name. Exit status 1 if \
      something is wrong, 3 if an answer says nothing either way.

      Example: keyvault providers check openai production/openai
      """)

  @Argument(help: "Such as openai.")
  var id: String

  @Argument(help: "An entry whose key is good.", completion: .entries)
  var entry: String?

  @Option(
    help: ArgumentHelp("Judge the recorded answers in this folder.", valueName: "folder"),
    completion: .directory)
  var answers: String?

  @Option(help: ArgumentHelp("A further part of the credential.", valueName: "name=value"))
  var field: [String] = []

  @OptionGroup var gateway: GatewayOption

  @Option(help: "text or json.")
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
