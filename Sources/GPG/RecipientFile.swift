internal import Glibc

/// A public key file that one recipient put into the repository, found fit to encrypt to.
public struct RecipientFile: Sendable {
  /// Most bytes of a public key file.
  public static let sizeLimit = 64 << 10

  /// The file as messages call it.
  public let name: String
  /// The one key that it holds.
  public let key: Key
  /// The packets of it that gpg is shown.
  let bytes: [UInt8]

  /// Judges what ``GPG/inspect(publicKeyFile:program:runtimeDirectory:)`` found in `bytes`:
  /// exactly the wanted key (its primary fingerprint), public, valid, with a subkey for encryption.
  public init(
    name: String, bytes: [UInt8], fingerprint: String, keys: [Key]
  ) throws(GPGError) {
    func refuse(_ why: GPGError.Unusable) -> GPGError {
      GPGError(.unusableRecipient(file: name, why: why))
    }
    guard bytes.count <= Self.sizeLimit else { throw refuse(.tooLarge(bytes.count)) }
    guard let key = keys.first else { throw refuse(.noKey) }
    guard keys.count == 1 else { throw refuse(.severalKeys(keys.count)) }
    guard !key.hasSecret else { throw refuse(.secretKey) }
    guard key.fingerprint == fingerprint.uppercased() else {
      throw refuse(.otherKey(found: key.fingerprint, wanted: fingerprint))
    }
    if let why = key.unusable { throw refuse(why) }
    guard !key.userIDs.isEmpty else {
      let isNewer = key.created > time(nil)
      throw refuse(.noUserID(fingerprint: key.fingerprint, created: isNewer ? key.created : nil))
    }
    self.name = name
    do throws(GPGError) {
      self.bytes = try PublicKeyBlock(bytes).packets
    } catch {
      guard case .refusedKey(let why) = error.reason else { throw error }
      throw refuse(why)
    }
    self.key = key
  }

  /// Reads a file of one recipient, and asks gpg about the bytes first.
  public init(
    name: String, bytes: [UInt8], fingerprint: String, program: String,
    runtimeDirectory: String? = nil
  ) throws(GPGError) {
    guard bytes.count <= Self.sizeLimit else {
      throw GPGError(.unusableRecipient(file: name, why: .tooLarge(bytes.count)))
    }
    let keys = try GPG.inspect(
      publicKeyFile: bytes, program: program, runtimeDirectory: runtimeDirectory)
    try self.init(name: name, bytes: bytes, fingerprint: fingerprint, keys: keys)
  }
}

extension Key {
  /// Why nothing can be encrypted to this key now; nil when it can.
  public var unusable: GPGError.Unusable? {
    if isRevoked { return .revoked(fingerprint: fingerprint) }
    if isExpired {
      return .expired(fingerprint: fingerprint, subkey: endingSubkey, since: expires)
    }
    if isDisabled { return .disabled(fingerprint: fingerprint) }
    guard encryptionKeyIDs.isEmpty else { return nil }
    // Say what its owner has to do: a subkey that ran out, or none at all.
    let encrypting = subkeys.filter {
      $0.canEncrypt || $0.isExpired && $0.fingerprint != fingerprint
    }
    if let expired = encrypting.first(where: { $0.isExpired && !$0.isRevoked }) {
      return .subkeyExpired(
        fingerprint: fingerprint, subkey: expired.fingerprint, since: expired.expires)
    }
    return .cannotEncrypt(fingerprint: fingerprint)
  }
}
