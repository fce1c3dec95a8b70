import ArgumentParser
import KeyVault

struct Reencrypt: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "reencrypt",
    abstract: "Re-encrypt entries whose readers differ from their folder's recipients.",
    discussion: """
      Everything else stays unchanged, byte for byte. All files change together; after an interruption, the next \
      command that writes completes the change. Rotate keys that a former recipient could read: git history keeps \
      the old ciphertexts.

      Exit status 1 if an entry is left that others can read.

      Example: keyvault reencrypt production --commit
      """)

  @Argument(help: "Environments or entries (default: every entry).", completion: .entries)
  var selection: [String] = []

  @Flag(
    help:
      "Don't change anything; list the entries that would be re-encrypted, and exit 1 if there are any."
  )
  var check = false

  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let workspace = try check ? session.workspace() : session.workspaceToChange()
    let plan = try ReencryptEntries(selection).plan(in: workspace)
    if check { return try list(plan, session) }
    let counter = Counter(
      "encrypted", of: plan.entries.count,
      isShown: !plan.entries.isEmpty && Console.isErrorTerminal && !options.quiet)
    defer { counter.clear() }
    let outcome = try await ReencryptEntries.run(plan, in: workspace) { counter.step() }
    guard !plan.entries.isEmpty else { return tellNothing(plan, session) }
    counter.clear()
    tell(outcome.entries, session)
    try commit.run(
      "keyvault: encrypt \(count(outcome.entries.done.count)) again", files: outcome.files,
      in: session)
    if outcome.entries.done.isEmpty, outcome.entries.failed.isEmpty { throw ExitCode(77) }
    if outcome.isPartial { throw ExitCode(1) }
  }

  private func list(_ plan: ReencryptEntries.Plan, _ session: Session) throws {
    let names = plan.names
    try Console.output(names.map { "\($0)\n" }.joined())
    guard !names.isEmpty else { return tellNothing(plan, session) }
    session.note("\(names.count) of \(count(plan.count)) would be encrypted again")
    throw ExitCode(1)
  }

  private func tellNothing(_ plan: ReencryptEntries.Plan, _ session: Session) {
    session.note("nothing to do: the readers of \(count(plan.count)) are as they should be")
  }

  private func tell(_ outcome: Reencryption.Outcome, _ session: Session) {
    for name in outcome.done { session.note("encrypted again: \(name)") }
    session.tellMarks(outcome.exposed)
    for (name, failure) in outcome.failed {
      Console.warning("\(name): \(failure.message)", hint: failure.hints.first)
    }
    if !outcome.locked.isEmpty {
      Console.warning(
        "no secret key here opens \(outcome.locked.map(\.path).joined(separator: ", "))",
        hint: "ask a person who can read them to run 'keyvault reencrypt'")
    }
  }

  private func count(_ entries: Int) -> String { entries == 1 ? "1 entry" : "\(entries) entries" }
}
