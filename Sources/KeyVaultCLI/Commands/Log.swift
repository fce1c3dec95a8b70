import ArgumentParser
import KeyVault

struct Log: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract:
      "Show what happened to entries: changes from git history, and verdicts of this machine.",
    discussion: """
      One timeline, latest first, in UTC. A change is a commit that added, rotated, moved, described, \
      re-encrypted or removed an entry, with its author and the readers it gained or lost; an entry that was \
      moved or copied is followed to where it came from. Authors and times are what the commits claim. A verdict \
      is what a provider said to test, add, rotate or import on this machine; it follows a key that is moved or \
      re-encrypted. Recorded verdicts that this machine did not write are only counted. Nothing is decrypted.

      Example: keyvault log production/openai
      """)

  @Argument(
    help: "Environments or entries, which may be removed already (default: every entry).",
    completion: .entries)
  var selection: [String] = []

  @Flag(help: "Show verdicts, and changes only with --changes.")
  var verdicts = false

  @Flag(help: "Show changes, and verdicts only with --verdicts.")
  var changes = false

  @Option(help: "Output format.")
  var format: ReportFormat = .text

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let repository = try session.repository()
    let past =
      verdicts || !changes
      ? try session.history(of: repository).past(now: session.surroundings.now) : nil
    let timeline = try Timeline(
      of: selection, verdicts: past, changes: changes || !verdicts, in: repository,
      program: try? session.gpgProgram())
    switch format {
    case .text: try Console.output(timeline.text(Console.style(session.surroundings)))
    case .json: try Console.output(json(timeline))
    }
    if let obstacle = timeline.obstacle {
      session.remark(
        "no changes are shown: \(obstacle.message)", hint: "--verdicts shows verdicts only")
    }
  }
}
