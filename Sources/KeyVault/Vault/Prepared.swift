extension Vault {
  /// A key that is encrypted and signed and not written yet. All that can be refused was refused: it is
  /// made before a provider is asked about the key.
  public struct Prepared: Sendable {
    let entry: EntryName
    let serial: Int
    let changes: [VaultChange]
  }

  /// Encrypts a key as ``store(_:about:from:over:program:now:)`` does, and writes nothing. Throws where
  /// what it makes could not be written now, too. Blocks.
  public func prepare(
    _ new: borrowing NewKey, about description: Description, from source: EntryName? = nil,
    over before: Present = .anything, program: GPGProgram, now: Timestamp
  ) throws(Failure) -> Prepared {
    let changes = try changes(
      storing: new, about: description, from: source, over: before, program: program, now: now)
    try checkCanApply(changes)
    return Prepared(entry: new.entry, serial: new.serial, changes: changes)
  }

  /// Writes all of them, or none. Blocks.
  public func store(_ prepared: [Prepared]) throws(Failure) {
    let changes = prepared.flatMap(\.changes)
    try apply(changes)
    for one in prepared { remember(one.entry, serial: one.serial, changes) }
  }
}
