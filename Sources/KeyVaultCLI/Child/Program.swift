import ArgumentParser
import CProcess
import Glibc
import KeyVault
import Secrets

/// A program with its arguments, found as execvp(3) finds it.
struct Program {
  private let arguments: [String]

  init(_ arguments: [String]) throws(Failure) {
    guard let name = arguments.first, !name.isEmpty else {
      throw Failure(
        .usage, "name the command to run after '--'",
        hints: ["keyvault exec production -- ./server"])
    }
    self.arguments = arguments
  }

  /// Becomes the program: the process stays the same for its parent. Returns only by
  /// throwing.
  func become(_ environment: consuming ChildEnvironment) throws -> Never {
    let arguments = pointers
    let code = environment.withPointers { variables, _ in
      var program = StartingState.shared.program(arguments, variables)
      return kv_become(&program)
    }
    signal(SIGPIPE, SIG_IGN)
    throw refusal(code)
  }

  /// Starts it beside this process, in the session of `terminal` if there is one; its process to wait
  /// for. A stream that is nil stays unchanged.
  func start(
    _ environment: consuming ChildEnvironment, terminal: Int32? = nil, input: Int32? = nil,
    output: Int32? = nil, errors: Int32? = nil
  ) throws -> pid_t {
    var code: Int32 = 0
    let arguments = pointers
    let child = environment.withPointers { variables, keys in
      var companion = kv_companion(
        program: StartingState.shared.program(arguments, variables), terminal: terminal ?? -1,
        streams: (input ?? -1, output ?? -1, errors ?? -1),
        keys: UnsafeMutableRawPointer(mutating: keys.baseAddress), keys_size: keys.count)
      return kv_start(&companion, &code)
    }
    guard child > 0 else { throw refusal(code) }
    return child
  }

  /// The arguments as execve(2) takes them, for the rest of this process's life.
  private var pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
      capacity: arguments.count + 1)
    // The program's own arguments are the last ones of ours. Those that are not UTF-8 keep their bytes.
    let first = Int(CommandLine.argc) - arguments.count
    for (index, argument) in arguments.enumerated() {
      let original = first > 0 ? CommandLine.unsafeArgv[first + index] : nil
      let isSame = original.map { String(cString: $0) == argument } ?? false
      pointers[index] = isSame ? original : strdup(argument)
    }
    pointers[arguments.count] = nil
    return pointers
  }

  /// What shells and env(1) say of a command that does not start.
  private func refusal(_ code: Int32) -> ExitCode {
    let name = arguments[0].printable(limit: 200)
    switch code {
    case ENOENT:
      let hint =
        name.contains("/")
        ? "is it there, and the program that its first line names?"
        : "is it in a folder of PATH?"
      Console.report(Failure(.notFound, "no command '\(name)'", hints: [hint]))
      return ExitCode(127)
    case E2BIG:
      Console.report(
        Failure(
          .io, "cannot run '\(name)': its arguments and variables are too long",
          hints: ["'--files' keeps the keys out of the variables"]))
    default:
      Console.report(Failure(.io, "cannot run '\(name)': \(String(cString: strerror(code)))"))
    }
    return ExitCode(126)
  }
}
