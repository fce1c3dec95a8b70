public import GPG
internal import YAML

extension Vault {
  /// What there is to say against an entry that is shown and not used; nil if nothing is. `opened` is
  /// what its ciphertext held.
  public func signatureObjection(
    to entry: Entry, opened: OpenedEntry?
  ) throws(Failure) -> Failure? {
    let rules = repository.signingRules
    let isSigned = entry.sidecar?.root[SignedEntry.field] != nil
    switch rules.policy {
    case .off: return nil
    case .optional where !isSigned || rules.signers.isEmpty: return nil
    case .optional, .required: break
    }
    if let objection = try signatureState(of: entry).failure(of: entry.name) { return objection }
    guard let opened, opened.digest != entry.sidecar?.digest else { return nil }
    return SignatureGate.otherCiphertext(entry.name)
  }

  /// Signs the current entry, once its parts are known to belong together: it opens here, is bound
  /// to its place, and its sidecar has its digest and serial.
  /// `signer` is made once for several.
  ///
  /// Returns the entry, since the signature vouches for where its key may travel.
  @discardableResult
  public func sign(
    _ name: EntryName, as signer: Signer, with gpg: GPG
  ) throws(Failure) -> OpenedEntry {
    let entry = try entry(name)
    try checkWriter(signer, in: name.environment)
    let opened = try open(entry, requiring: .bound, with: gpg)
    guard opened.payload.isBound, let sidecar = entry.sidecar, sidecar.digest == opened.digest,
      sidecar.serial == opened.payload.serial
    else {
      throw Failure(
        .malformed,
        "'\(name)' was not signed: its sidecar does not fit the ciphertext, or there is none",
        hints: ["run '\(Shell("keyvault adopt \(name)"))' once you know that it is the right key"])
    }
    try resign(name, as: signer)
    return opened
  }
}
