/// What a key can do for existing messages, and for new ones.
extension Key {
  /// Subkeys by which its holder opens messages. One that has expired still does; one that is
  /// revoked may be in other hands.
  public var readingSubkeys: [Subkey] { subkeys.filter { $0.canEncrypt && !$0.isRevoked } }

  /// The subkey that gpg takes to encrypt, its newest; where none can be used, the newest of all that
  /// could. nil if there never was one.
  public var encryptionSubkey: Subkey? {
    let encrypting = subkeys.filter(\.canEncrypt)
    return encrypting.filter(\.isUsableForEncryption).max { $0.created < $1.created }
      ?? encrypting.max { $0.created < $1.created }
  }

  /// The moment from which nothing can be encrypted to it, in seconds since 1970; nil: never.
  public var encryptionEnds: Int? {
    let ends = readingSubkeys.map(\.expires)
    let last = ends.contains(nil) ? nil : ends.compactMap(\.self).max()
    return [last, expires].compactMap(\.self).min()
  }

  /// An algorithm in use, the primary key's included, that is too weak to trust: RSA under 2048 bits,
  /// DSA, ElGamal. nil where there is none.
  public var weakAlgorithm: String? {
    let inUse = subkeys.prefix(1) + subkeys.dropFirst().filter(\.isUsableForEncryption)
    return inUse.first(where: \.isWeak)?.algorithm
  }
}

extension Key {
  /// The key with its expiry judged at a moment, in seconds since 1970, instead of when gpg was
  /// asked.
  public func judged(at now: Int) -> Key {
    func isOver(_ end: Int?) -> Bool { end.map { $0 <= now } ?? false }
    var key = self
    key.isExpired = isOver(expires)
    for index in subkeys.indices { key.subkeys[index].isExpired = isOver(subkeys[index].expires) }
    return key
  }
}

extension Subkey {
  fileprivate var isWeak: Bool {
    if algorithm.hasPrefix("rsa") { return length < 2048 }
    return algorithm.hasPrefix("dsa") || algorithm.hasPrefix("elg")
  }
}
