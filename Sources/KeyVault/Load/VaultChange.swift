/// What is to become of a file of the vault.
struct VaultChange: Sendable {
  let file: VaultFile
  /// nil removes the file.
  let content: [UInt8]?
  /// What must be there when the change is made; else another process was faster.
  var over = Vault.Present.anything
}

extension Vault {
  /// What is in a place.
  public enum Present: Sendable, Equatable {
    case anything
    case nothing
    /// A file of that digest (`sha256:…`).
    case digest(String)

    /// What was read; nil for no file.
    init(of bytes: [UInt8]?) {
      self = bytes.map { .digest(Vault.digest($0)) } ?? .nothing
    }
  }

  /// A file from which a change follows, and how it was read.
  struct Premise: Sendable {
    let file: VaultFile
    let present: Present
  }
}
