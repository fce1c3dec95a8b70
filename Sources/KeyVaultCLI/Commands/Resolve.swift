import ArgumentParser
import GPG
import HTTP
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
    let root = try session.root()
    let conflicts = try MergeConflicts(at: root)
    let repository = try session.repositoryToChange()
    let groups = try chosen(of: conflicts, in: repository.vault)
    let gpg = try session.gpg()
    var failures: [Failure] = []
    for group in groups {
      do {
        let all = try conflicts.conflicts(of: group)
        if try settleSidecars(of: all, in: repository, session) { continue }
        let settlement = try Settlement(of: all, in: repository.vault, with: gpg)
        try await settle(settlement, in: repository, session)
      } catch let failure as Failure where failure.isAboutEntry {
        failures.append(failure)
      }
    }
    for copy in conflicts.staleCopies where copy.isThere(in: repository.vault) {
      Console.warning(copy.message, hint: copy.hint(in: repository.vault))
    }
    if failures.count < groups.count {
      let rest = try MergeConflicts(at: root).names.count
      session.note(rest == 0 ? "next: \(conflicts.nextCommand)" : "\(rest) left")
    }
    if let last = failures.popLast() {
      for failure in failures { Console.report(failure) }
      throw last
    }
  }

  private func chosen(
    of conflicts: MergeConflicts, in vault: Vault
  ) throws -> [MergeConflicts.Group] {
    guard !conflicts.groups.isEmpty else {
      let copies = conflicts.staleCopies.filter { $0.isThere(in: vault) }
      guard let copy = copies.first else {
        throw Failure(.nothingToDo, "no entry is in conflict")
      }
      for other in copies.dropFirst() { Console.warning(other.message) }
      throw Failure(.findings, copy.message, hints: [copy.hint(in: vault)])
    }
    guard !entries.isEmpty else { return conflicts.groups }
    var groups: [MergeConflicts.Group] = []
    for text in entries {
      let place = try EntryName(text)
      guard let group = conflicts.group(of: place) else {
        throw Failure(
          .nothingToDo, "'\(place)' is not in conflict",
          hints: ["these are: \(conflicts.names.map(\.path).joined(separator: ", "))"])
      }
      if !groups.contains(where: { $0.names == group.names }) { groups.append(group) }
    }
    return groups
  }

  /// Ends a conflict that is about sidecars alone; whether it is one.
  private func settleSidecars(
    of conflicts: [Conflict], in repository: Repository, _ session: Session
  ) throws -> Bool {
    guard conflicts.count == 1,
      let sidecars = try SidecarResolution(of: conflicts[0], in: repository.vault)
    else { return false }
    try GitCommit(in: repository.root).stage(sidecars.settle(in: repository.vault))
    session.note("resolved \(conflicts[0].name): both have the same key")
    return true
  }

  private func settle(
    _ settlement: Settlement, in repository: Repository, _ session: Session
  ) async throws {
    let choices = try await choices(for: settlement, in: repository, session)
    let chosen = Array(zip(settlement.resolutions, choices))
    for case let place? in chosen.map({ $0.place(with: $1) }) {
      try repository.vault.checkCanStore(at: place, program: session.gpgProgram())
    }
    let places = try settlement.settle(
      choices,
      vouching: chosen.map { resolution, choice in
        try resolution.kept(by: choice).map { try session.vouches(for: $0, in: repository) }
          ?? false
      },
      in: repository.vault, program: session.gpgProgram(), now: session.surroundings.now)
    try GitCommit(in: repository.root).stage(settlement.paths)
    for ((resolution, choice), place) in zip(chosen, places) {
      session.note(told(choice, resolution, place))
    }
    session.noteMarks(
      try zip(chosen, places).compactMap { one, place in
        let (resolution, choice) = one
        let sources =
          resolution.isSameKey
          ? Side.allCases.map(resolution.opened) : [resolution.kept(by: choice)]
        guard let place, sources.allSatisfy({ $0?.sidecar?.exposed == nil }),
          try repository.vault.entry(place).sidecar?.exposed != nil
        else { return nil }
        return place
      })
  }

  private func told(_ choice: Side?, _ resolution: Resolution, _ place: EntryName?) -> String {
    let name = resolution.conflict.name
    guard let place else { return "resolved \(name): removed" }
    let move = place == name ? "" : "it is at \(place); "
    if resolution.isSameKey { return "resolved \(name): \(move)both have the same key" }
    let side = resolution.keySide(with: choice)
    return "resolved \(name): \(move)the key is \(side.rawValue)"
  }

  /// Of each entry, as the next tells it; the same for all where they are decided together.
  private func choices(
    for settlement: Settlement, in repository: Repository, _ session: Session
  ) async throws -> [Side?] {
    guard settlement.isJoint else {
      var choices: [Side?] = []
      for resolution in settlement.resolutions {
        choices.append(try await choice(for: resolution, in: repository, session))
      }
      return choices
    }
    let names = settlement.resolutions.map { "'\($0.conflict.label)'" }.joined(separator: ", ")
    let choice =
      try said ?? ask("\(names) need one choice", settlement.deeds, settlement.text)
    return settlement.resolutions.map { _ in choice }
  }

  private var said: Side? { ours ? .ours : theirs ? .theirs : nil }

  /// The side that counts where the sides alone do not tell; nil if they do.
  private func choice(
    for resolution: Resolution, in repository: Repository, _ session: Session
  ) async throws -> Side? {
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
    try ask("'\(resolution.conflict.name)' needs a choice", why, resolution.text)
  }

  /// `text` says what the choice of a side means.
  private func ask(_ need: String, _ why: String, _ text: (Side) -> String) throws -> Side {
    guard Console.isInputTerminal else {
      throw Failure(
        .findings, "\(need): \(why)",
        hints: Side.allCases.map { "--\($0.rawValue): \(text($0))" })
    }
    Console.note("\(need): \(why)")
    for side in Side.allCases { Console.note("  \(side.rawValue): \(text(side))") }
    switch try Question.ask("which counts? [ours/theirs]") {
    case "o", "ours": return .ours
    case "t", "theirs": return .theirs
    default: throw Failure(.nothingToDo, "nothing was chosen, so nothing more was changed")
    }
  }
}

extension Failure {
  /// Whether it is about the entry that is resolved, and not about all that are to be.
  fileprivate var isAboutEntry: Bool {
    switch kind {
    case .findings, .malformed, .locked, .inconclusive: true
    default: false
    }
  }
}

extension StaleCopy {
  fileprivate var message: String {
    "'\(place)' has the key that '\(origin)' had before \(rotatedBy.rawValue) rotated it"
  }

  fileprivate func hint(in vault: Vault) -> String {
    guard (try? vault.entry(origin)) != nil else {
      return "rotate it: \(Shell("keyvault rotate \(place)"))"
    }
    return
      "give it the newer key: \(Shell("keyvault cp --force \(origin) \(place)")), or rotate it"
  }
}
