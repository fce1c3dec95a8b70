internal import CGPGME

extension Key {
  /// Whether the text is a full fingerprint of a version 4 or 5/6 key, in hexadecimal.
  package static func isFingerprint(_ text: String) -> Bool {
    [40, 64].contains(text.utf8.count)
      && text.utf8.allSatisfy { Unicode.Scalar($0).properties.isASCIIHexDigit }
  }

  /// Copies gpgme's description; nil for one without a primary key.
  init?(_ raw: gpgme_key_t) {
    let subkeys = unsafe Self.list(raw.pointee.subkeys) { unsafe $0.pointee.next }
      .map { unsafe Subkey($0) }
    guard let primary = subkeys.first, !primary.fingerprint.isEmpty else { return nil }
    let key = unsafe raw.pointee
    unsafe self.init(
      fingerprint: primary.fingerprint,
      userIDs: Self.list(key.uids) { unsafe $0.pointee.next }
        .filter { unsafe $0.pointee.revoked == 0 && $0.pointee.invalid == 0 }
        .map { unsafe String(cString: $0.pointee.uid) },
      algorithm: primary.algorithm, created: primary.created, expires: primary.expires,
      isRevoked: key.revoked != 0, isExpired: key.expired != 0, isDisabled: key.disabled != 0,
      hasSecret: key.secret != 0 || subkeys.contains { $0.hasSecret }, subkeys: subkeys)
  }

  private static func list<T>(
    _ first: UnsafeMutablePointer<T>?,
    next: (UnsafeMutablePointer<T>) -> UnsafeMutablePointer<T>?
  ) -> [UnsafeMutablePointer<T>] {
    var items: [UnsafeMutablePointer<T>] = unsafe []
    var current = unsafe first
    while let item = unsafe current {
      unsafe items.append(item)
      unsafe current = next(item)
    }
    return unsafe items
  }
}

extension Subkey {
  fileprivate init(_ raw: gpgme_subkey_t) {
    let subkey = unsafe raw.pointee
    let algorithm = unsafe gpgme_pubkey_algo_string(raw)
    defer { unsafe gpgme_free(algorithm) }
    unsafe self.init(
      keyID: UInt64(String(cString: subkey.keyid), radix: 16) ?? 0,
      fingerprint: subkey.fpr.map { unsafe String(cString: $0) } ?? "",
      canEncrypt: subkey.can_encrypt != 0,
      algorithm: algorithm.map { unsafe String(cString: $0) } ?? "?",
      length: Int(subkey.length), created: Int(subkey.timestamp),
      expires: subkey.expires == 0 ? nil : Int(subkey.expires),
      isRevoked: subkey.revoked != 0, isExpired: subkey.expired != 0,
      hasSecret: subkey.secret != 0)
  }
}
