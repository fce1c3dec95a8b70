internal import CGPGME
internal import Glibc

extension GPGError {
  /// One line, lower case, no full stop.
  public var message: String {
    switch reason {
    case .noSecretKey(let keyIDs):
      keyIDs.isEmpty
        ? "no secret key" : "no secret key for \(keyIDs.map(Self.text).joined(separator: ", "))"
    case .badPassphrase: "bad passphrase"
    case .passphraseNeeded: "the secret key has a passphrase, and none was given"
    case .noPinentry: "gpg-agent cannot ask for the passphrase: no pinentry or no terminal"
    case .cancelled: "the passphrase was not entered"
    case .outOfMemory: "gpg-agent has no locked memory left"
    case .noAgent: "gpg cannot reach its agent"
    case .homeUnusable(let path, let errno):
      "gpg cannot use its home '\(path)': \(Self.reason(errno))"
    case .noUserHome: "gpg has no home: HOME is not set, and this user has no entry in passwd"
    case .optionsRefused(let words): "gpg does not start: \(words)"
    case .noAnswer: "gpg ended without an answer"
    case .socketPathTooLong(let path, let length):
      "the socket of gpg-agent '\(path)' has \(length) bytes, more than the 107 of the system"
    case .programMissing(let path?): "cannot run '\(path)'"
    case .programMissing(nil): "cannot find gpg"
    case .programRefused(let why): why
    case .unsafeSearchPath:
      "PATH finds a gpg first in a relative folder, or one that others can change"
    case .notEncrypted: "not an encrypted OpenPGP message"
    case .damaged: "the OpenPGP message is damaged"
    case .tooLarge(let limit): "the content is larger than \(limit) bytes"
    case .excessive(let what): what.message
    case .refusedKey(let why): why.message
    case .tooSlow(let seconds, isOne: true): "gpg took longer than \(seconds) s"
    case .tooSlow(let seconds, isOne: false):
      "gpg took \(seconds) s longer than public keys and signatures of a team take"
    case .unusableRecipient(let file, let why): "'\(file)' cannot receive: \(why.message)"
    case .recipientsDiffer(let missing, let unexpected):
      Self.difference(missing, unexpected)
    case .noRecipients: "no recipients"
    case .noPublicKey(let fingerprint): "no public key '\(fingerprint)'"
    case .cannotSign(let fingerprint): "cannot sign as '\(fingerprint)'"
    case .noVerdict: "gpg ended before it had judged every signature"
    case .noSecretKeyImported: "the given secret key holds no secret key that gpg can import"
    case .noHome(let path, let errno):
      "cannot make a folder for gpg in '\(path)': \(Self.systemText(errno))"
    case .other(let code): "gpg failed: \(Self.text(code: code))"
    }
  }

  /// The next step, with the command that helps.
  public var hint: String? {
    switch reason {
    case .noSecretKey:
      "'gpg --list-secret-keys --keyid-format long' shows yours; 'gpg --import FILE' adds one, "
        + "or ask a reader to add you"
    case .badPassphrase: "try 'gpgconf --kill gpg-agent', then the right passphrase"
    case .passphraseNeeded: "set KEYVAULT_GPG_PASSPHRASE or KEYVAULT_GPG_PASSPHRASE_FILE"
    case .noPinentry: "'export GPG_TTY=$(tty)' in a terminal, or install pinentry-curses"
    case .cancelled: "run the command again and enter it"
    case .outOfMemory:
      "'echo auto-expand-secmem >> ~/.gnupg/gpg-agent.conf; gpgconf --kill gpg-agent'"
    case .noAgent: "'gpg-connect-agent /bye' shows why"
    case .homeUnusable, .noUserHome:
      "let GNUPGHOME name a folder of your own, mode 0700, or set KEYVAULT_GPG_KEY"
    case .optionsRefused: "remove that line, or use a version of gpg that knows it"
    case .noAnswer: "'gpg --decrypt FILE' shows why"
    case .socketPathTooLong: "use a shorter GNUPGHOME, for example 'export GNUPGHOME=~/.gnupg'"
    case .programMissing, .programRefused: "install it: 'apt-get install gpg gpg-agent'"
    case .unsafeSearchPath: "remove that folder from PATH, or put /usr/bin before it"
    case .notEncrypted, .damaged: "restore the file from git, or store the key again"
    case .tooLarge: "a vault file holds one key and a few lines about it"
    case .excessive(let what): what.hint
    case .unusableRecipient(_, let why), .refusedKey(let why): why.hint
    case .tooSlow: "look at the public keys that were added last, and run it again"
    case .recipientsDiffer: "look for 'encrypt-to' in /etc/gnupg/gpg.conf"
    case .noRecipients: "add a fingerprint to .gpg-id and its key to .public-keys"
    case .noPublicKey(let fingerprint): "'gpg --import FILE' or 'gpg --recv-keys \(fingerprint)'"
    case .cannotSign(let fingerprint):
      "'gpg --list-secret-keys \(fingerprint)' shows whether there is a key with [S]; "
        + "'local-user' in gpg.conf adds signatures that are not accepted"
    case .noVerdict: "run it again"
    case .noSecretKeyImported: "export it with 'gpg --export-secret-subkeys --armor FINGERPRINT'"
    case .noHome: "set XDG_RUNTIME_DIR to a folder that you can write"
    case .other: nil
    }
  }

  /// A key id as gpg prints it.
  static func text(keyID: UInt64) -> String {
    let digits = String(keyID, radix: 16, uppercase: true)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func difference(_ missing: [String], _ unexpected: [UInt64]) -> String {
    var parts: [String] = []
    if !missing.isEmpty { parts.append("not for \(missing.joined(separator: ", "))") }
    if !unexpected.isEmpty {
      parts.append("also for \(unexpected.map(text).joined(separator: ", "))")
    }
    return "gpg encrypted \(parts.joined(separator: " and "))"
  }

  private static func text(code: UInt32) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      unsafe buffer.initialize(repeating: 0)
      // The one with a buffer: strerror's own is shared between threads.
      _ = unsafe gpgme_strerror_r(code, buffer.baseAddress, buffer.count)
      unsafe buffer[buffer.count - 1] = 0
      return unsafe "'\(String(cString: buffer.baseAddress!))' (code \(code))"
    }
  }

  private static func reason(_ number: Int32) -> String {
    switch number {
    case ENOENT: "no such folder"
    case ENOTDIR: "not a folder"
    case EACCES, EPERM: "permission denied"
    case EROFS: "the file system is read-only"
    default: systemText(number)
    }
  }

  private static func systemText(_ number: Int32) -> String {
    text(code: gpgme_error_from_errno(number))
  }
}

extension GPGError.Unusable {
  /// One line, lower case, no full stop.
  public var message: String {
    switch self {
    case .expired(let fingerprint, _, _): "key '\(fingerprint)' has expired"
    case .subkeyExpired(let fingerprint, let subkey, _):
      "subkey '\(subkey)' of key '\(fingerprint)' has expired"
    case .revoked(let fingerprint): "key '\(fingerprint)' is revoked"
    case .disabled(let fingerprint): "key '\(fingerprint)' is disabled"
    case .cannotEncrypt(let fingerprint): "key '\(fingerprint)' has no subkey for encryption"
    case .otherKey(let found, let wanted): "it holds key '\(found)', not '\(wanted)'"
    case .severalKeys(let count): "it holds \(count) keys, not one"
    case .noKey: "it holds no OpenPGP key"
    case .noUserID(let fingerprint, nil): "key '\(fingerprint)' has no user ID"
    case .noUserID(let fingerprint, _?):
      "key '\(fingerprint)' was made in the future by this machine's clock, so gpg left out its user IDs"
    case .secretKey: "it holds a secret key"
    case .tooLarge(let size):
      "it has \(size) bytes, more than the \(RecipientFile.sizeLimit) of a public key file"
    case .heavyKey(let what): what
    case .tooManyPackets(let limit, let what): "it holds more than \(limit) \(what)"
    case .damagedKey: "its OpenPGP packets are damaged or cut off"
    case .refused(let code): "gpg refused it (code \(code))"
    }
  }

  /// The next step, with the command that helps.
  public var hint: String? {
    switch self {
    case .expired(let fingerprint, let subkey, _):
      Self.renewal(of: fingerprint, ends: true, subkey: subkey)
    case .subkeyExpired(let fingerprint, let subkey, _):
      Self.renewal(of: fingerprint, ends: false, subkey: subkey)
    case .revoked, .disabled: "ask its owner for the new key, or remove the recipient"
    case .cannotEncrypt(let fingerprint):
      "its owner runs 'gpg --quick-add-key \(fingerprint) default encr', then exports it again"
    case .heavyKey: "gpg would need minutes for it, so it was not asked: remove the file"
    case .otherKey, .severalKeys, .noKey, .tooLarge, .tooManyPackets, .damagedKey:
      "export one key: 'gpg --export --armor --export-options export-minimal FINGERPRINT'"
    case .noUserID(let fingerprint, nil):
      "its owner exports it again: 'gpg --armor --export \(fingerprint)'"
    case .noUserID(_, _?):
      "one of the two clocks is wrong, and 'date --utc' shows this one; set it, then export the key again"
    case .secretKey: "remove it from the repository and its history, and revoke it"
    case .refused: "'gpg --show-keys FILE' shows what it is"
    }
  }

  /// gpg's own '*' leaves out subkeys that have expired already.
  static func renewal(of fingerprint: String, ends: Bool, subkey: String?) -> String {
    let renewal = "gpg --quick-set-expire \(fingerprint) 1y"
    let commands =
      (ends || subkey == nil ? [renewal] : []) + (subkey.map { ["\(renewal) \($0)"] } ?? [])
    return "its owner runs " + commands.map { "'\($0)'" }.joined(separator: ", then ")
      + ", and exports it again"
  }
}

extension Key {
  /// How its owner has it last longer: the commands for the key and for the subkey that is encrypted to.
  public var renewalHint: String {
    GPGError.Unusable.renewal(of: fingerprint, ends: expires != nil, subkey: endingSubkey)
  }

  /// The fingerprint of the subkey that is encrypted to, if it has an end of its own.
  var endingSubkey: String? {
    encryptionSubkey.flatMap {
      $0.expires == nil || $0.fingerprint == fingerprint ? nil : $0.fingerprint
    }
  }
}
