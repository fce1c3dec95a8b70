internal import GPG

/// Who can read an entry, by the packets of its ciphertext, against who is wanted.
struct DriftChecks {
  let readers: Readers
  let keys: PublicKeys

  func findings(_ message: Message, of name: EntryName) -> [Finding] {
    let drift = readers.drift(of: message)
    let file = name.ciphertextPath
    return drift.missing.map { fingerprint in
      Finding(
        .recipientMissing, in: file, "\(keys.text(of: fingerprint)) cannot read this",
        hint: "encrypt it again: keyvault reencrypt \(name)")
    }
      + drift.unexpected.map { keyID in
        Finding(
          .recipientUnexpected, in: file, unexpected(keyID),
          hint:
            "encrypt it again: keyvault reencrypt \(name); what could be read may have been kept, "
            + "so rotate the key too")
      }
  }

  private func unexpected(_ keyID: UInt64) -> String {
    let id = Drift.text(keyID: keyID)
    guard let holder = keys.holder(of: keyID) else {
      return "the holder of key \(id), of whom there is no public key here, can read this"
    }
    if holder.isRevoked {
      return "the revoked subkey \(id) of \(holder.text) can read this"
    }
    return "\(holder.text) can read this and is not in \(readers.list.file)"
  }
}
