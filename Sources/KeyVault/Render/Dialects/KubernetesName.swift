/// What Kubernetes takes as names and labels.
enum KubernetesName {
  static let subdomain =
    "expected lower-case letters, digits, '-' and '.', at most 253 "
    + "characters, starting and ending with a letter or digit"
  static let label =
    "expected lower-case letters, digits and '-', at most 63 characters, "
    + "starting and ending with a letter or digit"
  static let pair = "expected KEY=VALUE: letters, digits, '-', '_' and '.', at most 63 in each"

  /// RFC 1123: labels with dots between.
  static func isSubdomain(_ name: String) -> Bool {
    name.utf8.count <= 253
      && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
        isPart($0, marks: "-", isUpperAllowed: false)
      }
  }

  static func isLabel(_ name: String) -> Bool {
    name.utf8.count <= 63 && isPart(name[...], marks: "-", isUpperAllowed: false)
  }

  /// A name, after a subdomain and a slash if there is one.
  static func isLabelKey(_ key: String) -> Bool {
    let parts = key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    switch parts.count {
    case 1: return !key.isEmpty && isLabelValue(key)
    case 2: return isSubdomain(parts[0]) && !parts[1].isEmpty && isLabelValue(parts[1])
    default: return false
    }
  }

  /// May be empty.
  static func isLabelValue(_ value: String) -> Bool {
    value.isEmpty
      || value.utf8.count <= 63 && isPart(value[...], marks: "-_.", isUpperAllowed: true)
  }

  /// Letters and digits, with marks between.
  private static func isPart(_ text: Substring, marks: String, isUpperAllowed: Bool) -> Bool {
    func isWord(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): isUpperAllowed
      default: false
      }
    }
    guard let first = text.utf8.first, let last = text.utf8.last else { return false }
    return isWord(first) && isWord(last)
      && text.utf8.allSatisfy { isWord($0) || marks.utf8.contains($0) }
  }
}
