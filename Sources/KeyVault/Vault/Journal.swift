internal import FoundationEssentials
internal import Naming
internal import Secrets

/// A redo journal in `.keyvault/journal/`, by which changes of many files happen together: all new
/// contents are on the disk before one record commits them. The next command after a crash does what
/// the record says, or drops what has none.
///
/// Used under the exclusive lock alone. A record counts only with this machine's MAC: otherwise a
/// committed journal could write files.
struct Journal {
  private let repository: Repository
  private let state: LocalState

  static let folder = "\(Paths.state)/\(name)"
  private static let name = "journal"
  private static let recordName = "record"
  private static let purpose = "keyvault-journal-v1"

  /// nil where this machine keeps no state: changes are then made without a journal.
  init?(of repository: Repository) throws(Failure) {
    guard let stateHome = repository.stateHome else { return nil }
    state = try LocalState(of: repository, stateHome: stateHome)
    guard state.problem == nil else { return nil }
    self.repository = repository
  }

  /// Whether a run was interrupted, by the look of it; who may not write can say so.
  static func isPending(in root: String) -> Bool {
    let journal = try? Folder(root).folder(folder)
    return journal?.kind(of: recordName) == .file
  }

  /// Why nothing is written where a run was interrupted that this process cannot end.
  static func unfinished(in root: String) -> Failure {
    if case .notOurs(let owner)? = LocalState.obstacle(in: "", of: root)?.attempt {
      return Failure(
        .cannotWrite,
        "an earlier change by the repository's owner (\(owner)) was interrupted, so nothing was changed",
        hints: [
          "that user completes it with any command that writes, such as 'keyvault "
            + "reencrypt'"
        ])
    }
    return Failure(
      .cannotWrite,
      "an earlier change was interrupted, and cannot be completed without a state folder",
      hints: ["let XDG_STATE_HOME name a folder that you can write, and run the command again"])
  }

  /// Whether anything is left of a run, be it staging that was never committed.
  static func isThere(in root: String) -> Bool {
    (try? Folder(root).folder(folder)) != nil
  }

  /// One line of a record.
  private struct Step: Codable, Sendable {
    let file: VaultFile
    /// Digests (`sha256:…`); nil for no file.
    let old: String?
    let new: String?
    /// Where the new content is staged.
    var stagedName: String { "\(index)" }
    let index: Int
  }

  /// Whether files can be renamed from here to there: one file system holds both.
  func canReach(_ files: [VaultFile]) throws(Failure) -> Bool {
    try reporting { () throws(FileError) in
      let root = try Folder(repository.root)
      let device = try open().device
      for folder in Set(names: files.map(\.folder)).sortedTexts {
        if try root.folder(repository.vault.path(folder)).device != device { return false }
      }
      return true
    }
  }

  /// Stages, commits and makes `changes`; `replacing` are the digests of the current files.
  func run(_ changes: [VaultChange], replacing: [String?]) throws(Failure) {
    let steps = zip(changes, replacing).enumerated().map { index, pair in
      Step(
        file: pair.0.file, old: pair.1, new: pair.0.content.map(Vault.digest), index: index)
    }
    var done = 0
    do throws(FileError) {
      let root = try Folder(repository.root)
      let journal = try open()
      do throws(FileError) {
        try stage(changes, steps, in: journal)
        // One name is given or not: there is nothing to redo.
        if steps.count > 1 { try commit(steps, in: journal) }
        try redo(steps, of: steps, from: journal, in: root, &done)
      } catch {
        if done == 0 { clear(journal, in: root) }
        throw error
      }
    } catch {
      guard done > 0, steps.count > 1 else { throw error.failure }
      throw Failure(
        .io, "the change was interrupted: \(error.message)",
        hints: ["it is recorded, and the next command that writes completes it"])
    }
  }

  private func stage(
    _ changes: [VaultChange], _ steps: [Step], in journal: borrowing Folder
  ) throws(FileError) {
    for (change, step) in zip(changes, steps) {
      guard let content = change.content else { continue }
      do throws(FileError) {
        try journal.create(step.stagedName, content.span.bytes, mode: change.file.mode)
      } catch {
        // A person knows the file and not the journal.
        throw FileError(error.attempt, "\(repository.root)/\(change.file.path)", error.code)
      }
    }
    try journal.sync()
  }

  private func commit(_ steps: [Step], in journal: borrowing Folder) throws(FileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let record = try? encoder.encode(steps),
      let line = state.sealed(Array(record), purpose: Self.purpose)
    else { preconditionFailure("a journal was created without a key") }
    try journal.write(line.span.bytes, as: Self.recordName, mode: 0o600)
  }

  /// Ends what an earlier run committed, and drops what one only began. Throws, with nothing changed,
  /// where a file is neither what it was nor what it was to become.
  ///
  /// Returns whether there was something to end.
  func recover() throws(Failure) -> Bool {
    let root = try reporting { () throws(FileError) in try Folder(repository.root) }
    guard let journal = try? Folder.state(of: repository.root).folder(Self.name) else {
      return false
    }
    guard journal.kind(of: Self.recordName) != nil else {
      clear(journal, in: root)
      return false
    }
    let line = try reporting { () throws(FileError) in
      try journal.read(Self.recordName, limit: Limits.report)
    }
    guard let record = state.record(in: line[...].dropLast(), purpose: Self.purpose),
      let steps = try? JSONDecoder().decode([Step].self, from: Data(record))
    else {
      throw Failure(
        .malformed, "\(Self.folder) was not written by this machine for this folder",
        hints: ["nothing in it was used; remove it: \(Shell("rm -r \(path: Self.folder)"))"])
    }
    var open: [Step] = []
    for step in steps where try isOpen(step, journal) { open.append(step) }
    try reporting { [open] () throws(FileError) in
      var done = 0
      try redo(open, of: steps, from: journal, in: root, &done)
    }
    return true
  }

  /// Whether a step is still to be made. Throws if it cannot be.
  private func isOpen(_ step: Step, _ journal: borrowing Folder) throws(Failure) -> Bool {
    let present = try repository.vault.digest(of: step.file)
    if present == step.new { return false }
    let drop =
      "drop the rest of the change: "
      + "\(Shell("rm -r \(path: Self.folder)")); then run 'keyvault validate'"
    guard present == step.old else {
      throw Failure(
        .malformed,
        "an interrupted change cannot be completed: \(step.file.path) is neither what it was "
          + "(\(Self.text(step.old))) nor what it was to become (\(Self.text(step.new)))",
        hints: ["restore the old file, and run the command again", "or " + drop])
    }
    guard step.new != nil else { return true }
    let staged = try? journal.read(step.stagedName, limit: Limits.ciphertext)
    guard staged.map(Vault.digest) == step.new else {
      throw Failure(
        .malformed,
        "an interrupted change cannot be completed: the new \(step.file.path) is "
          + "damaged",
        hints: [drop])
    }
    return true
  }

  private static func text(_ digest: String?) -> String {
    digest.map { $0.prefix(19) + "…" } ?? "no file"
  }

  /// Gives files their new content, and forgets the record.
  ///
  /// `all` are the steps of the change; of those that were made before, it is unknown whether the
  /// disk has them.
  private func redo(
    _ steps: [Step], of all: [Step], from journal: borrowing Folder, in root: borrowing Folder,
    _ done: inout Int
  ) throws(FileError) {
    for step in steps {
      let folder = try root.folder(repository.vault.path(step.file.folder), create: true)
      if step.new == nil {
        if folder.kind(of: step.file.name) != nil { try folder.remove(step.file.name) }
      } else if journal.kind(of: step.stagedName) != nil {
        try journal.rename(step.stagedName, to: step.file.name, in: folder)
      }
      done += 1
    }
    for folder in Set(names: all.map(\.file.folder)).sortedTexts {
      try root.folder(repository.vault.path(folder)).sync()
    }
    clear(journal, in: root)
  }

  private func open() throws(FileError) -> Folder {
    try Folder.state(of: repository.root, create: true).folder(Self.name, create: true, mode: 0o700)
  }

  /// The record goes first: staging without one is nothing.
  private func clear(_ journal: borrowing Folder, in root: borrowing Folder) {
    try? journal.remove(Self.recordName)
    for item in (try? journal.items()) ?? [] { try? journal.remove(item.name) }
    (try? root.folder(Paths.state))?.removeIfEmpty(Self.name)
  }
}
