public import Naming

/// git, through one function, which runs nothing that the repository's own configuration names: see
/// ``GitInvocation``.
public struct Git: Sendable {
  let folder: String

  /// For the work tree that contains `folder` (absolute).
  public init(in folder: String) {
    self.folder = folder
  }

  /// Whether `folder` or one above it is a git work tree.
  public var isPresent: Bool { topFolder != nil }

  /// The exit status and what git wrote to its standard output; nil if git is not installed. `input`
  /// is what git reads.
  public func run(
    _ arguments: [String], input: [UInt8] = [], environment: [Name: String] = [:]
  ) -> (status: Int32, output: [UInt8])? {
    answer(arguments, input: input, environment: environment).map { ($0.status, $0.output) }
  }

  /// Like `run`, but with what git wrote to its standard error. If git was stopped at a bound,
  /// its output is dropped: it is not an answer.
  func answer(
    _ arguments: [String], input: [UInt8] = [], environment: [Name: String] = [:]
  ) -> Answer? {
    var output: [UInt8] = []
    let outcome = outcome(
      of: arguments, input: input, environment: environment, within: .lookup
    ) { bytes in
      output += bytes
      return true
    }
    guard let outcome else { return nil }
    guard outcome.excess == nil else {
      let words = "fatal: it was stopped, since it took too long or wrote too much"
      return Answer(status: 128, output: [], errors: Array(words.utf8))
    }
    return Answer(status: outcome.status, output: output, errors: outcome.errors)
  }

  /// Runs git within bounds; nil if git is not installed. One that cannot be started has an outcome that
  /// says why.
  func outcome(
    of arguments: [String], input: [UInt8], environment: [Name: String] = [:],
    within bounds: ChildProcess.Bounds, _ take: (ArraySlice<UInt8>) -> Bool
  ) -> ChildProcess.Outcome? {
    guard let program = GitInvocation.program else { return nil }
    do throws(ChildProcess.Errno) {
      return try ChildProcess.run(
        program, GitInvocation.arguments(arguments, in: folder), input: input,
        environment: environment.merging(GitInvocation.environment) { $1 }, within: bounds, take)
    } catch {
      let words = "fatal: '\(program)' could not be started: \(error.text)"
      return ChildProcess.Outcome(
        status: Self.notStarted, errors: Array(words.utf8), excess: nil)
    }
  }

  /// The status of a shell for a program that is there and does not run.
  static let notStarted: Int32 = 126

  /// One line of output of a command that succeeded; nil otherwise.
  public func line(_ arguments: [String], environment: [Name: String] = [:]) -> String? {
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
    return isPartial == false || hasAllObjects
  }

  /// Whether it was cloned with a filter, so that objects may be missing; nil where git does not tell.
  private var isPartial: Bool? {
    switch run(["config", "--get-regexp", #"^remote\..*\.promisor$"#])?.status {
    case 0: true
    case 1: false
    default: nil
    }
  }

  /// Whether no object of any commit is missing. Goes through all of them.
  private var hasAllObjects: Bool {
    let mark = UInt8(ascii: "?")
    var isLineStart = true
    var isMissing = false
    do throws(Failure) {
      try read(
        ["rev-list", "--objects", "--all", "--missing=print"], within: .history, or: "git failed"
      ) { bytes in
        for byte in bytes {
          if isLineStart, byte == mark { isMissing = true }
          isLineStart = byte == UInt8(ascii: "\n")
        }
        return !isMissing
      }
      return true
    } catch {
      return false
    }
  }

  /// What fetches what this clone lacks.
  public var completion: String {
    guard isPartial == true else { return "in a shallow clone: git fetch --unshallow" }
    let rest = Self.refetch
    let isShallow = line(["rev-parse", "--is-shallow-repository"]) == "true"
    return "in a partial clone: " + (isShallow ? "git fetch --unshallow && \(rest)" : rest)
  }

  static let refetch = "git fetch --refetch --no-filter"

  /// The command that makes git, and so keyvault, trust a folder.
  static func permission(for folder: String) -> String {
    Shell("git config --global --add safe.directory \(folder)").description
  }
}

extension Git {
  /// Whether some commit that a name leads to, or that was one, may have a file (relative to this folder). Yes, if
  /// git does not say.
  public func mayHave(_ path: String) -> Bool {
    guard isPresent else { return false }
    let arguments = ["log", "--all", "--reflog", "-1", "--format=%H", "--", ":(literal)" + path]
    guard let (status, output) = run(arguments), status == 0 else { return true }
    return !output.isEmpty
  }
}
