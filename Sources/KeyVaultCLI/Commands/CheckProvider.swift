import ArgumentParser
import GPG
import HTTP
import KeyVault

struct CheckProvider: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Prove that a provider's definition tells good keys from bad.",
    discussion: """
      Sends the definition's request with no key and with a bogus one; if either would be called \
      good, the endpoint proves nothing. An entry of the vault is the positive case. With --answers \
      nothing is sent: recorded answers must get the verdicts that they name.

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

  func run() async throws {
    let session = try Session(options)
    let provider = try session.provider(id)
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
    switch answers == nil ? report.conclusion : report.isGood ? .good : .findings {
    case .good: break
    case .findings: throw ExitCode(1)
    case .inconclusive: throw ExitCode(3)
    }
  }

  private func rows(
    _ provider: Provider, _ session: Session
  ) async throws -> [DefinitionReport.Row] {
    try gateway.check()
    let fields = try FieldArgument.parse(field, of: provider)
    let prober = Prober(
      client: try session.client(), catalogue: try session.catalogue(),
      policy: session.surroundings.policy)
    let rows = try await prober.check(
      provider, fields: Dictionary(fields.map { ($0.name, $0.value) }) { $1 },
      gateway: gateway.gateway)
    guard let entry else { return rows }
    let repository = try session.repository()
    let found = try repository.vault.entry(EntryName(entry))
    guard found.provider == provider.id else {
      throw Failure(.usage, "'\(found.name)' is a key of '\(found.provider)', not of '\(id)'")
    }
    let opened = try repository.vault.openBound(found, with: session.gpg())
    let own = repository.environmentGateway(of: found)
    let result = await prober.test(
      opened, gateway: gateway.gateway ?? own, now: session.surroundings.now)
    return rows + [result.asRow]
  }
}
