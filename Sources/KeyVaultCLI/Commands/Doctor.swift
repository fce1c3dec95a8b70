import ArgumentParser
import KeyVault

struct Doctor: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check what keyvault needs on this machine, and how to fix problems.",
    discussion: """
      --mend removes lines of .keyvault/ that this machine did not write, such as those of another \
      machine that uses the same folder. keyvault ignores these lines.

      Example: keyvault doctor --format json
      """)

  @Option(help: "Output format.")
  var format: ReportFormat = .text

  @Flag(help: "Remove lines of the repository's local state that this machine did not write.")
  var mend = false

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    if mend { try dropForeignLines(session) }
    let action = CheckSetup(
      of: session.surroundings.workingFolder, searchPath: session.surroundings.searchPath)
    let report = DoctorReport(
      action.run(on: session.host) { () throws(Failure) in try session.workspace() })
    switch format {
    case .text: try Console.output(report.text(Console.style(session.surroundings)))
    case .json: try Console.output(json(report))
    }
    if report.hasFailure { throw ExitCode(1) }
  }

  private func dropForeignLines(_ session: Session) throws {
    let count = try session.localState(of: session.repository()).dropForeignLines()
    session.note(
      count == 0 ? "nothing to fix" : "removed \(count) \(count == 1 ? "line" : "lines")")
  }
}
