internal import Naming

/// The last verdict on each key. It is found by the ciphertext that was tested, or, where the key was
/// encrypted again or moved, by the key: this machine knows the key of a ciphertext that it wrote or opened.
/// The id and the serial of a sidecar do not count, since anyone can write them.
public struct LastVerdicts: Sendable {
  private var byEntry: [Name: History.Record] = [:]
  private var byKey: [Name: History.Record] = [:]

  /// `records` are in the order in which they were made.
  public init(_ records: [History.Record] = []) {
    for record in records { add(record) }
  }

  /// One that was made after the others.
  mutating func add(_ record: History.Record) {
    byEntry[record.entry] = record
    if let key = record.key { byKey[key] = record }
  }

  /// Of the key that is in the vault now; nil if it was not tested.
  public func record(of entry: Vault.Entry, in vault: Vault) -> History.Record? {
    guard !byEntry.isEmpty,
      let digest = vault.digest(of: entry.name) ?? vault.absentDigest(of: entry.name)
    else { return nil }
    if let own = byEntry[entry.name.path], own.digest == digest { return latest(of: own) }
    return vault.repository.memory?.code(of: entry.name, digest: digest).flatMap { byKey[$0] }
  }

  /// Of the key that was tested.
  public func record(of result: TestResult) -> History.Record? {
    guard let digest = result.digest else { return nil }
    if let own = byEntry[result.entry], own.digest == digest { return latest(of: own) }
    return result.key.flatMap { byKey[$0] }
  }

  /// What was last said of the same key, perhaps in another place.
  private func latest(of own: History.Record) -> History.Record {
    own.key.flatMap { byKey[$0] } ?? own
  }
}
