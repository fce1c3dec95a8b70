public import GPG

extension Vault {
  /// What became of one public key file.
  public struct Refresh: Sendable {
    public enum Outcome: Sendable, Equatable {
      case updated, unchanged
      /// There was no valid file of it.
      case added
      /// The keyring has no such key.
      case notInKeyring
      /// Why what the keyring knows was not taken.
      case refused(String)
    }

    public let fingerprint: String
    public internal(set) var outcome: Outcome
    /// The key's first user id.
    public internal(set) var name: String?
    /// When nothing can be encrypted to it any longer: by the file as it was, and by what was found.
    public internal(set) var before: Timestamp?
    public internal(set) var after: Timestamp?
    public internal(set) var isRevoked = false
  }

  /// Updates recipients' public keys from the user's keyring: a later expiry date, another subkey,
  /// a revocation. What the file knows and the keyring does not stays.
  ///
  /// `fingerprints` are of recipients or of files that are there; empty for all recipients. An update
  /// that would end a key's life earlier is not taken.
  public func refreshRecipients(
    _ fingerprints: [String], from keyring: GPG, program: GPGProgram
  ) throws(Failure) -> (keys: [Refresh], written: [String]) {
    let lists: [RecipientList]
    do throws(FileError) {
      lists = try recipientLists()
    } catch {
      throw error.failure
    }
    // In the order of the lists.
    var recipients: [String] = []
    for recipient in lists.flatMap(\.recipients) where !recipients.contains(recipient.fingerprint) {
      recipients.append(recipient.fingerprint)
    }
    for fingerprint in fingerprints
    where !recipients.contains(fingerprint) && publicKey(fingerprint) == nil {
      throw Failure(
        .notFound, "\(fingerprint) is not a recipient of the vault",
        hints: ["'keyvault recipients' lists them"])
    }
    let renewal = try recipientRenewal()
    var changes: [VaultChange] = []
    var results: [Refresh] = []
    for fingerprint in fingerprints.isEmpty ? recipients : fingerprints {
      let bytes = publicKey(fingerprint)
      let (result, content) = try refresh(bytes, of: fingerprint, from: keyring, program)
      results.append(result)
      guard let content else { continue }
      changes.append(
        VaultChange(
          file: .publicKey(fingerprint: fingerprint), content: content, over: Present(of: bytes)))
    }
    if !changes.isEmpty { changes += try self.renewal(renewal, of: [""], after: changes) }
    try apply(changes)
    return (results, changes.map(\.file.path))
  }

  private func refresh(
    _ bytes: [UInt8]?, of fingerprint: String, from keyring: GPG, _ program: GPGProgram
  ) throws(Failure) -> (Refresh, [UInt8]?) {
    var result = Refresh(fingerprint: fingerprint, outcome: .unchanged)
    do throws(GPGError) {
      let old = try bytes.flatMap { bytes throws(GPGError) in
        try soundKey(in: bytes, fingerprint, program)
      }
      result.note(old, as: \.before)
      guard let theirs = try export(fingerprint, from: keyring) else {
        result.note(old, as: \.after)
        result.outcome = .notInKeyring
        return (result, nil)
      }
      let known = old == nil ? [] : [bytes ?? []]
      let merged = try GPG.merge(
        publicKeyFiles: known + [theirs], of: fingerprint, program: program.path,
        runtimeDirectory: program.runtimeDirectory)
      guard let new = try soundKey(in: merged, fingerprint, program) else {
        result.outcome = .refused("gpg cannot read its own export")
        return (result, nil)
      }
      result.note(new, as: \.after)
      guard let old else {
        result.outcome = .added
        return (result, merged)
      }
      guard new != old else { return (result, nil) }
      if let loss = old.losses(by: new).first {
        result.outcome = .refused("\(loss), as the file knows it")
        return (result, nil)
      }
      result.outcome = .updated
      return (result, merged)
    } catch {
      throw error.failure(what: "cannot refresh \(fingerprint)")
    }
  }

  /// The key in a file that holds it, without a secret part, and nothing else.
  private func soundKey(
    in bytes: [UInt8], _ fingerprint: String, _ program: GPGProgram
  ) throws(GPGError) -> Key? {
    let keys: [Key]
    do throws(GPGError) {
      keys = try GPG.inspect(
        publicKeyFile: bytes, program: program.path, runtimeDirectory: program.runtimeDirectory)
    } catch {
      if case .programMissing = error.reason { throw error }
      return nil
    }
    guard keys.count == 1, keys[0].fingerprint == fingerprint, !keys[0].hasSecret else {
      return nil
    }
    return keys[0]
  }

  private func export(_ fingerprint: String, from keyring: GPG) throws(GPGError) -> [UInt8]? {
    do throws(GPGError) {
      return try keyring.exportPublicKey(fingerprint)
    } catch {
      if case .noPublicKey = error.reason { return nil }
      throw error
    }
  }
}

extension Vault.Refresh {
  fileprivate mutating func note(_ key: Key?, as moment: WritableKeyPath<Self, Timestamp?>) {
    guard let key else { return }
    name = key.userIDs.first
    isRevoked = key.isRevoked
    self[keyPath: moment] = key.encryptionEnds.map(Timestamp.init(seconds:))
  }
}
