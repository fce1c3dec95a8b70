import KeyVault

extension Session {
  /// Says that a command makes a new folder. One whose name is almost that of another is asked about on a
  /// terminal, and told elsewhere. Throws if the person did not mean it.
  func settle(folder: String, in repository: Repository) throws {
    guard let new = NewFolder(folder, in: repository) else { return }
    guard let near = new.near else {
      if !new.isFirst { note(new.message) }
      return
    }
    let answer = Question.confirmOnTerminal(
      "\(new.message), and there is '\(near)': make the new one?".printable)
    switch answer {
    case true?: break
    case false?: throw Failure(.usage, "nothing was changed", hints: ["did you mean '\(near)'?"])
    case nil: remark(new.message, hint: "did you mean '\(near)'?")
    }
  }
}
