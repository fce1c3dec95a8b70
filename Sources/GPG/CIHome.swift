internal import CGPGME
public import Secrets

/// A throwaway home with a secret key that came from a variable or a file (`KEYVAULT_GPG_KEY`):
/// nothing asks, and nothing is left behind.
public final class CIHome: Sendable {
  /// Decrypts with the imported key.
  public let gpg: GPG

  private let home: ThrowawayHome

  /// Imports `secretKey` (armored or binary) into a new home in `runtimeDirectory`
  /// ($XDG_RUNTIME_DIR), else /dev/shm: never on a disk.
  public init(
    secretKey: borrowing Secret, passphrase: Passphrase?, program: String,
    runtimeDirectory: String?
  ) throws(GPGError) {
    home = try ThrowawayHome(runtimeDirectory: runtimeDirectory, holdsSecret: true)
    // Before the import, because the agent that it starts reads them. The count of hash rounds
    // protects a key on a disk; here it would only slow down each decryption.
    try home.write(
      """
      s2k-count 65536
      auto-expand-secmem
      allow-loopback-pinentry
      disable-scdaemon
      default-cache-ttl 86400
      max-cache-ttl 86400

      """, to: "gpg-agent.conf")
    // Never asks: with no passphrase given, a key that has one is an error and no prompt.
    gpg = GPG(
      program: program, home: home.path,
      passphrase: passphrase ?? Passphrase(Secret(utf8: "")))
    try secretKey.withBytes { bytes throws(GPGError) in
      try unsafe bytes.withUnsafeBytes { input throws(GPGError) in
        try gpg.engine.withContext { context throws(GPGError) in
          context.begin()
          let data = try unsafe DataHandle(reading: input)
          try check(unsafe gpgme_op_import(context.raw, data.raw))
          let result = unsafe gpgme_op_import_result(context.raw)
          guard unsafe result?.pointee.secret_imported ?? 0 > 0 else {
            throw GPGError(.noSecretKeyImported)
          }
        }
      }
    }
  }

  /// Stops the home's agent and deletes the home. Also done when the last owner lets go.
  public func remove() {
    home.remove()
  }
}
