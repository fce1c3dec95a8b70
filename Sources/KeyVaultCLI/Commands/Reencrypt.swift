import ArgumentParser
import KeyVault

struct Reencrypt: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "reencrypt",
    abstract: "Re-encrypt entries whose readers differ from their folder's recipients.",
    discussion: """
      All else stays as it is, byte for byte. All files change together: whoever is interrupted runs \
      any command that writes, which ends it. Rotate the keys that somebody could read who must not: \
      git's history keeps the old ciphertexts.

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
    let repository = try check ? session.repository() : session.repositoryToChange()
    let chosen = try Selection(selection, in: repository)
    let (selected, absent) = (chosen.entries, chosen.absent)
    guard !selected.isEmpty || !absent.isEmpty else {
      throw Failure(.nothingToDo, "there is no entry to look at")
    }
    let reencryption = Reencryption(of: repository, program: try session.gpgProgram())
    let left = try reencryption.drifted(absent)
    let drifted = try reencryption.drifted(selected) + (check ? left : [])
    if check {
      try Console.output(drifted.map { "\($0.name)\n" }.joined())
      session.note(
        drifted.isEmpty
          ? "nothing to do: the readers of \(count(selected.count + absent.count)) are as they should be"
          : "\(drifted.count) of \(count(selected.count + absent.count)) would be encrypted again")
      if !drifted.isEmpty { throw ExitCode(1) }
      return
    }
    try repository.vault.refuseAbsent(left)
    guard !drifted.isEmpty else {
      return session.note(
        "nothing to do: the readers of \(count(selected.count + absent.count)) are as they should be"
      )
    }
    try await run(reencryption, drifted, in: repository, session)
  }

  private func run(
    _ reencryption: Reencryption, _ drifted: [Vault.Entry], in repository: Repository,
    _ session: Session
  ) async throws {
    let counter = Counter(
      "encrypted", of: drifted.count, isShown: Console.isErrorTerminal && !options.quiet)
    defer { counter.clear() }
    let outcome = try await reencryption.run(
      drifted, with: session.gpg(), now: session.surroundings.now
    ) { counter.step() }
    counter.clear()
    for name in outcome.done { session.note("encrypted again: \(name)") }
    session.noteMarks(outcome.exposed)
    for (name, failure) in outcome.failed {
      Console.warning("\(name): \(failure.message)", hint: failure.hints.first)
    }
    if !outcome.locked.isEmpty {
      Console.warning(
        "no secret key here opens \(outcome.locked.map(\.path).joined(separator: ", "))",
        hint: "somebody who can read them runs 'keyvault reencrypt'")
    }
    // A commit of the ciphertexts without the lists that they follow would look like drift.
    let files = outcome.done.flatMap { [$0.ciphertextPath, $0.sidecarPath] }
    try commit.run(
      "keyvault: encrypt \(count(outcome.done.count)) again",
      files: files + repository.vault.recipientFiles(of: outcome.done), in: repository, session)
    if outcome.done.isEmpty, outcome.failed.isEmpty { throw ExitCode(77) }
    if outcome.done.count < drifted.count { throw ExitCode(1) }
  }

  private func count(_ entries: Int) -> String { entries == 1 ? "1 entry" : "\(entries) entries" }
}
