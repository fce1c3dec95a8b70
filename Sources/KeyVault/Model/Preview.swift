internal import Naming
internal import Secrets

/// What may be shown of a key: a prefix that the built-in catalogue publishes, and a few last
/// characters where enough stays hidden.
enum Preview {
  /// `sk-proj-…9f3A`, or `…`.
  ///
  /// Shown at the end are at most `limit`, ``longestTail``, and an eighth of the secret part, and nothing if
  /// fewer than 16 characters would remain hidden.
  static func text(of key: RawSpan, provider: String, limit: Int) -> String {
    let format = BuiltIn.provider(provider)?.format(of: key)
    let prefix = format?.prefix ?? ""
    let secret = key.byteCount - prefix.utf8.count
    let shown = min(limit, longestTail, secret / 8)
    guard shown > 0, secret - shown >= 16 else { return prefix + "…" }
    let tail = (key.byteCount - shown..<key.byteCount).map { key.byte($0) }
    // Half of a character would not be text.
    guard tail.allSatisfy({ (0x21...0x7e).contains($0) }) else { return prefix + "…" }
    return prefix + "…" + String(decoding: tail, as: UTF8.self)
  }
}

extension Preview {
  /// What is shown of a sidecar's preview, which anyone can write: as ``text(of:provider:limit:)`` writes it, or
  /// without what that could not have written.
  static func shown(_ text: String) -> String {
    guard let (prefix, tail) = parts(of: text) else { return "…" }
    return prefix.isEmpty || prefixes.contains(prefix) ? text : "…" + tail
  }

  /// Whether it is at most as long as what keyvault writes. Another version may know other prefixes.
  static func isSound(_ text: String) -> Bool { parts(of: text) != nil }

  private static let prefixes = Set(names: Embedded.keyPrefixes)
  private static let longestPrefix = Embedded.keyPrefixes.map(\.utf8.count).max() ?? 0
  private static let longestTail = 4

  /// The text before and after the ellipsis; nil if that is more than keyvault shows of a key.
  private static func parts(of text: String) -> (prefix: String, tail: String)? {
    let parts = text.split(separator: "…", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count <= longestPrefix,
      parts[1].utf8.count <= longestTail
    else { return nil }
    return (String(parts[0]), String(parts[1]))
  }
}
