public import Secrets

extension OpenedEntry {
  /// Whether these bytes are the current key, compared in constant time.
  public func holds(_ key: borrowing Secret) -> Bool {
    payload.withKey { own in
      key.withBytes { other in
        own.isSame(as: other)
      }
    }
  }

  /// Whether another entry holds the same key.
  func holdsSame(as other: OpenedEntry) -> Bool {
    holds(other.payload.withKey { Secret(copying: $0) })
  }

  /// A new key in the place of this one, with the same additional fields and a serial that is also
  /// above `last`, the highest known one of the place.
  public func successor(
    _ key: consuming Secret, hosts: [String], after last: Int
  ) -> NewKey {
    NewKey(
      entry: name, provider: provider, key: key, keeping: payload, hosts: hosts,
      serial: max(serial, last) + 1)
  }

  /// This key, moved to another place, where the serial does not go back either: `last` is the highest
  /// that was there, 0 if there was none. Whether it is there alone then, `isLeaving` says.
  public func moved(
    to target: EntryName, after last: Int, isVouched: Bool = false, isLeaving: Bool = false
  ) -> NewKey {
    NewKey(
      entry: target, provider: provider, key: payload.withKey { Secret(copying: $0) },
      keeping: payload, hosts: payload.hosts, serial: serial > last ? serial : last + 1,
      isOtherKey: false, isVouched: isVouched, knownTo: isLeaving ? readers : [])
  }

  /// Of the key that was opened; what `pass` wrote does not tell it.
  var serial: Int { payload.serial ?? sidecar?.serial ?? 1 }
}

extension RawSpan {
  /// Whether the bytes are the same. Takes as long whatever differs.
  func isSame(as other: RawSpan) -> Bool {
    guard byteCount == other.byteCount else { return false }
    var difference: UInt8 = 0
    for index in 0..<byteCount { difference |= byte(index) ^ other.byte(index) }
    return difference == 0
  }
}
