public import Secrets

extension OpenedEntry {
  /// Whether these bytes are the key that lies there. Takes as long whatever differs.
  public func holds(_ key: borrowing Secret) -> Bool {
    payload.withKey { own in
      key.withBytes { other in
        guard own.byteCount == other.byteCount else { return false }
        var difference: UInt8 = 0
        for index in 0..<own.byteCount { difference |= own.byte(index) ^ other.byte(index) }
        return difference == 0
      }
    }
  }

  /// Whether another entry holds the same key.
  func holdsSame(as other: OpenedEntry) -> Bool {
    holds(other.payload.withKey { Secret(copying: $0) })
  }

  /// A new key in the place of this one: a serial more, the same further parts.
  public func successor(_ key: consuming Secret, hosts: [String]) -> NewKey {
    NewKey(
      entry: name, provider: provider, key: key, keeping: payload, hosts: hosts,
      serial: (payload.serial ?? sidecar?.serial ?? 0) + 1)
  }

  /// The same key in another place.
  public func moved(to target: EntryName) -> NewKey {
    NewKey(
      entry: target, provider: provider, key: payload.withKey { Secret(copying: $0) },
      keeping: payload, hosts: payload.hosts, serial: payload.serial ?? sidecar?.serial ?? 1,
      isOtherKey: false)
  }
}
