internal import GPG
internal import Naming

/// The files of `vault/.public-keys/`: that each holds the one public key that it is called by, and
/// that a recipient's key can be encrypted to. A key that no list names may be old.
struct PublicKeyChecks {
  let keys: PublicKeys
  /// Fingerprints of all lists.
  let recipients: Set<Name>
  let policy: Configuration.Policy
  let now: Timestamp

  func findings() -> [Finding] {
    keys.files.flatMap { form($0) + state($0) }
  }

  /// What is wrong with the file, whichever person's it is.
  private func form(_ file: PublicKeys.File) -> [Finding] {
    func fault(_ message: String, _ hint: String?) -> Finding {
      Finding(.badPublicKey, in: file.path.printable, message, hint: hint)
    }
    if let why = file.fault { return [fault(why, file.faultHint ?? GPGError.Unusable.noKey.hint)] }
    var findings: [Finding] = []
    if file.keys.contains(where: \.hasSecret) {
      findings.append(
        Finding(
          .secretKey, in: file.path.printable,
          "SECRET KEY: anyone with this repository can read everything that is encrypted to it",
          hint: "revoke it, and rotate every key that it can read; then put the public key in its "
            + "place, here and in git history"))
    }
    guard let first = file.keys.first else {
      return [fault(GPGError.Unusable.noKey.message, GPGError.Unusable.noKey.hint)]
    }
    if file.keys.count > 1 {
      let why = GPGError.Unusable.severalKeys(file.keys.count)
      findings.append(fault(why.message, why.hint))
    } else if first.fingerprint != file.name {
      let why = GPGError.Unusable.otherKey(
        found: first.fingerprint, wanted: file.name.printable(limit: 80))
      findings.append(
        fault(why.message, "name the file after the key's fingerprint, or export the key again"))
    }
    return findings
  }

  /// What is wrong with a recipient's key.
  private func state(_ file: PublicKeys.File) -> [Finding] {
    guard let key = file.key, recipients.contains(key.fingerprint) else { return [] }
    let states = RecipientState.all(of: key, now: now, warn: policy.recipientWarn)
    return states.compactMap { finding($0, key, file.path) }
  }

  private func finding(_ state: RecipientState, _ key: Key, _ file: String) -> Finding? {
    let person = keys.text(of: key.fingerprint)
    let end = key.encryptionEnds.map { Timestamp(seconds: $0).day } ?? ""
    switch state {
    case .revoked:
      return Finding(
        .recipientRevoked, in: file, "the key of \(person) is revoked",
        hint: GPGError.Unusable.revoked(fingerprint: key.fingerprint).hint)
    case .noEncryptionSubkey:
      return Finding(
        .recipientCannotRead, in: file,
        "the key of \(person) has no subkey for encryption, so nothing can be encrypted to it",
        hint: GPGError.Unusable.cannotEncrypt(fingerprint: key.fingerprint).hint)
    case .weak:
      return Finding(
        .recipientWeak, in: file,
        "the key of \(person) is weak: \(key.weakAlgorithm ?? "")",
        hint: "its owner creates a new key; RSA needs 2048 bits, DSA and ElGamal are not accepted")
    case .expired:
      return Finding(
        .recipientExpired, .warning, in: file, "the key of \(person) expired on \(end)",
        hint: key.renewalHint)
    case .expiresSoon:
      return Finding(
        .recipientExpires, .warning, in: file, "the key of \(person) expires on \(end)",
        hint: key.renewalHint)
    case .ready, .badFile, .noFile: return nil
    }
  }
}
