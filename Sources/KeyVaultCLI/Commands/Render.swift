public import ArgumentParser
import Glibc
public import KeyVault
import Secrets

struct Render: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Write the keys of an environment in the form that a program reads.",
    discussion: """
      Nothing is written if a required key is missing or the form cannot carry a value. A base URL to \
      which its key may not travel is left out, with a warning.

      Example: keyvault render production --format dotenv -o .env
      """)

  @Argument(
    help: "Environments whose variables are written together; KEYVAULT_ENV if not said.",
    completion: .entries)
  var environments: [String] = []

  @Option(help: ArgumentHelp("The form; --list-formats tells of each.", valueName: "name"))
  var format: Dialect = .dotenv

  @Flag(help: "Show who reads each form, and what it cannot carry.")
  var listFormats = false

  @OptionGroup(title: "Kubernetes") var kubernetes: KubernetesOptions

  @OptionGroup(title: "Where to") var target: RenderTarget

  @OptionGroup(title: "Which variables") var choice: ChoiceOptions

  @OptionGroup var options: CommonOptions

  func validate() throws {
    if target.check, format.isGitHub {
      throw ValidationError(
        "--check compares a file with all of its text, and github only adds to one")
    }
  }

  func run(in session: Session) async throws {
    if listFormats {
      return try Console.output(Dialect.table(Console.style(session.surroundings)))
    }
    let dialect = try kubernetes.applied(to: format)
    let job = dialect.isGitHub ? try GitHubJob(session.surroundings, file: target.file) : nil
    let repository = try session.repositoryToOpen()
    let gpg = try session.gpg()
    let environments = try session.environments(
      environments, in: repository, "to render", example: "render production")
    let isShown = target.file == nil && job == nil
    if isShown { try session.refuseLog(revealed: target.reveal, what: "the keys") }
    let rendering = Rendering(
      repository: repository, policy: try session.policy(),
      cache: try session.cache(of: repository))
    let variables = try await rendering.variables(
      of: environments, choosing: choice.choice(), gpg: gpg,
      look: { opened in
        session.warn(opened.map { ($0.name.path, $0.doubts) })
        session.warnOfDefinitions(rendering.distrusted(opened))
      },
      warn: { Console.warning($0.message, hint: $0.hints.first) })
    if target.check { return try target.compare(variables, as: dialect) }
    if let job {
      try job.give(variables)
    } else if isShown, Console.isOutputTerminal, !target.reveal {
      let limit = repository.configuration.policy.preview
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
