import ArgumentParser
import GPG
import HTTP
import KeyVault

struct Resolve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "End the merge conflicts of entries.",
    discussion: """
      Opens both sides' ciphertexts from git's index. The same key: what either side changed in the \
      sidecar is taken; where both changed a field, the side that was rotated later counts. Different \
      keys: both are tried with the provider, and the one that works is kept, with a serial above \
      both. What is still undecided is asked, or told by --ours or --theirs (in a rebase git calls \
      ours what you rebase onto). The result is encrypted for the folder's recipients and staged.

      Example: keyvault resolve production/openai
      """)

  @Argument(
    help: "Such as production/openai; all that are in conflict if not said.", completion: .entries)
  var entries: [String] = []

  @Flag(help: "Where a choice is left, take our side.")
  var ours = false

  @Flag(help: "Where a choice is left, take their side.")
  var theirs = false

  @Flag(help: "Do not ask the provider.")
  var noTest = false

  @OptionGroup var options: CommonOptions

  func validate() throws {
    if ours, theirs { throw ValidationError("--ours and --theirs exclude each other") }
  }

  func run() async throws {
    let session = try Session(options)
    let root = try session.root()
    let conflicts = try MergeConflicts(at: root)
    let repository = try session.repositoryToChange()
    let names = try chosen(of: conflicts)
    let gpg = try session.gpg()
    for name in names {
      let resolution = try Resolution(
        of: conflicts.conflict(of: name), in: repository.vault, with: gpg)
      try repository.vault.checkCanStore(at: name, program: session.gpgProgram())
      let choice = try await choice(for: resolution, in: repository, session)
      let isThere = try resolution.settle(
        choice, in: repository.vault, program: session.gpgProgram(), now: session.surroundings.now,
        isVouched: resolution.kept(by: choice).map { opened throws in
          try session.vouches(for: opened, in: repository)
        } ?? false)
      try GitCommit(in: root).stage([name.ciphertextPath, name.sidecarPath])
      session.note(told(name, choice, resolution, isThere))
    }
    let rest = try MergeConflicts(at: root).names.count
    session.note(rest == 0 ? "next: git commit, or go on with the rebase" : "\(rest) left")
  }

  private func chosen(of conflicts: MergeConflicts) throws -> [EntryName] {
    guard !conflicts.names.isEmpty else {
      throw Failure(.nothingToDo, "no entry is in conflict")
    }
    return try entries.isEmpty
      ? conflicts.names
      : entries.map { text in
        let name = try EntryName(text)
        guard conflicts.names.contains(name) else {
          throw Failure(
            .nothingToDo, "'\(name)' is not in conflict",
            hints: ["these are: \(conflicts.names.map(\.path).joined(separator: ", "))"])
        }
        return name
      }
  }

  private func told(
    _ name: EntryName, _ choice: Side?, _ resolution: Resolution, _ isThere: Bool
  ) -> String {
    if !isThere { return "resolved \(name): removed" }
    if resolution.isSameKey { return "resolved \(name): both have the same key" }
    return "resolved \(name): the key is \(choice?.rawValue ?? Side.ours.rawValue)"
  }

  /// The side that counts where the sides alone do not tell; nil if they do.
  private func choice(
    for resolution: Resolution, in repository: Repository, _ session: Session
  ) async throws -> Side? {
    let conflict = resolution.conflict
    let said: Side? = ours ? .ours : theirs ? .theirs : nil
    if resolution.isSameKey {
      let fields = try resolution.undecided()
      guard !fields.isEmpty else { return nil }
      return try said ?? ask(conflict, "both changed \(fields.joined(separator: ", "))")
    }
    if let said { return said }
    if let remover = Side.allCases.first(where: conflict.isRemoved) {
      return try ask(
        conflict, "\(remover.rawValue) removed it, \(remover.other.rawValue) changed it")
    }
    if !noTest, let works = try await working(resolution, in: repository, session) { return works }
    return try ask(conflict, "two keys")
  }

  /// The side whose key alone its provider accepts.
  private func working(
    _ resolution: Resolution, in repository: Repository, _ session: Session
  ) async throws -> Side? {
    var asking = Prober.Options()
    asking.patience = Patience(retries: 1)
    let prober = Prober(
      client: try session.client(), catalogue: repository.catalogue,
      policy: try session.policy(), options: asking)
    var good: [Side] = []
    let history = try session.history(of: repository)
    for side in Side.allCases {
      guard let opened = resolution.opened(side) else { continue }
      let result = await prober.test(
        opened, gateway: repository.gateway(of: opened.name), now: session.surroundings.now)
      session.record([result], in: history)
      session.note(
        "\(side.rawValue), \(resolution.conflict.text(of: side)): \(result.word.rawValue), "
          + result.verdict.rawValue)
      if result.word == .valid { good.append(side) }
    }
    return good.count == 1 ? good[0] : nil
  }

  private func ask(_ conflict: Conflict, _ why: String) throws -> Side {
    guard Console.isInputTerminal else {
      throw Failure(
        .findings, "'\(conflict.name)' needs a choice: \(why)",
        hints: Side.allCases.map { "--\($0.rawValue): \(conflict.text(of: $0))" })
    }
    Console.note("\(conflict.name): \(why)")
    for side in Side.allCases { Console.note("  \(side.rawValue): \(conflict.text(of: side))") }
    switch try Question.ask("which counts? [ours/theirs]") {
    case "o", "ours": return .ours
    case "t", "theirs": return .theirs
    default: throw Failure(.nothingToDo, "'\(conflict.name)' was left as it is")
    }
  }
}
