public import ArgumentParser
import Glibc
public import KeyVault
import Secrets

struct Render: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Write an environment's keys as a .env file, JSON, a Kubernetes Secret, …",
    discussion: """
      keyvault writes nothing if a required key is missing or the format cannot carry a value. It leaves out a base \
      URL to which its key may not travel, with a warning. On a terminal, keys are masked.

      Example: keyvault render production --format dotenv -o .env
      """)

  @Argument(
    help: "Environments, whose variables are written together (default: KEYVAULT_ENV).",
    completion: .entries)
  var environments: [String] = []

  @Option(help: ArgumentHelp("Output format; --list-formats describes each.", valueName: "name"))
  var format: Dialect = .dotenv

  @Flag(help: "List the formats: what reads each, and what it cannot carry.")
  var listFormats = false

  @OptionGroup(title: "Kubernetes") var kubernetes: KubernetesOptions

  @OptionGroup(title: "Destination") var target: RenderTarget

  @OptionGroup(title: "Variables") var choice: ChoiceOptions

  @OptionGroup var options: CommonOptions

  func validate() throws {
    if target.check, format.isGitHub {
      throw ValidationError(
        "--check compares the whole file, and the format github only appends to one")
    }
  }

  func run(in session: Session) async throws {
    if listFormats {
      return try Console.output(Dialect.table(Console.style(session.surroundings)))
    }
    let dialect = try kubernetes.applied(to: format)
    let job = dialect.isGitHub ? try GitHubJob(session.surroundings, file: target.file) : nil
    let workspace = try session.workspaceToOpen()
    let environments = try session.environments(
      environments, in: workspace.repository, "to render", example: "render production")
    let isShown = target.file == nil && job == nil
    if isShown { try session.refuseLog(revealed: target.reveal, what: "the keys") }
    var action = RenderEnvironment(environments)
    action.choice = try choice.choice()
    action.keepsCache = try session.keepsCache
    let variables = try await action.run(in: workspace)
    if target.check { return try target.compare(variables, as: dialect) }
    if let job {
      try job.give(variables)
    } else if isShown, Console.isOutputTerminal, !target.reveal {
      let limit = workspace.repository.configuration.policy.preview
      try Console.output(try dialect.preview(of: variables, limit: limit))
      session.note("keys are masked on a terminal: -o FILE writes them, --reveal shows them")
    } else {
      let text = try dialect.text(of: variables)
      if isShown, session.surroundings.isCI, !Console.isOutputFile,
        text.withBytes({ JobCommand.isIn($0) })
      {
        throw Failure(
          .malformed, "a value of \(environments.joined(separator: ", ")) is not shown in a CI job",
          hints: [
            "a line that begins with '::', '##[', '##word[', or an escape is a command there; "
              + "write it to a file with -o FILE"
          ])
      }
      try target.write(text)
    }
    guard let output = target.file else { return }
    session.note("wrote \(output)")
    warnUnlessIgnored(output)
  }

  /// By the folder where the file is, whatever links led there: that one's work tree would take it.
  private func warnUnlessIgnored(_ path: String) {
    guard let real = realpath(path, nil) else { return }
    defer { free(real) }
    let file = String(cString: real)
    let folder = String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)])
    let git = Git(in: folder.isEmpty ? "/" : folder)
    guard git.isPresent else { return }
    switch git.run(["check-ignore", "-q", "--", file])?.status {
    case 0: return
    case 1:
      Console.warning("git does not ignore '\(path.printable)'", hint: "add it to .gitignore")
    default:
      Console.warning(
        "git does not say whether it ignores '\(path.printable)'",
        hint: "make sure yourself that no commit takes it")
    }
  }
}

extension Dialect: ExpressibleByArgument {
  public init?(argument: String) { self.init(named: argument) }

  public static var allValueStrings: [String] { allCases.map(\.name) }
  public var defaultValueDescription: String { name }
}
