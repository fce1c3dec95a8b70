import ArgumentParser
import KeyVault

struct Resolve: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Resolve merge conflicts in entries.",
    discussion: """
      Opens both sides' ciphertexts from git's index. The same key: what either side changed in the \
      sidecar is taken; where both changed a field, the side that was rotated later counts. Different \
      keys: the newer one is kept if one side alone changed the key; else both are tried with the \
      provider, and the one that works is kept, with a serial above both. An entry that one side \
      moved is followed to its new place; of entries that a side swapped, one choice decides for all. What \
      is still undecided is asked, or told by --ours or --theirs (in a rebase git calls ours what you \
      rebase onto): of an entry that moved, that is the place. The result is encrypted for the folder's \
      recipients and staged. Each entry is judged by itself: one that needs a choice, or cannot be \
      read, stops no other one.

      Example: keyvault resolve production/openai
      """)

  @Argument(
    help: "Entries, such as production/openai (default: all that are in conflict).",
    completion: .entries)
  var entries: [String] = []

  @Flag(help: "Take our side where a choice remains.")
  var ours = false

  @Flag(help: "Take their side where a choice remains.")
  var theirs = false

  @Flag(help: "Don't ask the provider.")
  var noTest = false

  @OptionGroup var options: CommonOptions

  func validate() throws {
    if ours, theirs { throw ValidationError("--ours and --theirs exclude each other") }
  }

  func run(in session: Session) async throws {
    let conflicts = try MergeConflicts(at: session.root())
    let action = ResolveConflicts(
      try entries.map { text throws(Failure) in try EntryName(text) },
      taking: ours ? .ours : theirs ? .theirs : nil, asksProvider: !noTest,
      onWait: WaitNotes.notes(isQuiet: options.quiet, advice: "--no-test does not ask"))
    let workspace = try session.workspaceToChange()
    let outcome = try await action.run(conflicts, in: workspace)
    session.tell(unrecorded: outcome.unrecorded, in: workspace)
    if let rest = outcome.remaining {
      session.note(rest == 0 ? "next: \(conflicts.nextCommand)" : "\(rest) left")
    }
    var failures = outcome.failures
    if let last = failures.popLast() {
      for failure in failures { Console.report(failure) }
      throw last
    }
  }
}
