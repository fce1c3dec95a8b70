internal import Glibc

/// git, through one function: no hooks, no monitor, no replaced objects, nothing that the
/// repository's own configuration could run.
public struct Git: Sendable {
  private let folder: String

  /// For the work tree that `folder` (absolute) lies in.
  public init(in folder: String) {
    self.folder = folder
  }

  /// Whether `folder` or one above it is a git work tree.
  public var isPresent: Bool {
    var path = folder
    while true {
      if access(path + "/.git", F_OK) == 0 { return true }
      guard let slash = path.lastIndex(of: "/"), path.count > 1 else { return false }
      path = slash == path.startIndex ? "/" : String(path[..<slash])
    }
  }

  /// The exit status and what git wrote to its standard output; nil if git is not installed. `input`
  /// is what git reads.
  public func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
  ) -> (status: Int32, output: [UInt8])? {
    var output: [UInt8] = []
    let outcome = outcome(
      of: arguments, input: input, environment: environment, within: .lookup
    ) { bytes in
      output += bytes
      return true
    }
    // What git did not end with is no answer.
    return outcome.map { $0.excess == nil ? ($0.status, output) : (128, []) }
  }

  /// Runs git within bounds; nil if git is not installed.
  func outcome(
    of arguments: [String], input: [UInt8], environment: [String: String] = [:],
    within bounds: ChildProcess.Bounds, _ take: (ArraySlice<UInt8>) -> Bool
  ) -> ChildProcess.Outcome? {
    let hardened = [
      "git", "-C", folder, "-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false",
      "-c", "core.hooksPath=/dev/null", "--no-optional-locks",
    ]
    let environment = environment.merging(["GIT_NO_REPLACE_OBJECTS": "1"]) { $1 }
    return ChildProcess.run(
      "git", hardened + arguments, input: input, environment: environment.map { "\($0)=\($1)" },
      within: bounds, take)
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

  /// Why a command failed; `outcome` is nil if git is not installed.
  func failure(_ what: String, _ outcome: ChildProcess.Outcome?) -> Failure {
    Failure(.io, what)
  }

  static func noWorkTree(_ folder: String) -> Failure {
    Failure(.notFound, "'\(folder)' is no git work tree, so there is no history to look at")
  }
}
