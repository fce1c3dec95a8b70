import ArgumentParser

/// `--deadline`, of commands that ask one provider after the other.
struct DeadlineOption: ParsableArguments {
  @Option(help: ArgumentHelp("End the run after this many seconds.", valueName: "seconds"))
  var deadline = 60

  func validate() throws {
    guard (1...86_400).contains(deadline) else {
      throw ValidationError("invalid --deadline: expected 1 to 86400 seconds")
    }
  }

  /// Counted from now: a command asks for it first of all, so that all of its work counts.
  var end: ContinuousClock.Instant { .now + .seconds(deadline) }
}
