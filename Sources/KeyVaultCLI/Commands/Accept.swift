import ArgumentParser
import KeyVault

struct Accept: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Accept an entry or recipient list that was rolled back to an earlier version.",
    discussion: """
      keyvault remembers the serial of each entry that it opens on this machine, and refuses an entry whose \
      serial is lower later: someone rolled it back. It treats vault/.recipients.sig the same way. 'accept' shows \
      the remembered and the current version, asks, and forgets what it remembered. Find out first who rolled \
      it back: git log -- vault/…

      Example: keyvault accept production/openai
      """)

  @Argument(help: "Entries, such as production/openai.", completion: .entries)
  var entries: [String] = []

  @Flag(help: "Accept an earlier vault/.recipients.sig, which lists who can read what.")
  var recipients = false

  @Flag(
    name: [.customShort("f"), .customLong("force"), .customLong("yes")], help: "Don't ask.")
  var force = false

  @OptionGroup var options: CommonOptions

  func validate() throws {
    guard recipients || !entries.isEmpty else {
      throw ValidationError("name an entry, or pass --recipients")
    }
  }

  func run(in session: Session) async throws {
    let repository = try session.repository()
    let names = try entries.map { text throws in try EntryName(text) }
    guard let memory = repository.memory else {
      throw Failure(.nothingToDo, "nothing is remembered in CI")
    }
    var remembered: [EntryName] = []
    for name in names {
      guard let record = try memory.record(of: name) else {
        session.note("\(name): nothing is remembered")
        continue
      }
      remembered.append(name)
      Console.note("\(name): serial \(record.serial), \(place(record)) was opened here")
      try Console.note("\(name): \(present(name, in: repository))")
    }
    let lists = recipients ? try lists(memory, repository, session) : nil
    let all = (remembered.map(\.path) + [lists].compactMap(\.self)).joined(separator: ", ")
    guard !all.isEmpty else {
      throw Failure(.nothingToDo, "there is nothing to accept: this machine remembers none of that")
    }
    try confirm(all)
    try memory.forget(remembered)
    if lists != nil { try memory.forgetRecipients() }
    session.note("accepted \(all)")
  }

  /// Shows what is remembered of the signed lists, and their current version. Returns the name of their file, or
  /// nil if nothing is remembered.
  private func lists(
    _ memory: Memory, _ repository: Repository, _ session: Session
  ) throws -> String? {
    let file = Vault.signedRecipientsPath
    guard let record = try memory.recipients else {
      session.note("\(file): nothing is remembered")
      return nil
    }
    Console.note("\(file): number \(record.serial), \(place(record)) was seen here")
    let present = repository.vault.signedRecipients.map {
      "number \($0.counter), \($0.digest.prefix(19))…"
    }
    Console.note("\(file): \(present ?? "nothing that can be read") is there now")
    return file
  }

  private func place(_ record: Memory.Record) -> String {
    let digest = String(record.digest.prefix(19))
    return record.commit.map { "\(digest)…, at commit \($0.prefix(10))," } ?? "\(digest)…"
  }

  /// The current version, which need not be decrypted to be judged.
  private func present(_ name: EntryName, in repository: Repository) throws(Failure) -> String {
    let entry: Vault.Entry
    do throws(Failure) {
      entry = try repository.vault.entry(name)
    } catch {
      // What is not checked out cannot be looked at before it is trusted.
      guard try repository.vault.absentEntries(among: [name.path]).isEmpty else { throw error }
      return "there is no such entry now"
    }
    let head = Git(in: repository.root).line(["rev-parse", "--verify", "--quiet", "HEAD"])
    let serial = entry.sidecar?.serial.map { "serial \($0)" } ?? "no serial"
    let digest =
      repository.vault.digest(of: name).map { String($0.prefix(19)) + "…" } ?? "unreadable"
    return "\(serial), \(digest)" + (head.map { ", at commit \($0.prefix(10))," } ?? "")
      + " is there now"
  }

  private func confirm(_ text: String) throws {
    if force { return }
    guard Console.isInputTerminal else {
      throw Failure(
        .usage, "cannot ask whether to accept \(text): standard input is not a terminal",
        hints: ["--yes accepts it without asking"])
    }
    guard try Question.confirm("accept the current version?") else {
      throw Failure(.nothingToDo, "nothing was accepted")
    }
  }
}
