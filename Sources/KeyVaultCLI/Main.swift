import ArgumentParser
import CProcess
import GPG
import Glibc
import KeyVault
import Naming

/// The only place that exits.
@main
enum Main {
  static func main() async {
    // Room that each thread's heap has from the start: to grow it by a few pages is a call, hundreds of times.
    mallopt(M_TOP_PAD, 1 << 20)
    StartingState.take()
    StartingState.shared.forbidCore()
    StartingState.shared.secureSearchPath()
    Console.holdStreams()
    SecretVariable.takeAll()
    _ = Surroundings.startingFolder
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments == ["--version"] {
      // Scripts ask often; the parser alone would double the time.
      try? Console.output(KeyVaultCommand.configuration.version + "\n")
      exit(0)
    }
    do throws(Failure) {
      try Signals.install()
    } catch {
      Console.report(error)
      exit(error.kind.exitStatus)
    }
    TerminalState.take()

    // pinentry must find the terminal; gpg asks for this variable and has it set by no shell.
    if getenv("GPG_TTY") == nil, let terminal = ttyname(0) { setenv("GPG_TTY", terminal, 1) }

    if let name = arguments.first, openers.contains(name), let path = getenv("PATH") {
      // While the arguments are parsed.
      GPG.prepare(searchPath: String(cString: path))
    }
    let status = await run(arguments)
    Signals.waitIfEnding()
    ThrowawayHomes.removeAll()
    if GPG.wasCancelled { TerminalState.restore() }
    // Where pinentry reads Ctrl-C itself, no signal comes.
    exit(GPG.wasCancelled ? 128 + SIGINT : status)
  }

  /// Commands that open entries, and that a person waits for; others ask providers, or write.
  private static let openers: Set<Name> = ["exec", "run", "get", "render"]

  /// Parses, runs, and reports what went wrong; the exit status.
  private static func run(_ arguments: [String]) async -> Int32 {
    do {
      try checkArguments()
      var command = try KeyVaultCommand.parseAsRoot(try enterFolder(arguments))
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return 0
    } catch {
      Signals.waitIfEnding()
      return report(error, arguments: arguments)
    }
  }

  private static func report(_ error: any Error, arguments: [String]) -> Int32 {
    switch error {
    case let failure as Failure:
      Console.report(failure)
      return failure.kind.exitStatus
    case let error as FileError:
      Console.report(error.failure)
      return error.failure.kind.exitStatus
    case let code as ExitCode: return code.rawValue
    default: return reportUsage(error, arguments: arguments)
    }
  }

  /// Refuses an argument that is not UTF-8: repaired, it could be the name of another file. What follows `--`
  /// is for the command that `exec` runs, which gets the bytes unchanged.
  private static func checkArguments() throws(Failure) {
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let argument = CommandLine.unsafeArgv[index], strcmp(argument, "--") != 0 else {
        return
      }
      guard String(validatingCString: argument) != nil else {
        throw Failure(.usage, "argument \(index) is not UTF-8: expected a name or path in UTF-8")
      }
    }
  }

  /// `-C DIR` before the subcommand, as git has it; several add up.
  private static func enterFolder(_ arguments: [String]) throws(Failure) -> [String] {
    var rest = arguments[...]
    while rest.first == "-C" {
      guard let folder = rest.dropFirst().first else {
        throw Failure(.usage, "-C needs a folder")
      }
      guard chdir(folder) == 0 else { throw Failure(.notFound, "no such folder '\(folder)'") }
      rest = rest.dropFirst(2)
    }
    return Array(rest)
  }

  /// What the parser says: help and versions are results, the rest is usage.
  private static func reportUsage(_ error: any Error, arguments: [String]) -> Int32 {
    if KeyVaultCommand.exitCode(for: error).rawValue == 0 {
      // A reader that went away has read enough of the help.
      try? Console.output(KeyVaultCommand.fullMessage(for: error) + "\n")
      return 0
    }
    let names = KeyVaultCommand.configuration.subcommands
      .flatMap { [$0._commandName] + $0.configuration.aliases }
    let first = arguments.first ?? ""
    guard first.hasPrefix("-") || first.isEmpty || names.contains(first) else {
      Console.report(unknownCommand(first))
      return Failure.Kind.usage.exitStatus
    }
    let lines = usage(error, arguments: arguments).withoutKeys.split(separator: "\n")
      .map(String.init)
    Console.note("keyvault: error: " + (lines.first ?? "invalid arguments").lowercasedFirst)
    for line in lines.dropFirst() { Console.note(line) }
    let help =
      names.contains(first) ? Shell("keyvault help \(first)").description : "keyvault --help"
    Console.note("keyvault: hint: see '\(help)'")
    return Failure.Kind.usage.exitStatus
  }

  /// What the parser says of the arguments, on lines of its own. Arguments with control characters are
  /// parsed once more with these escaped, so that no argument begins a line.
  private static func usage(_ error: any Error, arguments: [String]) -> String {
    let shown = arguments.map(\.printable)
    var message: String
    if shown == arguments {
      message = KeyVaultCommand.message(for: error)
    } else {
      do {
        _ = try KeyVaultCommand.parseAsRoot(shown)
        message = KeyVaultCommand.message(for: error).printable
      } catch {
        message = KeyVaultCommand.message(for: error)
      }
    }
    if message.hasSuffix(".") { message.removeLast() }
    return message
  }

  private static func unknownCommand(_ name: String) -> Failure {
    let names = KeyVaultCommand.configuration.subcommands
      .filter { $0.configuration.shouldDisplay }.map { $0._commandName }
    let close = Suggestion.closest(to: name, among: names).map { "did you mean '\($0)'?" }
    return Failure(
      .usage, "unknown command '\(name.printable(limit: 80))'",
      hints: [close ?? "'keyvault --help' shows every command"])
  }
}

extension String {
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + String(dropFirst()) }
}

extension Failure.Kind {
  /// Documented, never renumbered.
  var exitStatus: Int32 {
    switch self {
    case .findings: 1
    case .nothingToDo: 2
    case .inconclusive: 3
    case .usage: 64
    case .malformed: 65
    case .notFound: 66
    case .programMissing: 69
    case .cannotWrite: 73
    case .io: 74
    case .locked: 77
    }
  }
}
