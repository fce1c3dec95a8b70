internal import Naming
internal import YAML

/// Who vouches for where a key may travel. Anyone could have written an entry that this machine has only
/// opened and no trusted writer has signed.
extension Vault {
  /// Whether this machine wrote the ciphertext, or a trusted writer signed it in its place. Asks gpg where
  /// the memory does not tell.
  public func vouches(for opened: OpenedEntry) throws(Failure) -> Bool {
    if let known = try repository.memory?.record(of: opened.name), known.isVouched,
      known.digest == opened.digest
    {
      return true
    }
    guard !repository.signingRules.signers.isEmpty, let sidecar = opened.sidecar,
      sidecar.digest == opened.digest, sidecar.root[SignedEntry.field] != nil
    else { return false }
    return try signatureState(of: Entry(name: opened.name, sidecar: sidecar, fault: nil)).isGood
  }

  /// The signer of a payload that is encrypted again and has hosts without a voucher: none where signatures
  /// are optional, since a signature would vouch for the hosts. Throws where signatures are required.
  func unvouched(
    _ payload: Payload, of name: EntryName, for provider: String
  ) throws(Failure) -> Signer? {
    let hosts = payload.ownHosts(for: provider).map(\.permission).sorted()
    let message =
      "only the payload of '\(name)' says that its key may be sent to "
      + hosts.joined(separator: ", ").printable(limit: 200)
    let hint = "allow it: \(Shell("KEYVAULT_ALLOW_HOSTS=\(hosts.joined(separator: ","))"))"
    switch repository.signingRules.policy {
    case .off: break
    case .optional: repository.signing?.warn("\(message), so it was not signed", hint)
    case .required: throw Failure(.findings, "\(message), so it is not signed", hints: [hint])
    }
    return nil
  }
}
