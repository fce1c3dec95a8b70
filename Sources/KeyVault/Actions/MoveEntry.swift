internal import Naming

/// Moves an entry, or copies it: encrypts it for the readers of its new folder, and binds it there.
public struct MoveEntry: Sendable {
  public let source: EntryName
  /// The new place: the path of an entry or, with a `/` at its end or where it is a folder already, the folder that
  /// takes the entry in under its own name.
  public let target: String
  /// Whether the entry stays at its old place, too.
  public let isCopy: Bool
  /// Whether an entry at the new place is replaced.
  public let replaces: Bool

  public init(_ source: EntryName, to target: String, isCopy: Bool, replaces: Bool) {
    self.source = source
    self.target = target
    self.isCopy = isCopy
    self.replaces = replaces
  }

  public struct Outcome: Sendable {
    public let target: EntryName
    /// Entries whose files changed.
    public let changed: [EntryName]
  }

  /// Throws, with nothing changed, where the entry may not go there.
  public func run(in workspace: Workspace) throws(Failure) -> Outcome {
    let vault = workspace.vault
    let entry = try vault.entry(source)
    let target = try place(in: vault)
    guard target != source else {
      throw Failure(.usage, "'\(target)' is where it is already")
    }
    // Before it is judged, so that what comes in between is not written over.
    let present = vault.present(target)
    if !replaces, let file = vault.files(of: target).first {
      let what = file == target.ciphertextPath ? target.path : file
      throw Failure(.usage, "'\(what)' exists already", hints: ["--force replaces it"])
    }
    let newFolder = try workspace.settle(folder: target.environment)
    let readers = try vault.readers(of: target.path)
    let opened = try vault.open(entry, requiring: .fitting, with: workspace.gpg())
    try store(opened, at: target, over: present, in: workspace)
    workspace.tell(newFolder)
    try tell(of: opened, at: target, readers, in: workspace)
    return Outcome(target: target, changed: isCopy ? [target] : [source, target])
  }

  private func store(
    _ opened: OpenedEntry, at target: EntryName, over present: Vault.Present,
    in workspace: Workspace
  ) throws(Failure) {
    let vault = workspace.vault
    let isVouched = try workspace.vouches(for: opened)
    if isCopy {
      try vault.store(
        opened.moved(to: target, after: vault.lastSerial(of: target), isVouched: isVouched),
        about: Vault.Description(), from: opened.name, over: present, program: workspace.program(),
        now: workspace.now)
    } else {
      try vault.move(
        opened, to: target, over: present, program: workspace.program(), now: workspace.now,
        isVouched: isVouched)
    }
  }

  /// Reports what another place makes of the key: who reads it, whether it is marked, which variable it competes for.
  private func tell(
    of opened: OpenedEntry, at target: EntryName, _ readers: [String], in workspace: Workspace
  ) throws(Failure) {
    let vault = workspace.vault
    if opened.sidecar?.exposed == nil, try vault.entry(target).sidecar?.exposed != nil {
      workspace.tell(.marked([target]))
    }
    let before = (try? vault.readers(of: source.path)) ?? []
    if Set(names: readers) != Set(names: before) {
      workspace.tell(
        Notice(
          .readers, .note, "'\(target)' can be read by \(readers.joined(separator: ", "))"))
    }
    for conflict in try workspace.repository.conflicts(in: target.environment) {
      workspace.tell(Notice(.sameVariable, of: conflict))
    }
  }

  /// Like mv(1): a folder that exists takes the entry in, unless an entry has that name.
  private func place(in vault: Vault) throws(Failure) -> EntryName {
    if target.hasSuffix("/") { return try EntryName(target + source.name) }
    let name = try EntryName(target)
    guard vault.files(of: name).isEmpty, vault.hasFolder(target) else { return name }
    return try EntryName(target + "/" + source.name)
  }
}

extension Notice {
  /// Keys were marked as exposed: a person could read them who is not a reader any more.
  public static func marked(_ entries: [EntryName]) -> Notice {
    let keys = entries.count == 1 ? "1 key is" : "\(entries.count) keys are"
    return Notice(
      .exposed, .note,
      "\(keys) marked as exposed, to a person who is not a reader any more: \(entries.shown)",
      hints: ["then make new keys: keyvault rotate ENTRY"])
  }
}

extension [EntryName] {
  /// `production/anthropic production/openai …`, at most ten.
  public var shown: String {
    prefix(10).map(\.path).joined(separator: " ") + (count > 10 ? " …" : "")
  }
}

extension Notice.Code {
  static let exposed = Notice.Code(rawValue: "exposed")
  /// Others can read the entry at its new place.
  static let readers = Notice.Code(rawValue: "readers")
  /// Two entries of an environment give one variable.
  static let sameVariable = Notice.Code(rawValue: "same-variable")
}
