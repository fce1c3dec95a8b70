/// What providers answered on this machine.
extension Workspace {
  /// Throws where the local state is not this user's to read.
  func history() throws(Failure) -> History {
    let state = try LocalState(of: repository, stateHome: host.stateHome)
    if let problem = state.problem {
      tell(Notice(.unrecorded, .detail, "no history is kept: \(problem.message)"))
    }
    return History(state)
  }

  /// What is remembered. Warns once of lines that others wrote.
  func past(of history: History) -> History.Past {
    let past = history.past(now: now)
    if past.foreign > 0, history.foreignIsNews() {
      tell(.foreignLines(past.foreign, of: "the history"))
    }
    return past
  }

  /// Remembers answers about keys, in `history` where it is open already. Returns why they are not remembered, which does
  /// not undo the action; nil if they are.
  func record(_ answers: [TestResult], in history: History? = nil) -> Failure? {
    guard !answers.isEmpty else { return nil }
    do throws(Failure) {
      if let history {
        try history.append(answers)
      } else {
        try self.history().append(answers)
      }
      return nil
    } catch {
      return error
    }
  }
}

extension Notice {
  /// Lines of a file of this machine's that others wrote, and what removes them.
  public static func foreignLines(_ count: Int, of what: String) -> Notice {
    Notice(
      .foreignLines, .warning,
      count == 1
        ? "1 line of \(what) was not written by this machine, and is ignored"
        : "\(count) lines of \(what) were not written by this machine, and are ignored",
      hints: ["remove such lines: keyvault doctor --mend"])
  }
}

extension Notice.Code {
  static let foreignLines = Notice.Code(rawValue: "foreign-lines")
  /// Verdicts are not remembered on this machine.
  static let unrecorded = Notice.Code(rawValue: "unrecorded")
}
