internal import CGPGME

/// The status lines of one operation: gpgme's own result loses most reasons of a failed
/// decryption. Numbers and fixed words only, so that the user's language does not matter.
@safe final class StatusLog {
  /// Code of the last failed decryption of a session key by the agent.
  private(set) var decryptionFailure: gpgme_error_t?
  /// Key ids of the message without a secret key.
  private(set) var missingSecretKeys: [UInt64] = []
  /// Whether a key of the message is in the keyring, so that gpg asked the agent about it.
  private(set) var isKeyKnown = false
  /// Whether the content failed its own check.
  private(set) var isDamaged = false
  /// Whether gpg has the session key, and so needs no person or card any more.
  private(set) var hasBegun = false
  /// Whether it is through with the content.
  private(set) var hasEnded = false
  /// Whether the content names recipients of its own.
  private(set) var isNested = false

  func clear() {
    decryptionFailure = nil
    missingSecretKeys = []
    isKeyKnown = false
    isDamaged = false
    (hasBegun, hasEnded, isNested) = (false, false, false)
  }

  /// Takes all status lines of the context, which must not outlive this log.
  func listen(to context: gpgme_ctx_t) {
    _ = unsafe gpgme_set_ctx_flag(context, "full-status", "1")
    unsafe gpgme_set_status_cb(
      context,
      { hook, keyword, arguments in
        guard let hook = unsafe hook, let keyword = unsafe keyword else { return 0 }
        let log = unsafe Unmanaged<StatusLog>.fromOpaque(hook).takeUnretainedValue()
        log.note(
          unsafe String(cString: keyword), unsafe arguments.map { unsafe String(cString: $0) } ?? ""
        )
        return 0
      },
      Unmanaged.passUnretained(self).toOpaque())
  }

  private func note(_ keyword: String, _ arguments: String) {
    // gpg reports each packet of the content that has no place there.
    guard !isNested else { return }
    let fields = arguments.split(separator: " ")
    switch (keyword, fields.first) {
    case ("ERROR", "pkdecrypt_failed"):
      decryptionFailure = fields.count > 1 ? gpgme_error_t(fields[1]) : nil
    case ("NO_SECKEY", let keyID?):
      if let keyID = UInt64(keyID, radix: 16) { missingSecretKeys.append(keyID) }
    case ("KEY_CONSIDERED", _): isKeyKnown = true
    case ("BADMDC", _): isDamaged = true
    case ("ENC_TO", _) where hasBegun, ("BEGIN_DECRYPTION", _) where hasBegun: isNested = true
    case ("BEGIN_DECRYPTION", _): hasBegun = true
    case ("END_DECRYPTION", _): hasEnded = true
    case _: break
    }
  }
}
