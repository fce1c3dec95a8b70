internal import CGPGME
internal import Glibc
internal import Secrets

/// Owns a `gpgme_ctx_t`. One context, one thread, one operation at a time; always offline.
@safe final class Context: @unchecked Sendable {
  let raw: gpgme_ctx_t
  /// What gpg said during the operation.
  let log = StatusLog()
  private let question: Question

  /// A context for one program and home; asks `passphrase`, where given, instead of pinentry.
  init(program: String, home: String?, passphrase: Passphrase?) throws(GPGError) {
    guard unsafe access(program, X_OK) == 0 else {
      throw GPGError(.programMissing(path: program))
    }
    try Library.checkSearchPath()
    let isDefault = Library.isDefault(program)
    var new: gpgme_ctx_t?
    try check(unsafe gpgme_new(&new))
    unsafe raw = new!
    question = Question(passphrase)
    if home != nil || !isDefault {
      try check(
        unsafe gpgme_ctx_set_engine_info(raw, GPGME_PROTOCOL_OpenPGP, program, home))
    }
    try check(unsafe gpgme_set_protocol(raw, GPGME_PROTOCOL_OpenPGP))
    // A preferred-keyserver URL in a message would otherwise start dirmngr.
    unsafe gpgme_set_offline(raw, 1)
    unsafe log.listen(to: raw)
    if passphrase != nil {
      try check(unsafe gpgme_set_pinentry_mode(raw, GPGME_PINENTRY_MODE_LOOPBACK))
      unsafe question.answer(raw)
    }
  }

  deinit {
    unsafe gpgme_release(raw)
  }

  /// Forgets the last operation.
  func begin(armor: Bool = false) {
    log.clear()
    unsafe gpgme_set_armor(raw, armor ? 1 : 0)
  }
}

/// Answers gpg's question for a passphrase, once an operation.
@safe private final class Question {
  private let passphrase: Passphrase?

  init(_ passphrase: Passphrase?) {
    self.passphrase = passphrase
  }

  func answer(_ context: gpgme_ctx_t) {
    unsafe gpgme_set_passphrase_cb(
      context,
      { hook, _, _, wasBad, descriptor in
        let question = unsafe Unmanaged<Question>.fromOpaque(hook!).takeUnretainedValue()
        guard wasBad == 0, let passphrase = question.passphrase else {
          // gpg would go on asking for the same wrong one.
          _ = Passphrase.endLine(descriptor)
          return gpgme_error(GPG_ERR_BAD_PASSPHRASE)
        }
        return passphrase.write(to: descriptor) ? 0 : gpgme_error_from_errno(errno)
      },
      Unmanaged.passUnretained(self).toOpaque())
  }
}
