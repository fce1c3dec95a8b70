public import ArgumentParser
public import KeyVault

struct Render: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Write the keys of an environment in the form that a program reads.",
    discussion: """
      Nothing is written if a required key is missing or the form cannot carry a value.

      Example: keyvault render production --format dotenv -o .env
      """)

  @Argument(
    help: "Environments whose variables are written together; KEYVAULT_ENV if not said.",
    completion: .entries)
  var environments: [String] = []

  @Option(help: "dotenv, json or shell.")
  var format: Dialect = .dotenv

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write this file, readable by you alone.", valueName: "file"),
    completion: .file())
  var output: String?

  @Flag(help: "Print the keys to the log of a CI job too.")
  var reveal = false

  @OptionGroup(title: "Which variables") var choice: ChoiceOptions

  @OptionGroup var options: CommonOptions

  func run() async throws {
    let session = try Session(options)
    let repository = try session.repository()
    let environments = try session.environments(environments, in: repository, command: "render")
    if output == nil { try session.refuseLog(revealed: reveal, what: "the keys") }
    let gpg = try session.gpg()
    let variables = try await Rendering(
      repository: repository, policy: session.surroundings.policy,
      cache: session.cache(of: repository)
    )
    .variables(of: environments, choosing: choice.choice(), gpg: gpg) { opened in
      session.warn(opened.map { ($0.name.path, $0.doubts) })
    }
    let text = try format.text(of: variables)
    guard let output else { return try Console.output(text) }
    try OutputFile(output).write(text)
    session.note("wrote \(output)")
    try warnIfTracked(output, session)
  }

  private func warnIfTracked(_ path: String, _ session: Session) throws {
    let git = Git(in: session.surroundings.workingFolder)
    guard git.isPresent, git.run(["check-ignore", "-q", "--", path])?.status == 1 else { return }
    Console.warning("git does not ignore '\(path)'", hint: "add it to .gitignore")
  }
}

extension Dialect: ExpressibleByArgument {}
