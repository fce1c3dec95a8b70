import Glibc
import KeyVault
import Secrets

/// A variable that no child may see: its value is copied and the variable removed at once, before
/// anything is started. A variable `NAME_FILE` names a file instead.
final class SecretVariable: Sendable {
  /// The secret key of a CI job, and its passphrase.
  static let gpgKey = SecretVariable("KEYVAULT_GPG_KEY")
  static let gpgPassphrase = SecretVariable("KEYVAULT_GPG_PASSPHRASE")

  /// Whether the variable is set, and holds nothing: in CI, a secret that is not there.
  let isEmpty: Bool
  private let value: Secret?
  private let file: String?

  /// Called first of all by `Main`.
  static func takeAll() {
    _ = (gpgKey, gpgPassphrase)
  }

  init(_ name: String) {
    file = Surroundings.variable(name + "_FILE")
    isEmpty = file == nil && getenv(name).map { $0.pointee == 0 } ?? false
    if let text = getenv(name), text.pointee != 0 {
      let length = strlen(text)
      value = Secret(copying: UnsafeRawBufferPointer(start: text, count: length).bytes)
      explicit_bzero(text, length)
    } else {
      value = nil
    }
    unsetenv(name)
    unsetenv(name + "_FILE")
  }

  /// A copy of the value, else what the file holds; nil where neither is set.
  func secret() throws(Failure) -> Secret? {
    if value == nil, let file { return try SecretInput.file(file) }
    return value?.withBytes { Secret(copying: $0) }
  }
}
