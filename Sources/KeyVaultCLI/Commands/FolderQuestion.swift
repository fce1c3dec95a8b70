import KeyVault

extension Session {
  /// The folder that a command is about to make, to be told once it is done; nil where it is there. One whose name
  /// is almost that of another is asked about on a terminal. Throws if the person did not mean it.
  func settle(folder: String, in repository: Repository) throws -> NewFolder? {
    guard let new = NewFolder(folder, in: repository), !new.isFirst || new.near != nil else {
      return nil
    }
    guard let near = new.near else { return new }
    let answer = try Question.confirmOnTerminal(
      "'\(new.path)' would be a new folder of the vault, and there is '\(near)': make the new one?"
        .printable)
    switch answer {
    case true?: return nil
    case false?: throw Failure(.usage, "nothing was changed", hints: ["did you mean '\(near)'?"])
    case nil: return new
    }
  }

  /// Says that a command has made a folder. One whose name is almost that of another has a hint.
  func tell(_ new: NewFolder?) {
    guard let new else { return }
    guard let near = new.near else { return note(new.message) }
    remark(new.message, hint: "did you mean '\(near)'?")
  }
}
