extension Vault {
  /// Several keys that are stored together: all of them, or none.
  public struct Batch {
    private let vault: Vault
    private var changes: [VaultChange] = []
    private var stored: [(entry: EntryName, serial: Int)] = []

    public init(in vault: Vault) {
      self.vault = vault
    }

    /// Encrypts a key as ``Vault/store(_:about:from:over:program:now:)`` does, and writes nothing yet.
    public mutating func add(
      _ new: borrowing NewKey, about description: Description, over before: Present,
      program: GPGProgram, now: Timestamp
    ) throws(Failure) {
      changes += try vault.changes(
        storing: new, about: description, from: nil, over: before, program: program, now: now)
      stored.append((new.entry, new.serial))
    }

    /// Writes all of them. Blocks.
    public func apply() throws(Failure) {
      try vault.apply(changes)
      for (entry, serial) in stored { vault.remember(entry, serial: serial, changes) }
    }
  }
}
