import ArgumentParser

/// A command that works in a session: it begins with the command, and ends with it, whether that succeeds or not.
protocol SessionCommand: AsyncParsableCommand {
  var options: CommonOptions { get }

  mutating func run(in session: Session) async throws
}

extension SessionCommand {
  mutating func run() async throws {
    let session = try Session(options)
    defer { session.end() }
    try await run(in: session)
  }
}
