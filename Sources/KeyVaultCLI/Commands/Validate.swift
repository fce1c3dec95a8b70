import ArgumentParser
import KeyVault

struct Validate: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check the repository without a secret key and without a network.",
    discussion: """
      Findings go to standard output. Exit status 1 if one is an error. With --base, keyvault reviews the current \
      files as a change of that commit and applies that commit's policy: it also reports rolled-back entries, new \
      readers and loosened policies. --history also searches all local branches and tags for what the current \
      files cannot show: keys that former recipients could read, and copies of a key that was rotated only at its \
      source.

      Example: keyvault validate --base origin/main --format github
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, sarif, github, junit
  }

  @Option(help: "Output format.")
  var format: Format = .text

  @Option(
    help: ArgumentHelp(
      "Review the change since this commit, such as the target branch of a pull request.",
      valueName: "revision"))
  var base: String?

  @Flag(help: "Exit 1 on warnings too.")
  var strict = false

  @Flag(
    help: "Also search git history for keys that former recipients could read, and stale copies.")
  var history = false

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let root = try session.root()
    let outcome = try session.validator(root: root, base: base, readsHistory: history).outcome()
    let report = FindingReport(outcome)
    switch format {
    case .text: try Console.output(report.text(Console.style(session.surroundings)))
    case .json: try Console.output(json(report))
    case .sarif:
      let findings = session.fromWorkTree(report.findings, root: root)
      try Console.output(sarif(findings, toolVersion: keyvaultVersion))
    case .github:
      try Console.output(
        commands: githubAnnotations(session.fromWorkTree(report.findings, root: root)))
    case .junit: try Console.output(report.junit())
    }
    session.note(outcome.summary)
    if report.errors > 0 || (strict && report.warnings > 0) { throw ExitCode(1) }
  }
}
