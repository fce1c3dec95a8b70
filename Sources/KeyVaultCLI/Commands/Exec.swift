import ArgumentParser
import CProcess
import GPG
import Glibc
import KeyVault
import Machine
import Naming

struct Exec: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exec",
    abstract: "Run a command with an environment's keys in its environment variables.",
    discussion: """
      keyvault replaces itself with the command, which has its own signals, terminal and exit status. The \
      command's output is not filtered, so in CI it may still print a key to the log. --mask hides keys that \
      are printed by accident; it does not stop a hostile command.

      With --mask or --folder, keyvault stays beside the command, passes signals on, and returns its exit \
      status. --mask does not hide parts of a key, or encodings other than base64, URL and JSON.

      Exit status: the command's; 126 if it cannot be run, 127 if it cannot be found.

      Example: keyvault exec production -- ./server --port 8080
      """, aliases: ["run"])

  @Argument(help: "The environment (default: KEYVAULT_ENV).", completion: .entries)
  var environment: String?

  @Option(
    help: ArgumentHelp(
      "Also set AI_PROVIDER, AI_API_KEY and AI_BASE_URL, for the key that 'pick' prints for this capability.",
      valueName: "capability"),
    completion: .list(Capability.allCases.map(\.rawValue)))
  var pick: String?

  @Flag(
    help:
      "Drop inherited variables except PATH, HOME, TMPDIR and those for user, shell, terminal, language and time zone."
  )
  var clean = false

  @Flag(help: "Don't run the command if a variable is already set to another value.")
  var strict = false

  @Flag(help: "Hide the keys in the command's output.")
  var mask = false

  @Flag(help: "Pass each key as a file in memory whose path is in NAME_FILE, instead of in NAME.")
  var files = false

  @Flag(help: "Like --files, in a folder, for commands whose child processes open the files.")
  var folder = false

  @Argument(parsing: .postTerminator, help: "The command and its arguments, after '--'.")
  var command: [String] = []

  @OptionGroup(title: "Variables") var choice: ChoiceOptions

  @OptionGroup var options: CommonOptions

  func run() async throws {
    let program = try Program(command)
    // The session ends before the command starts: what it remembers is written down by then.
    let prepared = try await prepare()
    let variables = prepared.outcome.variables
    if strict { try ChildEnvironment.refuse(existing: variables) }
    // A process that masks stays anyway, and a folder serves more programs than a descriptor does.
    let keepsFolder = folder || files && (mask || !KeyFiles.canSeal)
    let place = keepsFolder ? try keyFolder(prepared.surroundings) : nil
    ThrowawayHomes.removeAll()
    StartingState.shared.restoreSearchPath()
    let environment = try childEnvironment(prepared, in: place)
    guard mask || place != nil else { try program.become(environment) }
    let hidden = mask ? variables.filter(\.isSecret) : nil
    try Supervisor(hiding: hidden, folder: place).run(program, environment)
  }

  /// What the command is given.
  private struct Prepared {
    let outcome: EquipProgram.Outcome
    let surroundings: Surroundings
  }

  private func prepare() async throws -> Prepared {
    let session = try Session(options)
    defer { session.end() }
    let workspace = try session.workspaceToOpen()
    let environment = try session.environments(
      [environment].compactMap(\.self), in: workspace.repository, "the command gets",
      example: "exec production -- COMMAND")[0]
    var action = EquipProgram(from: environment)
    action.capability = try pick.map { name throws(Failure) in try Capability(named: name) }
    action.rendering.choice = try choice.choice()
    action.rendering.keepsCache = try session.keepsCache
    action.isMasked = mask
    action.asFiles = files || folder
    if !clean { action.inherits = { getenv($0.text) != nil } }
    return Prepared(
      outcome: try await action.run(in: workspace), surroundings: session.surroundings)
  }

  private func keyFolder(_ surroundings: Surroundings) throws(Failure) -> ScratchFolder {
    let places = surroundings.scratchPlaces(allowsDisk: false).filter { kv_is_in_memory($0.path) }
    guard !places.isEmpty else {
      throw Failure(
        .cannotWrite,
        "no folder in memory: neither XDG_RUNTIME_DIR nor /dev/shm is a tmpfs that others cannot change",
        hints: ["give the command the keys in its variables, without --files and --folder"])
    }
    do throws(ScratchError) {
      let folder = try ScratchFolder(.files, in: places)
      Signals.atExit { folder.remove() }
      return folder
    } catch {
      let reason = String(cString: strerror(error.code))
      throw Failure(.cannotWrite, "cannot make a folder in '\(error.path)': \(reason)")
    }
  }

  private func childEnvironment(
    _ prepared: Prepared, in place: ScratchFolder?
  ) throws -> ChildEnvironment {
    let variables = prepared.outcome.variables
    let asFiles = files || folder
    var names = Set(names: variables.map(\.name))
    if asFiles { names.formUnion(try variables.filter(\.isSecret).map { try $0.fileName() }) }
    var environment = ChildEnvironment(
      isClean: clean, replacing: names.union(prepared.outcome.withheld))
    for variable in variables {
      guard asFiles, variable.isSecret else {
        try environment.add(variable)
        continue
      }
      let path =
        try place.map { try KeyFiles.written(variable, in: $0) } ?? KeyFiles.sealed(variable)
      environment.add(try variable.fileName(), path)
    }
    return environment
  }
}
