import ArgumentParser
import KeyVault

struct Validate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check all that can be checked without a private key and without a network.",
    discussion: """
      Findings go to standard output. Exit status 1 if one is an error.

      Example: keyvault validate --format json
      """)

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  @Flag(help: "Warnings fail too.")
  var strict = false

  @OptionGroup var options: CommonOptions

  func run() async throws {
    let session = try Session(options)
    let root = try Repository.root(from: session.surroundings.workingFolder)
    let outcome = try Validator(root: root, now: session.surroundings.now).outcome()
    let report = FindingReport(outcome)
    switch format {
    case .text: try Console.output(report.text(Console.style(session.surroundings)))
    case .json: try Console.output(json(report))
    }
    session.note(outcome.summary)
    if report.errors > 0 || (strict && report.warnings > 0) { throw ExitCode(1) }
  }
}
