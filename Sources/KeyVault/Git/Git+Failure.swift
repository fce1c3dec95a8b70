internal import Glibc
internal import Machine
internal import Naming

extension Git {
  /// What git answered to one command.
  struct Answer: Sendable {
    let status: Int32
    let output: [UInt8]
    /// What it wrote to standard error.
    let errors: [UInt8]

    /// The first line in which git says what is wrong, without its label; nil if there is none.
    var complaint: String? {
      let lines = String(decoding: errors, as: UTF8.self).split(separator: "\n")
      let labels = ["fatal: ", "error: "]
      for label in labels {
        guard let line = lines.first(where: { $0.hasPrefix(label) }) else { continue }
        return String(line.dropFirst(label.count)).printable(limit: 300)
      }
      let first = lines.first { !$0.hasPrefix("warning: ") && !$0.hasPrefix("hint: ") }
      return first.map { String($0).printable(limit: 300) }
    }
  }

  /// The output of a command. Throws, with git's own words, if it fails, and as inconclusive if it goes
  /// beyond its bounds; `what` says what could not be done.
  func output(
    of arguments: [String], input: [UInt8] = [], environment: [Name: String] = [:],
    within bounds: ChildProcess.Bounds = .lookup, or what: String
  ) throws(Failure) -> [UInt8] {
    var output: [UInt8] = []
    try read(
      arguments, input: input, environment: environment, within: bounds, or: what
    ) { bytes in
      output += bytes
      return true
    }
    return output
  }

  /// Why a command failed; `answer` is nil if git is not installed.
  func failure(_ what: String, _ answer: Answer?) -> Failure {
    guard let answer else { return Self.notInstalled(what) }
    guard let complaint = answer.complaint else {
      return Failure(.io, "\(what): git ended with status \(answer.status)")
    }
    if complaint.contains("promisor") || complaint.contains("lazy fetching") {
      return Failure(
        .inconclusive, "\(what): this clone is partial, and some of them are not here",
        hints: [completion])
    }
    if complaint.contains("not a git repository") { return Self.noWorkTree(folder) }
    let hints: [String] =
      if complaint.contains("dubious ownership") {
        [Git.permission(for: topFolder ?? folder)]
      } else if Self.identityWords.contains(where: complaint.contains) {
        [
          "git config --global user.email you@example.com",
          "git config --global user.name 'Your Name'",
        ]
      } else {
        []
      }
    return Failure(.io, "\(what): \(complaint)", hints: hints)
  }

  static func notInstalled(_ what: String) -> Failure {
    Failure(
      .programMissing, "\(what): \(refusals.first ?? "git is not installed")",
      hints: ["apt-get install git"])
  }

  /// Every git of the search path that is passed over, each in a sentence.
  public static var refusals: [String] { TrustedProgram.git.refusals.map(\.message) }

  static func noWorkTree(_ folder: String) -> Failure {
    Failure(
      .notFound, "'\(folder.printable)' is not in a git work tree", hints: ["git init makes one"])
  }

  private static let identityWords = [
    "auto-detect email", "auto-detect name", "email was given", "name was given", "empty ident",
    "identity unknown",
  ]

  /// The nearest folder, from this one upwards, that has a `.git`; nil if there is none.
  var topFolder: String? {
    var path = folder
    while true {
      if access(path + "/.git", F_OK) == 0 { return path }
      guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), path != "/" else { return nil }
      path = slash == path.startIndex ? "/" : String(path[..<slash])
    }
  }

  /// Why git cannot be started; nil if it can.
  public var absence: Failure? {
    let answer = answer(["version"])
    return answer?.status == 0 ? nil : failure("nothing is known of history and commits", answer)
  }

  /// What git has against its work tree; nil if it reads it.
  public var objection: Failure? {
    let answer = answer(["rev-parse", "--show-prefix"])
    return answer?.status == 0 ? nil : failure("git does not read '\(folder.printable)'", answer)
  }

  /// The folder below the top of its work tree: empty, or with a slash at the end. Throws if it is in no
  /// work tree, or git does not read it.
  func requiredPrefix(or what: String) throws(Failure) -> String {
    guard topFolder != nil else { throw Self.noWorkTree(folder) }
    let output = try output(of: ["rev-parse", "--show-prefix"], or: what)
    return String(decoding: output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }
}
