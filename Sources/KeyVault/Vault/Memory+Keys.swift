internal import Secrets

/// Which key a ciphertext holds, by a code that only this machine can make: a verdict is about a key, and
/// stays true when the key is encrypted again or moved.
extension Memory {
  private static let keyPurpose = "keyvault-credential-v1"

  /// The code of a credential of `provider`: of the key and its additional fields. nil where
  /// nothing can be stored.
  func code(of payload: Payload, for provider: String) -> String? {
    guard let state = try? stateToKeep() else { return nil }
    var text = SecretBuilder()
    text.append("\(provider)\n")
    payload.withKey { text.append($0) }
    for name in payload.fieldNames.sorted() {
      text.append("\n\(name): ")
      payload.withField(name) { text.append($0) }
    }
    return state.mac(of: text.finish(), purpose: Self.keyPurpose)
  }

  /// The code of the credential in the ciphertext of that digest; nil where this machine neither wrote nor
  /// opened it.
  func code(of name: EntryName, digest: String) -> String? {
    guard let record = try? record(of: name), record.digest == digest else { return nil }
    return record.key
  }
}
