internal import CGPGME
internal import Secrets

extension GPG {
  /// A signature over bytes by the key with this full fingerprint, or by its subkey for signing; the
  /// agent may ask the user. Throws if gpg made none, or more than one.
  public func sign(
    _ bytes: [UInt8], as fingerprint: String
  ) throws(GPGError) -> DetachedSignature {
    guard Key.isFingerprint(fingerprint) else {
      throw GPGError(.cannotSign(fingerprint: fingerprint))
    }
    let made = try engine.lanes.run { () throws(GPGError) in
      try engine.withContext { context throws(GPGError) in
        try sign(bytes, as: fingerprint, in: context)
      }
    }
    guard let signature = DetachedSignature(made) else {
      throw GPGError(.cannotSign(fingerprint: fingerprint))
    }
    return signature
  }

  private func sign(
    _ bytes: [UInt8], as fingerprint: String, in context: Context
  ) throws(GPGError) -> [UInt8] {
    context.begin()
    var key: gpgme_key_t?
    let found = unsafe gpgme_get_key(context.raw, fingerprint, &key, 1)
    guard gpgme_err_code(found) == GPG_ERR_NO_ERROR, unsafe key != nil else {
      throw UserHome(home).objection ?? GPGError(.cannotSign(fingerprint: fingerprint))
    }
    defer { unsafe gpgme_key_unref(key) }
    unsafe gpgme_signers_clear(context.raw)
    defer { unsafe gpgme_signers_clear(context.raw) }
    try check(unsafe gpgme_signers_add(context.raw, key))
    let output = Output(limit: DetachedSignature.sizeLimit)
    let status = try unsafe Self.lend(bytes) { input throws(GPGError) in
      let text = try unsafe DataHandle(reading: input)
      let signature = try DataHandle(writing: output)
      return unsafe gpgme_op_sign(context.raw, text.raw, signature.raw, GPGME_SIG_MODE_DETACH)
    }
    switch gpgme_err_code(status) {
    case GPG_ERR_NO_ERROR: return output.finish().publicBytes()
    case GPG_ERR_UNUSABLE_SECKEY, GPG_ERR_NO_SECKEY, GPG_ERR_INV_VALUE:
      throw GPGError(.cannotSign(fingerprint: fingerprint))
    case _: throw GPGError(status: status)
    }
  }
}
