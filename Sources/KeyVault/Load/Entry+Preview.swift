public import Secrets

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
