/// An entry whose ciphertext was opened. Only
/// ``Vault/open(_:requiring:with:)`` and its variants make one.
public final class OpenedEntry: Sendable {
  public let name: EntryName
  public let sidecar: Sidecar?
  public let payload: Payload
  /// The provider that the key is for: the payload's word, else the sidecar's, else the name.
  public let provider: String
  /// `sha256:…` of the ciphertext that was opened.
  public let digest: String
  /// Whom that ciphertext names, by key ids.
  let readers: [UInt64]
  /// What should be looked at, though the key can be used.
  public let doubts: [Doubt]
  private let memory: Memory?

  init(
    name: EntryName, sidecar: Sidecar?, payload: Payload, provider: String, digest: String,
    readers: [UInt64], doubts: [Doubt], memory: Memory?
  ) {
    self.name = name
    self.sidecar = sidecar
    self.payload = payload
    self.provider = provider
    self.digest = digest
    self.readers = readers
    self.doubts = doubts
    self.memory = memory
  }

  /// This machine's code of the credential; nil where nothing is remembered.
  var keyCode: String? { memory?.code(of: payload, for: provider) }
}
