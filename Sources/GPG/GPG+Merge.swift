internal import CGPGME

extension GPG {
  /// What these public key files know together of one key, armored, with no signatures but its owner's
  /// last ones: a revocation, a subkey or a later expiry that only one of them has is in it. Nothing
  /// reaches the user's keyring.
  public static func merge(
    publicKeyFiles files: [[UInt8]], of fingerprint: String, program: String,
    runtimeDirectory: String? = nil
  ) throws(GPGError) -> [UInt8] {
    let home = try ThrowawayHome(runtimeDirectory: runtimeDirectory, holdsSecret: false)
    defer { home.remove() }
    try home.configureForPublicKeys()
    let blocks = try files.map { file throws(GPGError) in try PublicKeyBlock(file) }
    let gpg = GPG(program: program, home: home.path)
    return try Deadline(home: home.path).run(allowance: .seconds(2)) { () throws(GPGError) in
      try gpg.engine.withContext { context throws(GPGError) in
        for block in blocks where !block.packets.isEmpty {
          context.begin()
          try unsafe lend(block.packets) { input throws(GPGError) in
            let data = try unsafe DataHandle(reading: input)
            try check(unsafe gpgme_op_import(context.raw, data.raw))
          }
        }
      }
      return try gpg.exportPublicKey(fingerprint)
    }
  }
}
