import ArgumentParser
import KeyVault

struct Rotate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate",
    abstract: "Replace a key with a new one, after verifying the new one with its provider.",
    discussion: """
      Reads the new key from a hidden prompt, from standard input, or from a variable. Refuses the \
      present key, keeps additional credential fields, and replaces the key only once the provider \
      accepts the new one. The new key may travel where the old one may; a host that only the old key \
      names counts if a trusted writer signed the entry, this machine wrote it, or \
      KEYVAULT_ALLOW_HOSTS or your answer on the terminal allows it.

      Revoke the old key next, then prove that it is dead with 'keyvault test --retired ENTRY'.

      Example: wl-paste | keyvault rotate production/openai
      """)

  @Argument(help: "Entry to rotate, such as production/openai.", completion: .entries)
  var entry: String

  @Option(help: ArgumentHelp("Read the key from this variable.", valueName: "variable"))
  var fromEnv: String?

  @OptionGroup var checks: KeyCheckOptions

  /// The old spelling of `test --retired`, until 1.0.
  @Flag(help: .hidden)
  var verifyRetired = false

  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func validate() throws {
    guard !verifyRetired || fromEnv == nil && !checks.noTest && !checks.force else {
      throw ValidationError("--verify-retired takes no new key")
    }
  }

  func run() async throws {
    // Before gpg is started: no child may see it.
    let fromVariable = fromEnv.map { (name: $0, value: SecretVariable($0)) }
    let session = try Session(options)
    defer { session.end() }
    if verifyRetired {
      session.note("keyvault: note: rotate --verify-retired is now: keyvault test --retired")
      return try await RetiredKeys(session: session, commit: commit).test([entry])
    }
    let workspace = try session.workspaceToChange()
    let name = try EntryName(entry)
    var action = RotateKey(name)
    action.checks = checks.checks(in: session)
    let source = KeySource(entry: name, variable: fromVariable)
    let outcome = try await action.run(in: workspace) { provider throws(Failure) in
      try source.key(of: provider)
    }
    session.tell(unrecorded: outcome.unrecorded, in: workspace)
    session.note(
      "rotated \(name): \(outcome.preview), serial \(outcome.serial)"
        + (outcome.hosts.isEmpty
          ? "" : ", may travel to \(outcome.hosts.joined(separator: ", "))"))
    if let page = outcome.provider.links.keys {
      session.note(
        "now revoke the old key: \(page); then \(Shell("keyvault test --retired \(name)"))")
    }
    try commit.run("keyvault: rotate \(name)", [name], in: session)
  }
}
