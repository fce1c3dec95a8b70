internal import Secrets

extension Vault {
  /// The place in an opened entry's binding, if that is not where the entry is; nil for one that is
  /// unbound or in its place.
  public func origin(of opened: OpenedEntry) -> String? {
    guard opened.payload.isBound, let entry = opened.payload.entry else { return nil }
    let isHere =
      entry == opened.name.path && opened.payload.vault == repository.configuration.vaultID
    return isHere ? nil : entry
  }

  /// The fingerprints that can read an entry of that path.
  public func readers(of path: String) throws(Failure) -> [String] {
    let name = try EntryName(path)
    return try recipients(of: name.environment).recipients.map(\.fingerprint)
  }
}

extension OpenedEntry {
  /// The current payload, to be re-encrypted for this place and provider.
  ///
  /// A payload that is bound to the same provider keeps its hosts: a repository's text must not widen where
  /// a key may travel. Another one gets `hosts`.
  /// Where the sidecar's preview is that of another key, as after 'pass edit', or there was a key before
  /// and it is unknown which, the serial goes up. It is never below `last`, the highest of the
  /// place.
  /// `left` counts as the sidecar where the key left one behind.
  public func rebound(
    to provider: Provider, hosts: [String], preview limit: Int, after last: Int,
    as left: LeftSidecar? = nil, isVouched: Bool = false
  ) -> NewKey {
    let key = payload.withKey { Secret(copying: $0) }
    let preview = payload.withKey { Preview.text(of: $0, provider: provider.id, limit: limit) }
    let isHere = payload.entry == name.path
    let known = left?.sidecar ?? sidecar
    let isOtherKey =
      left?.sidecar.digest == digest
      ? false : known?.preview.map { $0 != preview } ?? (last > 0 && !isHere)
    // Where they differ, what is written is above all.
    let serial = max(self.serial, known?.serial ?? 1, last)
    return NewKey(
      entry: name, provider: provider.id, key: key, keeping: payload,
      hosts: payload.isBound && payload.provider == provider.id
        ? payload.hosts : hosts,
      serial: serial + (isOtherKey ? 1 : 0), isOtherKey: isOtherKey, isVouched: isVouched,
      knownTo: readers)
  }

  /// The key with some additional fields replaced.
  public func changed(
    fields: [(name: String, value: String)], isVouched: Bool = false
  ) -> NewKey {
    let key = payload.withKey { Secret(copying: $0) }
    return NewKey(
      entry: name, provider: provider, key: key, fields: fields, keeping: payload,
      hosts: payload.hosts, serial: serial, isOtherKey: false, isVouched: isVouched,
      knownTo: readers)
  }
}
