internal import CGPGME
internal import Glibc
internal import Secrets

extension GPG {
  /// Keys of this home that have a secret part.
  public func secretKeys() throws(GPGError) -> [Key] {
    try engine.withContext { context throws(GPGError) in
      context.begin()
      _ = unsafe gpgme_set_keylist_mode(context.raw, gpgme_keylist_mode_t(GPGME_KEYLIST_MODE_LOCAL))
      try check(unsafe gpgme_op_keylist_start(context.raw, nil, 1))
      let keys = try Self.keys(listedBy: context)
      // gpg has none to list either where it cannot use its home, or does not start.
      if keys.isEmpty, let objection { throw objection }
      return keys
    }
  }

  /// The key with this full fingerprint; nil when the home lacks it.
  public func publicKey(_ fingerprint: String) throws(GPGError) -> Key? {
    // gpg takes anything for a search: a part of a user id would find another person's key.
    guard Key.isFingerprint(fingerprint) else { return nil }
    return try engine.withContext { context throws(GPGError) in
      context.begin()
      let mode = gpgme_keylist_mode_t(GPGME_KEYLIST_MODE_LOCAL | GPGME_KEYLIST_MODE_WITH_SECRET)
      _ = unsafe gpgme_set_keylist_mode(context.raw, mode)
      try check(unsafe gpgme_op_keylist_start(context.raw, fingerprint, 0))
      let found = try Self.keys(listedBy: context)
        .first { $0.fingerprint == fingerprint.uppercased() }
      if found == nil, let objection { throw objection }
      return found
    }
  }

  /// The public key, armored, without the signatures of others.
  public func exportPublicKey(_ fingerprint: String) throws(GPGError) -> [UInt8] {
    guard Key.isFingerprint(fingerprint) else {
      throw GPGError(.noPublicKey(fingerprint: fingerprint))
    }
    let output = Output(limit: 1 << 20)
    try engine.withContext { context throws(GPGError) in
      context.begin(armor: true)
      let data = try DataHandle(writing: output)
      let mode = gpgme_export_mode_t(GPGME_EXPORT_MODE_MINIMAL)
      try check(unsafe gpgme_op_export(context.raw, fingerprint, mode, data.raw))
    }
    let exported = output.finish().publicBytes()
    guard !exported.isEmpty else {
      throw objection ?? GPGError(.noPublicKey(fingerprint: fingerprint))
    }
    return exported
  }

  /// What a public key file holds, judged by gpg in an empty home: subkeys without a valid
  /// binding are not among them. Throws, without gpg, if the file would keep it busy for long.
  public static func inspect(
    publicKeyFile bytes: [UInt8], program: String, runtimeDirectory: String? = nil
  ) throws(GPGError) -> [Key] {
    let packets = try PublicKeyBlock(bytes).packets
    guard !packets.isEmpty else { return [] }
    let bench = try Bench.shared(program: program, runtimeDirectory: runtimeDirectory)
    return try bench.list { () throws(GPGError) in
      try bench.deadline.run(allowance: .milliseconds(250)) { () throws(GPGError) in
        try bench.engine.withContext { context throws(GPGError) in
          context.begin()
          return try unsafe lend(packets) { input throws(GPGError) in
            let data = try unsafe DataHandle(reading: input)
            try check(unsafe gpgme_op_keylist_from_data_start(context.raw, data.raw, 0))
            return try keys(listedBy: context)
          }
        }
      }
    }
  }

  private static func keys(listedBy context: Context) throws(GPGError) -> [Key] {
    var keys: [Key] = []
    while true {
      var next: gpgme_key_t?
      let status = unsafe gpgme_op_keylist_next(context.raw, &next)
      guard gpgme_err_code(status) != GPG_ERR_EOF else { return keys }
      try check(status)
      guard let found = unsafe next else { return keys }
      if let key = unsafe Key(found) { keys.append(key) }
      unsafe gpgme_key_unref(found)
    }
  }
}

extension Secret {
  /// A copy in ordinary memory of output that only came through locked memory: public keys and
  /// ciphertext.
  consuming func publicBytes() -> [UInt8] {
    withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) } }
  }
}
