/// The gpg that encrypts and looks into public keys, in homes of its own.
public struct GPGProgram: Sendable {
  /// Absolute.
  let path: String
  /// `$XDG_RUNTIME_DIR`, where throwaway homes are made if it is there.
  let runtimeDirectory: String?

  public init(path: String, runtimeDirectory: String?) {
    self.path = path
    self.runtimeDirectory = runtimeDirectory
  }
}
