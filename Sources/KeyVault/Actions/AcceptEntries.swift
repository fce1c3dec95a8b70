/// Forgets what this machine remembers of entries or of the signed lists, so that it accepts older ones.
public struct AcceptEntries: Sendable {
  public let names: [EntryName]
  /// Whether an older signature of the lists is accepted, too.
  public let includesLists: Bool
  /// Whether the front end's person consented before, so that nothing is asked.
  public let isConfirmed: Bool

  public init(_ names: [EntryName], includesLists: Bool = false, isConfirmed: Bool) {
    self.names = names
    self.includesLists = includesLists
    self.isConfirmed = isConfirmed
  }

  /// Returns what was forgotten: paths of entries, and of the file of the signed lists. Reports what is remembered, and
  /// what is present now, of each. Throws, with nothing forgotten, if the person declines or cannot be asked.
  public func run(in workspace: Workspace) throws(Failure) -> [String] {
    guard let memory = workspace.repository.memory else {
      throw Failure(.nothingToDo, "nothing is remembered in CI")
    }
    var remembered: [EntryName] = []
    for name in names {
      guard let record = try memory.record(of: name) else {
        workspace.tell(Notice(.nothingRemembered, .note, "\(name): nothing is remembered"))
        continue
      }
      remembered.append(name)
      tell("\(name): serial \(record.serial), \(place(of: record)) was opened here", workspace)
      try tell("\(name): \(present(name, in: workspace))", workspace)
    }
    let lists = includesLists ? try lists(memory, in: workspace) : nil
    let all = remembered.map(\.path) + [lists].compactMap(\.self)
    guard !all.isEmpty else {
      throw Failure(.nothingToDo, "there is nothing to accept: this machine remembers none of that")
    }
    if !isConfirmed { try confirm(all, in: workspace) }
    try memory.forget(remembered)
    if lists != nil { try memory.forgetRecipients() }
    return all
  }

  private func confirm(_ all: [String], in workspace: Workspace) throws(Failure) {
    switch try workspace.consents(to: .accept(all)) {
    case true?: return
    case false?: throw Failure(.nothingToDo, "nothing was accepted")
    case nil:
      throw Failure(
        .usage,
        "cannot ask whether to accept \(all.joined(separator: ", ")): standard input is not a terminal",
        hints: ["--yes accepts it without asking"])
    }
  }

  private func tell(_ text: String, _ workspace: Workspace) {
    workspace.tell(Notice(.remembered, .note, text))
  }

  /// The path of the file of the signed lists; nil where nothing is remembered of them.
  private func lists(_ memory: Memory, in workspace: Workspace) throws(Failure) -> String? {
    let file = Vault.signedRecipientsPath
    guard let record = try memory.recipients else {
      workspace.tell(Notice(.nothingRemembered, .note, "\(file): nothing is remembered"))
      return nil
    }
    tell("\(file): number \(record.serial), \(place(of: record)) was seen here", workspace)
    let present = workspace.vault.signedRecipients.map {
      "number \($0.counter), \(short($0.digest))"
    }
    tell("\(file): \(present ?? "nothing that can be read") is there now", workspace)
    return file
  }

  private func place(of record: Memory.Record) -> String {
    short(record.digest) + (record.commit.map { ", at commit \($0.prefix(10))," } ?? "")
  }

  private func short(_ digest: String) -> String { digest.prefix(19) + "…" }

  /// From plaintext alone: an entry need not be opened to be judged.
  private func present(_ name: EntryName, in workspace: Workspace) throws(Failure) -> String {
    let vault = workspace.vault
    let entry: Vault.Entry
    do throws(Failure) {
      entry = try vault.entry(name)
    } catch {
      // What is not checked out cannot be looked at before it is accepted.
      guard try vault.absentEntries(among: [name.path]).isEmpty else { throw error }
      return "there is no such entry now"
    }
    let git = Git(in: workspace.repository.root)
    let head = git.line(["rev-parse", "--verify", "--quiet", "HEAD"])
    let serial = entry.sidecar?.serial.map { "serial \($0)" } ?? "no serial"
    let digest = vault.digest(of: name).map(short) ?? "unreadable"
    return "\(serial), \(digest)" + (head.map { ", at commit \($0.prefix(10))," } ?? "")
      + " is there now"
  }
}

extension Notice.Code {
  /// What this machine remembers of an entry or the lists, or what is present now.
  static let remembered = Notice.Code(rawValue: "remembered")
  static let nothingRemembered = Notice.Code(rawValue: "nothing-remembered")
}
