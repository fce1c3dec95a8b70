internal import Naming

/// Decides whether the name of a variable can be shown. A line of a private key, or a key and its
/// name that were swapped, are read as `NAME=value` too, so that what stands for a name can be a
/// secret.
package enum VisibleName {
  /// Whether the name is known, or is made of so plain words that no secret looks like it.
  package static func holds(_ name: String) -> Bool { isKnown(name) || isPlain(name) }

  /// Variables and providers of the built-in catalogue.
  private static let known = Set(
    names: Embedded.variables + Embedded.addresses.map(\.name) + BuiltIn.ids)

  private static func isKnown(_ name: String) -> Bool { known.contains(name) }

  /// Whether it is at most eight words of capital letters, one of them a word that such names have. A word
  /// has at most two digits, at its end.
  private static func isPlain(_ name: String) -> Bool {
    let parts = name.split(separator: "_", omittingEmptySubsequences: false)
    guard name.utf8.count <= 60, (1...8).contains(parts.count) else { return false }
    guard parts.allSatisfy(isWord) else { return false }
    return parts.contains { words.contains($0.prefix { !("0"..."9").contains($0) }) }
  }

  private static func isWord(_ part: Substring) -> Bool {
    let letters = part.prefix { ("A"..."Z").contains($0) }
    let digits = part.dropFirst(letters.count)
    return letters.count <= 14 && digits.count <= 2 && !part.isEmpty
      && digits.allSatisfy { ("0"..."9").contains($0) }
  }

  /// Words of names that services and their libraries use.
  private static let words: Set<Name> = [
    "ACCOUNT", "ADDRESS", "API", "APIKEY", "APP", "AUTH", "BASE", "BUCKET", "CACHE", "CERT",
    "CLIENT",
    "CONFIG", "COUNT", "CREDENTIALS", "DATABASE", "DB", "DEBUG", "DEV", "DIR", "DOMAIN", "DSN",
    "EMAIL",
    "ENABLED", "ENDPOINT", "ENV", "ENVIRONMENT", "FILE", "HOME", "HOST", "ID", "KEY", "KEYS",
    "LANG",
    "LEVEL", "LIMIT", "LOG", "MODE", "MODEL", "NAME", "NODE", "ORG", "ORGANIZATION", "ORIGIN",
    "PASS",
    "PASSPHRASE", "PASSWORD", "PATH", "PORT", "PRIVATE", "PROD", "PROJECT", "PROXY", "PUBLIC",
    "PWD",
    "REGION", "SECRET", "SERVER", "SERVICE", "SHELL", "SIZE", "STAGING", "TERM", "TIMEOUT", "TLS",
    "TOKEN", "TOKENS", "TZ", "URI", "URL", "USER", "USERNAME", "VERSION", "WEBHOOK", "ZONE",
  ]
}
