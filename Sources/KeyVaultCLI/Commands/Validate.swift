import ArgumentParser
import KeyVault

struct Validate: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check all that can be checked without a private key and without a network.",
    discussion: """
      Findings go to standard output. Exit status 1 if one is an error. With --base, what lies here is \
      a change of that commit, whose policy counts: an entry that was rolled back, a reader who is new, \
      a policy that was loosened are findings. --history also looks through all local branches and tags, \
      for what no file of today tells: readers who are gone and could read a key, and copies of a key that \
      was rotated where it was copied from.

      Example: keyvault validate --base origin/main --format github
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, sarif, github, junit
  }

  @Option(help: "text, json, sarif, github or junit.")
  var format: Format = .text

  @Option(
    help: ArgumentHelp(
      "Compare with this commit, the branch that a pull request is to be merged into.",
      valueName: "revision"))
  var base: String?

  @Flag(help: "Warnings fail too.")
  var strict = false

  @Flag(
    help:
      "Also look through git's history: who could read a key and is gone, and which copies are stale."
  )
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
