public import Secrets

/// What may be shown of a key: a prefix that the built-in catalogue publishes, and a few last
/// characters where enough stays hidden.
enum Preview {
  /// `sk-proj-…9f3A`, or `…`.
  ///
  /// Shown at the end are at most `limit`, four, and an eighth of the secret part, and nothing if
  /// fewer than 16 characters would remain hidden.
  static func text(of key: RawSpan, provider: String, limit: Int) -> String {
    let format = Catalogue.builtIn(provider)?.format(of: key)
    let prefix = format?.prefix ?? ""
    let secret = key.byteCount - prefix.utf8.count
    let shown = min(limit, 4, secret / 8)
    guard shown > 0, secret - shown >= 16 else { return prefix + "…" }
    let tail = (key.byteCount - shown..<key.byteCount).map { key.byte($0) }
    // Half of a character would be no text.
    guard tail.allSatisfy({ (0x21...0x7e).contains($0) }) else { return prefix + "…" }
    return prefix + "…" + String(decoding: tail, as: UTF8.self)
  }
}

extension Vault.Entry {
  /// Whether the preview alone proves that the entry holds another key: both show as many last
  /// characters, and not the same.
  public func isOther(_ key: borrowing Secret, limit: Int) -> Bool {
    let new = key.withBytes { Preview.text(of: $0, provider: provider, limit: limit) }
    func tail(_ preview: String) -> Substring? {
      preview.lastIndex(of: "…").map { preview[preview.index(after: $0)...] }
    }
    guard let old = sidecar?.preview.flatMap(tail), let tail = tail(new), !tail.isEmpty else {
      return false
    }
    return old.utf8.count == tail.utf8.count && old != tail
  }
}
