internal import Naming

/// What gpg says of a signature. Fingerprints are those of primary keys, also where a subkey signed.
public enum SignatureVerdict: Sendable, Equatable {
  /// It fits, and neither it nor the key has expired or was revoked.
  case good(signer: String)
  /// It fits, but the signature has expired.
  case expired(signer: String)
  /// It fits, but the key, or the subkey that made it, has expired since.
  case signerExpired(signer: String)
  /// It fits, but the key, or the subkey that made it, is revoked.
  case signerRevoked(signer: String)
  /// There is no key for it here; the fingerprint or key id that it names.
  case unknownSigner(String)
  /// It does not fit these bytes, is damaged, or rests on a digest that is too weak.
  case bad

  /// Whose signature it is, where it fits.
  public var signer: String? {
    switch self {
    case .good(let signer), .expired(let signer), .signerExpired(let signer),
      .signerRevoked(let signer):
      signer
    case .unknownSigner, .bad: nil
    }
  }
}

extension SignatureVerdict {
  /// From the status lines of one signature. Whatever is not as it must be is ``bad``.
  init(statusLines: [[Substring]]) {
    self = .bad
    let kinds = ["GOODSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "BADSIG", "ERRSIG"]
    let results = statusLines.filter { kinds.contains(String($0[0])) }
    let valid = statusLines.filter { $0[0] == "VALIDSIG" }
    guard statusLines.count(where: { $0[0] == "NEWSIG" }) == 1, results.count == 1 else { return }
    if results[0][0] == "ERRSIG" {
      guard valid.isEmpty, results[0].count > 6, results[0][6] == "9" else { return }
      let fingerprint = results[0].count > 7 ? results[0][7] : "-"
      self = .unknownSigner(String(fingerprint == "-" ? results[0][1] : fingerprint))
      return
    }
    // VALIDSIG fingerprint day time expiry version 0 algorithm digest class primary.
    guard valid.count == 1, valid[0].count > 10, valid[0][9] == "00",
      Self.digests.contains(valid[0][8]), Key.isFingerprint(String(valid[0][10]))
    else { return }
    let signer = String(valid[0][10])
    switch results[0][0] {
    case "GOODSIG": self = .good(signer: signer)
    case "EXPSIG": self = .expired(signer: signer)
    case "EXPKEYSIG": self = .signerExpired(signer: signer)
    case "REVKEYSIG": self = .signerRevoked(signer: signer)
    default: break
    }
  }

  /// SHA-256, SHA-384, SHA-512.
  private static let digests: Set<Name> = ["8", "9", "10"]
}
