internal import GPG

/// The gpg that encrypts and looks into public keys, in homes of its own.
public struct GPGProgram: Sendable {
  /// Absolute.
  let path: String
  /// `$XDG_RUNTIME_DIR`, where throwaway homes are made if it is there.
  let runtimeDirectory: String?
  /// What it said before; nil asks it each time.
  let memo: PublicKeyMemo?

  public init(path: String, runtimeDirectory: String?, memo: PublicKeyMemo? = nil) {
    self.path = path
    self.runtimeDirectory = runtimeDirectory
    self.memo = memo
  }

  /// What a public key file holds.
  func inspect(_ publicKeyFile: [UInt8]) throws(GPGError) -> [Key] {
    func ask() throws(GPGError) -> [Key] {
      try GPG.inspect(
        publicKeyFile: publicKeyFile, program: path, runtimeDirectory: runtimeDirectory)
    }
    guard let memo else { return try ask() }
    return try memo.keys(in: publicKeyFile, of: path, ask)
  }
}
