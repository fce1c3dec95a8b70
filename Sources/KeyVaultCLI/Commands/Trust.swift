import ArgumentParser
import KeyVault

struct Trust: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust",
    abstract:
      "Forget what this machine remembers of entries or lists, so that older ones are accepted.",
    discussion: """
      Whenever an entry is opened here, its serial is remembered; one that has a lower serial later \
      was put back, and is refused. So is a vault/.recipients.sig with a lower number than was seen \
      here. Look who did that before you accept it: git log -- vault/…

      Example: keyvault trust production/openai
      """)

  @Argument(help: "Such as production/openai.", completion: .entries)
  var entries: [String] = []

  @Flag(help: "Accept an older vault/.recipients.sig: who can read what, as it was signed before.")
  var recipients = false

  @Flag(name: [.customShort("f"), .customLong("force"), .customLong("yes")], help: "Do not ask.")
  var force = false

  @OptionGroup var options: CommonOptions

  func validate() throws {
    guard recipients || !entries.isEmpty else {
      throw ValidationError("name an entry, or say --recipients")
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
    guard !all.isEmpty else { throw Failure(.nothingToDo, "there is nothing to forget") }
    try confirm(all)
    try memory.forget(remembered)
    if lists != nil { try memory.forgetRecipients() }
    session.note("forgot \(all)")
  }

  /// Says what is remembered of the signed lists, and what is there now; the name of their file, or nil where
  /// nothing is remembered.
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

  /// In the clear: what lies there need not be opened to be judged.
  private func present(_ name: EntryName, in repository: Repository) throws(Failure) -> String {
    let entry: Vault.Entry
    do throws(Failure) {
      entry = try repository.vault.entry(name)
    } catch {
      // What is not checked out cannot be looked at before it is trusted.
      guard try repository.vault.absentEntries(among: [name.path]).isEmpty else { throw error }
      return "nothing lies there now"
    }
    let head = Git(in: repository.root).line(["rev-parse", "--verify", "--quiet", "HEAD"])
    let serial = entry.sidecar?.serial.map { "serial \($0)" } ?? "no serial"
    let digest =
      repository.vault.digest(of: name).map { String($0.prefix(19)) + "…" } ?? "unreadable"
    return "\(serial), \(digest)" + (head.map { ", at commit \($0.prefix(10))," } ?? "")
      + " lies there now"
  }

  private func confirm(_ text: String) throws {
    if force { return }
    guard Console.isInputTerminal else {
      throw Failure(
        .usage, "nobody is here to ask whether to trust \(text)",
        hints: ["--yes trusts it without asking"])
    }
    guard try Question.confirm("trust what lies there now?") else {
      throw Failure(.nothingToDo, "nothing was forgotten")
    }
  }
}
