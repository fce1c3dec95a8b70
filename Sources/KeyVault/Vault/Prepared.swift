extension Vault {
  /// A key that is encrypted and signed and not written yet. All that can be refused was refused: it is
  /// made before a provider is asked about the key.
  public struct Prepared: Sendable {
    let entry: EntryName
    let serial: Int
    /// `sha256:…` of the new ciphertext.
    let digest: String
    /// This machine's code of the credential; nil where nothing is remembered.
    let key: String?
    /// As ``NewKey/isVouched``.
    let isVouched: Bool
    var changes: [VaultChange]
    /// What must still be so when they are made.
    var premises: [Premise] = []
  }

  /// Encrypts a key as ``store(_:about:from:over:program:now:)`` does, and writes nothing. Throws where
  /// what it makes could not be written now, too. Blocks.
  public func prepare(
    _ new: borrowing NewKey, about description: Description, from source: EntryName? = nil,
    over before: Present = .anything, program: GPGProgram, now: Timestamp
  ) throws(Failure) -> Prepared {
    let prepared = try sealed(
      new, about: description, from: source, over: before, program: program, now: now)
    try checkCanApply(prepared.changes)
    return prepared
  }

  /// Writes all of them, or none; in the same step what is there of the entries `removing` goes. Blocks.
  public func store(
    _ prepared: [Prepared], removing others: [EntryName] = []
  ) throws(Failure) {
    var changes: [VaultChange] = []
    // Two copies of a key can both take the sidecar of the place that they are from.
    for change in prepared.flatMap(\.changes)
    where change.content != nil || !changes.contains(where: { $0.file == change.file }) {
      changes.append(change)
    }
    for other in others { changes += try removal(of: other) }
    if !changes.isEmpty { try apply(changes, given: prepared.flatMap(\.premises)) }
    for one in prepared { remember(one) }
  }

  /// Takes note of what was written.
  func remember(_ prepared: Prepared) {
    try? repository.memory?.learn(
      prepared.entry, serial: prepared.serial, digest: prepared.digest, key: { prepared.key },
      isVouched: prepared.isVouched)
  }
}
