import ArgumentParser
import GPG
import KeyVault
import Secrets

struct Rotate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate",
    abstract: "Replace a key by a new one, after asking its provider whether that works.",
    discussion: """
      The new key comes from a hidden prompt, from standard input, or from a variable. The old one \
      is opened, so that the same key is not taken for a new one and further parts of the credential \
      stay; it is replaced only once the provider accepts the new one. The new key may travel where the \
      old one may; a host that only the old key names counts if a trusted writer signed the entry, \
      this machine wrote it, or KEYVAULT_ALLOW_HOSTS or your answer on the terminal allows it.

      --verify-retired replaces nothing: it sends the keys that the entry had before, from git's \
      history, to their provider, and notes in the sidecar which of them it rejects. Exit status 1 if \
      one still works, 3 if nobody can tell.

      Example: wl-paste | keyvault rotate production/openai
      """)

  @Argument(help: "Such as production/openai.", completion: .entries)
  var entry: String

  @Option(help: ArgumentHelp("Take the key from this variable.", valueName: "variable"))
  var fromEnv: String?

  @Flag(help: "Do not ask the provider.")
  var noTest = false

  @Flag(help: "Store it although a check objects.")
  var force = false

  @Flag(help: "Ask the provider whether the earlier keys are dead, and replace nothing.")
  var verifyRetired = false

  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func validate() throws {
    guard !verifyRetired || fromEnv == nil && !noTest && !force else {
      throw ValidationError("--verify-retired takes no new key")
    }
  }

  func run() async throws {
    // Before gpg is started: no child may see it.
    let fromVariable = fromEnv.map(SecretVariable.init)
    let session = try Session(options)
    defer { session.end() }
    let repository = try session.repositoryToChange()
    let vault = repository.vault
    let entry = try vault.entry(EntryName(entry))
    guard let provider = try repository.catalogue.provider(entry.provider) else {
      throw Failure(
        .malformed, "no provider '\(entry.provider.printable(limit: 80))' is known",
        hints: ["set 'provider:' in \(entry.name.sidecarPath)"])
    }
    let old = try vault.open(entry, requiring: .fitting, with: session.gpg())
    if verifyRetired {
      try await RetiredKeys(session: session, repository: repository, provider: provider)
        .verify(entry, opened: old, commit)
      return
    }
    if !old.payload.isBound { _ = try entry.providerByName(or: "adopt") }
    let intake = KeyIntake(session: session, repository: repository, isForced: force)
    let policy = try session.policy()
    var destinations = try policy.destinations(
      of: provider, inPlaceOf: old, isVouched: vault.vouches(for: old),
      gateway: repository.gateway(of: entry.name))
    try intake.settle(&destinations, isTested: !noTest)
    let key = try intake.key(fromEnv, fromVariable, for: entry.name, provider)
    guard !old.holds(key) else {
      throw Failure(
        .findings, "this is the key that '\(entry.name)' holds already, so nothing was changed",
        hints: provider.links.keys.map { ["make a new key: \($0)"] } ?? [])
    }
    let new = try old.successor(
      key, hosts: destinations.hosts, after: vault.lastSerial(of: entry.name))
    let prepared = try vault.prepare(
      new, about: Vault.Description(), over: .digest(old.digest), program: session.gpgProgram(),
      now: session.surroundings.now)
    let isAsked = !noTest && !destinations.isBarred
    let answer = isAsked ? try await intake.test(new, provider) : nil
    try intake.store(prepared, answer: answer)
    let sidecar = try vault.entry(entry.name).sidecar
    // Those of the built-in catalogue need not be told, unless they are new.
    let told = destinations.hosts.filter {
      !old.payload.hosts.contains($0) || OriginPolicy.isOwn($0, of: provider.id)
    }
    session.note(
      "rotated \(entry.name): \(sidecar?.preview ?? "…"), serial \(sidecar?.serial ?? 0)"
        + (told.isEmpty ? "" : ", may travel to \(told.joined(separator: ", "))"))
    if let page = provider.links.keys {
      session.note(
        "now revoke the old key: \(page); then "
          + "\(Shell("keyvault rotate \(entry.name) --verify-retired"))")
    }
    try commit.run("keyvault: rotate \(entry.name)", [entry.name], in: repository, session)
  }
}
