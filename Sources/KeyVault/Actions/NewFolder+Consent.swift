extension Workspace {
  /// The folder that an action is about to make, for ``tell(_:)`` once it is made; nil where it is there. Asks for
  /// consent where its name is almost that of another. Throws if the person did not mean it.
  func settle(folder: String) throws(Failure) -> NewFolder? {
    guard let new = NewFolder(folder, in: repository), !new.isFirst || new.near != nil else {
      return nil
    }
    guard let near = new.near else { return new }
    switch try consents(to: .newFolder(new.path, near: near)) {
    case true?: return nil
    case false?: throw Failure(.usage, "nothing was changed", hints: ["did you mean '\(near)'?"])
    case nil: return new
    }
  }

  /// Reports that the action has made a folder.
  func tell(_ new: NewFolder?) {
    guard let new else { return }
    tell(
      Notice(
        .newFolder, new.near == nil ? .note : .remark, new.message,
        hints: new.near.map { ["did you mean '\($0)'?"] } ?? []))
  }
}

extension Notice.Code {
  /// The action made a folder of the vault.
  static let newFolder = Notice.Code(rawValue: "new-folder")
}
