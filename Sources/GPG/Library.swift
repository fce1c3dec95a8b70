internal import CGPGME
internal import Glibc
internal import Machine
internal import Synchronization

/// gpgme's state of the whole process.
enum Library {
  /// Starts gpgme, once; every context goes through here first.
  ///
  /// Children of gpgme get this process's environment as it is then. Callers must have removed
  /// what gpg and its agent should not see (keys and passphrases above all) before.
  static let started: Void = {
    // Spares a start of gpgconf; the program and the agent's socket are ours to find then.
    _ = unsafe gpgme_set_global_flag("disable-gpgconf", "1")
    _ = unsafe gpgme_check_version(nil)
  }()

  /// Whether gpgme, which asks the first gpg in PATH for its version whatever we tell it, finds none that
  /// others can change.
  private static let isSafe: Bool = {
    // What gpgme takes where there is none.
    let searchPath = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/bin:/usr/bin"
    return TrustedProgram.isFoundSafely("gpg", by: searchPath)
  }()

  /// Throws where a program of the working folder, or one that others can change, would be started.
  static func checkSearchPath() throws(GPGError) {
    guard isSafe else { throw GPGError(.unsafeSearchPath) }
  }

  /// Makes `program` the engine of new contexts if it is the first asked for, so that a context
  /// does not run `gpg --version` once more. Whether it is.
  static func isDefault(_ program: String) -> Bool {
    _ = started
    return program == defaultProgram(wanted: program)
  }

  private static let lock = Mutex<String?>(nil)

  private static func defaultProgram(wanted: String) -> String? {
    lock.withLock { known in
      if let known { return known }
      var found: gpgme_engine_info_t?
      guard unsafe gpgme_get_engine_info(&found) == 0 else { return nil }
      while let info = unsafe found {
        if unsafe info.pointee.protocol == GPGME_PROTOCOL_OpenPGP {
          if unsafe strcmp(info.pointee.file_name, wanted) != 0,
            unsafe gpgme_set_engine_info(GPGME_PROTOCOL_OpenPGP, wanted, nil) != 0
          {
            return nil
          }
          known = wanted
          return wanted
        }
        unsafe found = info.pointee.next
      }
      return nil
    }
  }
}

/// Turns a status of gpgme into an error.
func check(_ status: gpgme_error_t) throws(GPGError) {
  guard gpgme_err_code(status) != GPG_ERR_NO_ERROR else { return }
  throw GPGError(status: status)
}

extension GPGError {
  /// What a status says on its own; operations that know more look at more.
  init(status: gpgme_error_t) {
    switch gpgme_err_code(status) {
    case GPG_ERR_BAD_PASSPHRASE: self.init(.badPassphrase)
    case GPG_ERR_NO_PASSPHRASE: self.init(.passphraseNeeded)
    case GPG_ERR_CANCELED, GPG_ERR_FULLY_CANCELED: self.init(.cancelled)
    case GPG_ERR_NO_PIN_ENTRY, GPG_ERR_PIN_ENTRY, GPG_ERR_ENOTTY: self.init(.noPinentry)
    // The last three: it went away while it was asked.
    case GPG_ERR_NO_AGENT, GPG_ERR_AGENT, GPG_ERR_ASS_CONNECT_FAILED, GPG_ERR_EOF,
      GPG_ERR_ECONNRESET, GPG_ERR_EPIPE:
      self.init(.noAgent)
    case GPG_ERR_NO_DATA: self.init(.notEncrypted)
    case GPG_ERR_ENOMEM: self.init(.outOfMemory)
    case let code: self.init(.other(code: code.rawValue))
    }
  }
}
