/// Why gpg, or the work around it, did not do what was asked: facts, with a sentence for people.
public struct GPGError: Error, Sendable, Equatable {
  /// What went wrong; unknown codes of gpg survive as ``other(code:)``.
  public enum Reason: Sendable, Equatable {
    /// None of the message's keys has a secret part in this home.
    case noSecretKey(keyIDs: [UInt64])
    case badPassphrase
    /// The key has a passphrase, and no terminal or agent can ask for it.
    case passphraseNeeded
    /// The agent could not ask: no pinentry program, or no terminal for it.
    case noPinentry
    case cancelled
    /// The agent ran out of locked memory, even alone.
    case outOfMemory
    case noAgent
    /// gpg cannot read or write its home, or the folder of its agent's socket; errno.
    case homeUnusable(path: String, errno: Int32)
    /// HOME is not set, and the password database has no entry for this user.
    case noUserHome
    /// gpg does not start with its own configuration; the first thing that it says of it.
    case optionsRefused(String)
    /// gpg ended and said nothing of a message.
    case noAnswer
    /// The agent's socket would be at `path`, `length` bytes; the system takes 107.
    case socketPathTooLong(path: String, length: Int)
    /// No gpg at `path`, or in the search path when nil.
    case programMissing(path: String?)
    /// The search path names a gpg that is passed over; the sentence says why.
    case programRefused(String)
    /// gpgme would start a gpg of a relative folder of PATH, or one that others can change.
    case unsafeSearchPath
    /// gpg answered that there is nothing encrypted.
    case notEncrypted
    /// The content fails its own check.
    case damaged
    /// More output than `limit` bytes.
    case tooLarge(limit: Int)
    /// The content of a message asks for more than that of an honest one.
    case excessive(Excess)
    /// A public key file that gpg is not shown.
    case refusedKey(Unusable)
    /// gpg took longer than so many seconds, in one run or in all together.
    case tooSlow(seconds: Int, isOne: Bool)
    case unusableRecipient(file: String, why: Unusable)
    /// Who can read what gpg wrote is not who was asked for; key ids.
    case recipientsDiffer(missing: [String], unexpected: [UInt64])
    case noRecipients
    case noPublicKey(fingerprint: String)
    /// No secret key here by which this key signs, or gpg added a signature that was not requested.
    case cannotSign(fingerprint: String)
    /// gpg ended before it had judged every signature.
    case noVerdict
    /// The bytes given as a secret key had none.
    case noSecretKeyImported
    /// A throwaway home could not be made below `path`; errno.
    case noHome(path: String, errno: Int32)
    /// A code of libgpg-error.
    case other(code: UInt32)
  }

  /// Why a public key file cannot be a recipient.
  public enum Unusable: Sendable, Equatable {
    /// Since, in seconds since 1970, where it is known; `subkey` for encryption has an end too, if it is given.
    case expired(fingerprint: String, subkey: String?, since: Int?)
    /// The subkey for encryption alone.
    case subkeyExpired(fingerprint: String, subkey: String, since: Int?)
    case revoked(fingerprint: String)
    case disabled(fingerprint: String)
    case cannotEncrypt(fingerprint: String)
    case otherKey(found: String, wanted: String)
    case severalKeys(Int)
    case noKey
    /// gpg encrypts to no key without a user ID. `created`, in seconds since 1970, where that is later than this
    /// machine's clock: a gpg that exports such a key leaves its user IDs out.
    case noUserID(fingerprint: String, created: Int?)
    case secretKey
    case tooLarge(Int)
    /// A number of it, in words, would keep gpg busy for minutes.
    case heavyKey(String)
    /// More packets of a kind than gpg is shown.
    case tooManyPackets(Int, String)
    case damagedKey
    /// gpg refused the file; a code of libgpg-error.
    case refused(code: UInt32)
  }

  /// What went wrong.
  public let reason: Reason

  init(_ reason: Reason) {
    self.reason = reason
  }
}
