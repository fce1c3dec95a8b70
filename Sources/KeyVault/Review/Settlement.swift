public import GPG

/// Conflicts that end together: of entries that share places, such as two that a side swapped. Mostly it is one.
public struct Settlement: Sendable {
  /// Sorted by their names.
  public let resolutions: [Resolution]
  /// Whether one choice decides about all of them: each side puts them into places that the other needs for
  /// another one.
  public let isJoint: Bool

  /// `conflicts` are those of one ``MergeConflicts/Group``. Opens what both sides have, as ``Resolution`` does.
  /// Blocks.
  public init(of conflicts: [Conflict], in vault: Vault, with gpg: GPG) throws(Failure) {
    var resolutions: [Resolution] = []
    for conflict in conflicts {
      resolutions.append(try Resolution(of: conflict, in: vault, with: gpg))
    }
    self.resolutions = resolutions
    isJoint = try Self.isJoint(resolutions)
  }

  private static func isJoint(_ resolutions: [Resolution]) throws(Failure) -> Bool {
    guard resolutions.count > 1 else { return false }
    for resolution in resolutions {
      switch try resolution.question() {
      case .removal, .place: return true
      case .key, .fields, nil: break
      }
    }
    let places = resolutions.compactMap { $0.place(with: nil) }
    return Set(places).count < places.count
  }

  /// What each side did with each entry, for a person who must choose.
  public var deeds: String {
    resolutions.map { resolution in
      let conflict = resolution.conflict
      let deeds = Side.allCases.map { "\($0.rawValue) \(conflict.deed(of: $0))" }
      return "of \(conflict.label), \(deeds.joined(separator: ", "))"
    }.joined(separator: "; ")
  }

  /// What a choice of that side for all of them means, for a person.
  public func text(of choice: Side) -> String {
    resolutions.map { $0.jointText(of: choice) }.joined(separator: "; ")
  }

  /// Paths, relative to the root, of all files that ``settle(_:vouching:in:program:now:)`` decides on.
  public var paths: [String] { places.flatMap { [$0.ciphertextPath, $0.sidecarPath] } }

  private var places: [EntryName] { Set(resolutions.flatMap(\.places)).sorted() }

  /// Ends the conflicts in the work tree, all of them or none: each with the key and the place of its choice,
  /// or, where that is nil, with those that follow from both sides. Returns where each entry is now; nil for
  /// one that is gone. Blocks.
  public func settle(
    _ choices: [Side?], vouching isVouched: [Bool], in vault: Vault, program: GPGProgram,
    now: Timestamp
  ) throws(Failure) -> [EntryName?] {
    var prepared: [Vault.Prepared?] = []
    for (resolution, (choice, isVouched)) in zip(resolutions, zip(choices, isVouched)) {
      prepared.append(
        try resolution.prepared(
          choice, in: vault, program: program, now: now, isVouched: isVouched))
    }
    let kept = Set(prepared.compactMap { $0?.entry })
    try vault.store(prepared.compactMap(\.self), removing: places.filter { !kept.contains($0) })
    return prepared.map { $0?.entry }
  }
}
