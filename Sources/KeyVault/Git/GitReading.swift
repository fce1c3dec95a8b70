internal import Naming

extension ChildProcess.Bounds {
  /// Of a command that looks one thing up.
  static let lookup = ChildProcess.Bounds(seconds: 10, bytes: 64 << 20, memory: nil)
  /// Of one that lists the files of a commit, or the index.
  static let listing = ChildProcess.Bounds(seconds: 10, bytes: 64 << 20, memory: 256 << 20)
  /// Of one that goes through all commits.
  static let history = ChildProcess.Bounds(seconds: 60, bytes: 64 << 20, memory: 256 << 20)
  /// Of one that reads objects, whose sizes are known to be within bounds.
  static let objects = ChildProcess.Bounds(seconds: 60, bytes: 512 << 20, memory: 256 << 20)
  /// Of one that reads a large object, in which something is searched while it comes.
  static let search = ChildProcess.Bounds(seconds: 600, bytes: 512 << 20, memory: 256 << 20)
}

extension Git {
  /// Gives `take` the output of a command as it comes, until it answers false. Throws if the command fails,
  /// and as inconclusive if it goes beyond its bounds; `what` says what could not be done.
  func read(
    _ arguments: [String], input: [UInt8] = [], environment: [Name: String] = [:],
    within bounds: ChildProcess.Bounds, or what: String, _ take: (ArraySlice<UInt8>) -> Bool
  ) throws(Failure) {
    guard
      let outcome = outcome(
        of: arguments, input: input, environment: environment, within: bounds, take)
    else { throw failure(what, nil) }
    if let excess = outcome.excess { throw Self.tooLarge(what, arguments, excess, bounds) }
    guard outcome.status == 0 else {
      throw failure(what, Answer(status: outcome.status, output: [], errors: outcome.errors))
    }
  }

  /// The output of a git command, as fields that end in NUL, each without it.
  func readFields(
    _ arguments: [String], input: [UInt8] = [], environment: [Name: String] = [:],
    within bounds: ChildProcess.Bounds, or what: String, _ take: (ArraySlice<UInt8>) -> Bool
  ) throws(Failure) {
    var rest: [UInt8] = []
    try read(arguments, input: input, within: bounds, or: what) { bytes in
      var bytes = bytes
      while let end = bytes.firstIndex(of: 0) {
        if rest.isEmpty {
          guard take(bytes[..<end]) else { return false }
        } else {
          rest += bytes[..<end]
          guard take(rest[...]) else { return false }
          rest.removeAll(keepingCapacity: true)
        }
        bytes = bytes[(end + 1)...]
      }
      rest += bytes
      return true
    }
  }

  /// A repository may hold more than can be searched. That is a failure, never an empty result.
  private static func tooLarge(
    _ what: String, _ arguments: [String], _ excess: ChildProcess.Excess,
    _ bounds: ChildProcess.Bounds
  ) -> Failure {
    let command = arguments.first { !$0.hasPrefix("-") } ?? ""
    let why =
      switch excess {
      case .time: "took more than \(bounds.seconds) s"
      case .output: "wrote more than \(bounds.bytes >> 20) MiB"
      case .memory: "needed more than \((bounds.memory ?? 0) >> 20) MiB of memory"
      case .unread: "could not be read to its end"
      case .declined: "listed more files than keyvault reads"
      }
    guard excess != .unread else {
      return Failure(.io, "\(what): the output of 'git \(command)' \(why)")
    }
    return Failure(
      .inconclusive, "\(what): too large, 'git \(command)' \(why)",
      hints: ["'git for-each-ref' shows what was fetched; delete what you do not need"])
  }
}
