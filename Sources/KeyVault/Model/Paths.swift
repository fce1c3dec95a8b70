/// Where a repository keeps its files.
enum Paths {
  // Below its root.
  static let configuration = "keyvault.yaml"
  static let vault = "vault"
  static let providers = "providers.d"
  /// Copies for editors, which decide nothing.
  static let schemas = "Schemas"
  /// This machine's own; never in git.
  static let state = ".keyvault"

  // Below the vault. The first three are also those of `pass`.
  static let list = ".gpg-id"
  static let listSignature = ".gpg-id.sig"
  /// A folder: one file for each key, named by its full fingerprint.
  static let publicKeys = ".public-keys"
  static let listsSignature = ".recipients.sig"
}
