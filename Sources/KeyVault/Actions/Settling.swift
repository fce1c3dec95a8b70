internal import GPG

/// Ends conflicts, one after the other, for ``ResolveConflicts``.
struct Settling {
  let action: ResolveConflicts
  let workspace: Workspace
  let gpg: GPG
  let program: GPGProgram
  /// Why what providers answered is not remembered; nil if it is.
  private(set) var unrecorded: Failure?

  init(_ action: ResolveConflicts, in workspace: Workspace) throws(Failure) {
    self.action = action
    self.workspace = workspace
    gpg = try workspace.gpg()
    program = try workspace.program()
  }

  private var vault: Vault { workspace.vault }

  /// `conflicts` are those of one group.
  mutating func settle(_ conflicts: [Conflict]) async throws(Failure) {
    if try settleSidecars(of: conflicts) { return }
    let settlement = try Settlement(of: conflicts, in: vault, with: gpg)
    let choices = try await choices(for: settlement)
    let chosen = Array(zip(settlement.resolutions, choices))
    var isVouched: [Bool] = []
    for (resolution, choice) in chosen {
      if let place = resolution.place(with: choice) {
        try vault.checkCanStore(at: place, program: program)
      }
    }
    for (resolution, choice) in chosen {
      if let kept = resolution.kept(by: choice) {
        isVouched.append(try workspace.vouches(for: kept))
      } else {
        isVouched.append(false)
      }
    }
    let places = try settlement.settle(
      choices, vouching: isVouched, in: vault, program: program, now: workspace.now)
    try GitCommit(in: workspace.repository.root).stage(settlement.paths)
    var marked: [EntryName] = []
    for ((resolution, choice), place) in zip(chosen, places) {
      workspace.tell(Notice(.resolved, .note, text(of: resolution, choice, place)))
      if let place, try isMarked(resolution, choice, at: place) { marked.append(place) }
    }
    if !marked.isEmpty { workspace.tell(.marked(marked)) }
  }

  /// Ends a conflict that is about sidecars alone; whether it is one.
  private func settleSidecars(of conflicts: [Conflict]) throws(Failure) -> Bool {
    guard conflicts.count == 1,
      let sidecars = try SidecarResolution(of: conflicts[0], in: vault)
    else { return false }
    try GitCommit(in: workspace.repository.root).stage(sidecars.settle(in: vault))
    workspace.tell(
      Notice(.resolved, .note, "resolved \(conflicts[0].name): both have the same key"))
    return true
  }

  /// Whether the key is marked as exposed now, and was not on the sides that it comes from.
  private func isMarked(
    _ resolution: Resolution, _ choice: Side?, at place: EntryName
  ) throws(Failure) -> Bool {
    let sources =
      resolution.isSameKey
      ? Side.allCases.map(resolution.opened) : [resolution.kept(by: choice)]
    guard sources.allSatisfy({ $0?.sidecar?.exposed == nil }) else { return false }
    return try vault.entry(place).sidecar?.exposed != nil
  }

  private func text(
    of resolution: Resolution, _ choice: Side?, _ place: EntryName?
  ) -> String {
    let name = resolution.conflict.name
    guard let place else { return "resolved \(name): removed" }
    let move = place == name ? "" : "it is at \(place); "
    if resolution.isSameKey { return "resolved \(name): \(move)both have the same key" }
    return "resolved \(name): \(move)the key is \(resolution.keySide(with: choice).rawValue)"
  }

  /// Of each entry, the side that counts, or nil where the sides decide; one for all where they are decided together.
  private mutating func choices(for settlement: Settlement) async throws(Failure) -> [Side?] {
    guard settlement.isJoint else {
      var choices: [Side?] = []
      for resolution in settlement.resolutions {
        choices.append(try await choice(for: resolution))
      }
      return choices
    }
    if let side = action.side { return settlement.resolutions.map { _ in side } }
    let names = settlement.resolutions.map { "'\($0.conflict.label)'" }.joined(separator: ", ")
    let choice = try ask("\(names) need one choice", settlement.deeds, settlement.text)
    return settlement.resolutions.map { _ in choice }
  }

  /// The side that counts where the sides do not decide; nil if they do.
  private mutating func choice(for resolution: Resolution) async throws(Failure) -> Side? {
    guard let question = try resolution.question() else { return nil }
    if let side = action.side { return side }
    let reason: String
    switch question {
    case .removal, .place:
      let conflict = resolution.conflict
      let first = conflict.isRemoved(by: .theirs) ? Side.theirs : .ours
      reason = [first, first.other].map { "\($0.rawValue) \(conflict.deed(of: $0))" }
        .joined(separator: ", ")
    case .key:
      if action.asksProvider, let side = try await working(of: resolution) { return side }
      reason = "two keys"
    case .fields(let fields): reason = "both changed \(fields.joined(separator: ", "))"
    }
    return try ask("'\(resolution.conflict.name)' needs a choice", reason, resolution.text)
  }

  /// The side whose key alone its provider accepts.
  private mutating func working(of resolution: Resolution) async throws(Failure) -> Side? {
    let prober = try workspace.prober(action.onWait)
    var good: [Side] = []
    for side in Side.allCases {
      guard let opened = resolution.opened(side) else { continue }
      let result = await prober.test(
        opened, gateway: workspace.repository.gateway(of: opened.name), now: workspace.now)
      unrecorded = workspace.record([result]) ?? unrecorded
      workspace.tell(
        Notice(
          .answer, .note,
          "\(side.rawValue), \(resolution.conflict.text(of: side)): \(result.word.rawValue), "
            + result.verdict.rawValue))
      if result.word == .valid { good.append(side) }
    }
    return good.count == 1 ? good[0] : nil
  }

  /// Throws where there is no person to ask. `text` says what the choice of a side means.
  private func ask(
    _ need: String, _ reason: String, _ text: (Side) -> String
  ) throws(Failure) -> Side {
    let sides = Side.allCases
    let alternatives = Alternatives.side(need: need, reason: reason, texts: sides.map(text))
    guard let index = try workspace.chooses(among: alternatives) else {
      throw Failure(
        .findings, "\(need): \(reason)", hints: sides.map { "--\($0.rawValue): \(text($0))" })
    }
    return sides[index]
  }
}
