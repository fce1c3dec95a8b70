internal import GPG
internal import Naming
internal import YAML

extension Vault {
  /// Of those who can read a key by these key ids, one who cannot any more once it is encrypted for `readers`
  /// alone: a fingerprint; nil if there is none. An id that no public key file has is ignored.
  func formerReader(
    _ keyIDs: some Sequence<UInt64>, besides readers: [RecipientFile], program: GPGProgram
  ) throws(Failure) -> String? {
    let kept = Set(readers.flatMap { $0.key.subkeys.map(\.keyID) })
    let gone = Set(keyIDs).subtracting(kept).subtracting([0])
    guard !gone.isEmpty else { return nil }
    let keys = try repository.publicKeys(program)
    let people = Set(names: readers.map(\.key.fingerprint))
    return gone.compactMap { keys.holder(of: $0)?.fingerprint }.filter { !people.contains($0) }
      .min()
  }

  /// Who can read the ciphertext in the place of a key that is stored there again, by key ids.
  func presentReaders(of new: borrowing NewKey) -> [UInt64] {
    new.isOtherKey ? [] : structure(of: new.entry)?.recipients ?? []
  }
}

extension SidecarEditor {
  /// Says who could read the key. An older mark stays; whether there was none.
  @discardableResult
  mutating func mark(
    exposedTo fingerprint: String, since: Timestamp, _ reason: String
  ) throws(Failure) -> Bool {
    guard document.root["exposed"] == nil else { return false }
    try set(
      "exposed",
      toMapping: [
        ("to", .string(fingerprint)), ("since", .string(since.day)), ("reason", .string(reason)),
      ])
    return true
  }

  /// The reason where a key is encrypted again, for fewer people.
  static let notAReader = "not a reader any more"
}
