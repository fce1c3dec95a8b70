internal import Glibc

/// git, through one function, which runs nothing that the repository's own configuration names: see
/// ``GitInvocation``.
public struct Git: Sendable {
  let folder: String

  /// For the work tree that `folder` (absolute) lies in.
  public init(in folder: String) {
    self.folder = folder
  }

  /// Whether `folder` or one above it is a git work tree.
  public var isPresent: Bool { topFolder != nil }

  /// The exit status and what git wrote to its standard output; nil if git is not installed. `input`
  /// is what git reads.
  public func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
  ) -> (status: Int32, output: [UInt8])? {
    answer(arguments, input: input, environment: environment).map { ($0.status, $0.output) }
  }

  /// The same with what git wrote to its standard error.
  func answer(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
  ) -> Answer? {
    guard let program = GitInvocation.program else { return nil }
    return Process.answer(
      of: program, GitInvocation.arguments(arguments, in: folder), input: input,
      environment: environment.merging(GitInvocation.environment) { $1 })
  }

  /// One line of output of a command that succeeded; nil otherwise.
  public func line(_ arguments: [String], environment: [String: String] = [:]) -> String? {
    guard let (status, output) = run(arguments, environment: environment), status == 0 else {
      return nil
    }
    let text = String(decoding: output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    return text.isEmpty ? nil : text
  }
}

extension Git {
  /// The folder below the top of its work tree: empty, or with a slash at the end. nil if it is in none.
  public var prefix: String? {
    guard isPresent, let (status, output) = run(["rev-parse", "--show-prefix"]), status == 0 else {
      return nil
    }
    return String(decoding: output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// Whether all commits and their objects are here: the clone is neither shallow nor partial.
  var isWhole: Bool {
    guard line(["rev-parse", "--is-shallow-repository"]) == "false" else { return false }
    return run(["config", "--get-regexp", #"^remote\..*\.promisor$"#])?.output.isEmpty != false
  }
}

/// A child process whose output is read whole.
private enum Process {
  /// `program` is an absolute path; `changed` are variables that replace the caller's.
  static func answer(
    of program: String, _ arguments: [String], input: [UInt8], environment changed: [String: String]
  ) -> Git.Answer? {
    // A file, not a pipe: whoever writes all its input before it reads would wait for ever.
    guard let file = input.isEmpty ? fopen("/dev/null", "r") : filled(input) else { return nil }
    defer { fclose(file) }
    // A file, too: a pipe that is read after the other one could fill up.
    guard let errors = tmpfile() else { return nil }
    defer { fclose(errors) }
    var pipes: [Int32] = [0, 0]
    guard pipe(&pipes) == 0 else { return nil }
    for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, fileno(file), 0)
    posix_spawn_file_actions_adddup2(&actions, pipes[1], 1)
    posix_spawn_file_actions_adddup2(&actions, fileno(errors), 2)

    let arguments = CStrings(arguments)
    let environment = CStrings(environment(changed))
    var child: pid_t = 0
    let failure = posix_spawn(
      &child, program, &actions, nil, arguments.pointers, environment.pointers)
    close(pipes[1])
    defer { close(pipes[0]) }
    guard failure == 0 else { return nil }

    let output = readToEnd(pipes[0])
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    let exited = status & 0x7f == 0
    return Git.Answer(
      status: exited ? status >> 8 & 0xff : 128, output: output, errors: beginning(of: errors))
  }

  /// A file without a name, at its beginning.
  private static func filled(_ bytes: [UInt8]) -> UnsafeMutablePointer<FILE>? {
    guard let file = tmpfile() else { return nil }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count, fflush(file) == 0,
      fseek(file, 0, SEEK_SET) == 0
    else {
      fclose(file)
      return nil
    }
    return file
  }

  /// Most bytes of what git says is wrong.
  private static let errorLimit = 4096

  private static func beginning(of file: UnsafeMutablePointer<FILE>) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: errorLimit)
    let count = pread(fileno(file), &buffer, buffer.count, 0)
    return Array(buffer.prefix(max(count, 0)))
  }

  /// This process's variables with some of them changed. A name must not come twice: the first one counts.
  private static func environment(_ changed: [String: String]) -> [String] {
    var result = changed.map { "\($0)=\($1)" }
    let heads = changed.keys.map { $0 + "=" }
    var pointer = environ
    while let entry = pointer.pointee {
      pointer += 1
      if heads.contains(where: { strncmp(entry, $0, $0.utf8.count) == 0 }) { continue }
      result.append(String(cString: entry))
    }
    return result
  }

  private static func readToEnd(_ descriptor: Int32) -> [UInt8] {
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return output }
      output += buffer[..<count]
    }
  }
}

/// A null-terminated array of C strings for the life of the value.
private final class CStrings {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ strings: [String]) {
    count = strings.count
    pointers = .allocate(capacity: count + 1)
    for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
    pointers[count] = nil
  }

  deinit {
    for index in 0..<count { free(pointers[index]) }
    pointers.deallocate()
  }
}
