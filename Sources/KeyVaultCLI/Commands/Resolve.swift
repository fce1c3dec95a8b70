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
      keys: the newer one is kept if one side alone changed the key; else both are tried with the \
      provider, and the one that works is kept, with a serial above both. An entry that one side \
      moved is followed to its new place. What is still undecided is asked, or told by --ours or \
      --theirs (in a rebase git calls ours what you rebase onto): of an entry that moved, that is the \
      place. The result is encrypted for the folder's recipients and staged.

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
    let names = try chosen(of: conflicts, in: repository.vault)
    let gpg = try session.gpg()
    for name in names {
      let resolution = try Resolution(
        of: conflicts.conflict(of: name), in: repository.vault, with: gpg)
      let choice = try await choice(for: resolution, in: repository, session)
      if let place = resolution.place(with: choice) {
        try repository.vault.checkCanStore(at: place, program: session.gpgProgram())
      }
      let place = try resolution.settle(
        choice, in: repository.vault, program: session.gpgProgram(), now: session.surroundings.now,
        isVouched: resolution.kept(by: choice).map { opened throws in
          try session.vouches(for: opened, in: repository)
        } ?? false)
      try GitCommit(in: root).stage(resolution.paths)
      session.note(told(choice, resolution, place))
    }
    for copy in conflicts.staleCopies where copy.isThere(in: repository.vault) {
      Console.warning(copy.message, hint: copy.hint)
    }
    let rest = try MergeConflicts(at: root).names.count
    session.note(rest == 0 ? "next: \(conflicts.nextCommand)" : "\(rest) left")
  }

  private func chosen(of conflicts: MergeConflicts, in vault: Vault) throws -> [EntryName] {
    guard !conflicts.names.isEmpty else {
      let copies = conflicts.staleCopies.filter { $0.isThere(in: vault) }
      guard let copy = copies.first else {
        throw Failure(.nothingToDo, "no entry is in conflict")
      }
      for other in copies.dropFirst() { Console.warning(other.message) }
      throw Failure(.findings, copy.message, hints: [copy.hint])
    }
    guard !entries.isEmpty else { return conflicts.names }
    var names: [EntryName] = []
    for text in entries {
      let place = try EntryName(text)
      guard let name = conflicts.name(of: place) else {
        throw Failure(
          .nothingToDo, "'\(place)' is not in conflict",
          hints: ["these are: \(conflicts.names.map(\.path).joined(separator: ", "))"])
      }
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  private func told(_ choice: Side?, _ resolution: Resolution, _ place: EntryName?) -> String {
    let name = resolution.conflict.name
    guard let place else { return "resolved \(name): removed" }
    let move = place == name ? "" : "it is at \(place); "
    if resolution.isSameKey { return "resolved \(name): \(move)both have the same key" }
    let side = resolution.keySide(with: choice)
    return "resolved \(name): \(move)the key is \(side.rawValue)"
  }

  /// The side that counts where the sides alone do not tell; nil if they do.
  private func choice(
    for resolution: Resolution, in repository: Repository, _ session: Session
  ) async throws -> Side? {
    let said: Side? = ours ? .ours : theirs ? .theirs : nil
    let conflict = resolution.conflict
    switch try resolution.question() {
    case nil: return nil
    case .removal where said == nil, .place where said == nil:
      let first = conflict.isRemoved(by: .theirs) ? Side.theirs : .ours
      return try ask(
        resolution,
        [first, first.other].map { "\($0.rawValue) \(conflict.deed(of: $0))" }
          .joined(separator: ", "))
    case .key where said == nil:
      if !noTest, let works = try await working(resolution, in: repository, session) {
        return works
      }
      return try ask(resolution, "two keys")
    case .fields(let fields) where said == nil:
      return try ask(resolution, "both changed \(fields.joined(separator: ", "))")
    case .removal, .place, .key, .fields: return said
    }
  }

  /// The side whose key alone its provider accepts.
  private func working(
    _ resolution: Resolution, in repository: Repository, _ session: Session
  ) async throws -> Side? {
    var asking = Prober.Options()
    asking.patience = Patience(retries: 1)
    asking.onWait = WaitNotes.notes(isQuiet: options.quiet, advice: "--no-test does not ask")
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

  private func ask(_ resolution: Resolution, _ why: String) throws -> Side {
    let name = resolution.conflict.name
    guard Console.isInputTerminal else {
      throw Failure(
        .findings, "'\(name)' needs a choice: \(why)",
        hints: Side.allCases.map { "--\($0.rawValue): \(resolution.text(of: $0))" })
    }
    Console.note("\(name): \(why)")
    for side in Side.allCases { Console.note("  \(side.rawValue): \(resolution.text(of: side))") }
    switch try Question.ask("which counts? [ours/theirs]") {
    case "o", "ours": return .ours
    case "t", "theirs": return .theirs
    default: throw Failure(.nothingToDo, "'\(name)' was not changed")
    }
  }
}

extension StaleCopy {
  fileprivate var message: String {
    "'\(place)' has the key that '\(origin)' had before \(rotatedBy.rawValue) rotated it"
  }

  fileprivate var hint: String {
    "give it the newer key: \(Shell("keyvault cp --force \(origin) \(place)")), or rotate it"
  }
}
