/// A URI reference in two halves; the fragment is decoded.
struct Reference: Equatable {
  /// All before the `#`.
  var document: String
  var fragment: String

  init?(_ text: String) {
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    document = String(parts[0])
    guard let fragment = Self.decoded(parts.count > 1 ? parts[1] : "") else { return nil }
    self.fragment = fragment
  }

  /// The document that this refers to, seen from a base (RFC 3986, 5.2.2, without its authorities'
  /// finer points).
  func document(from base: String) -> String {
    guard !document.isEmpty else { return base }
    guard Self.scheme(of: document) == nil else { return document }
    let root = Self.root(of: base)
    if document.hasPrefix("//") { return (Self.scheme(of: base) ?? "") + document }
    if document.hasPrefix("/") { return root + Self.withoutDots(document[...]) }
    let path = base.dropFirst(root.count).prefix { $0 != "?" }
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? (root.isEmpty ? "" : "/")
    return root + Self.withoutDots(folder + document)
  }

  /// `https:` of `https://example.com/a`, with its colon.
  private static func scheme(of uri: String) -> String? {
    guard let colon = uri.firstIndex(of: ":"), uri.first?.properties.isAlphabetic == true else {
      return nil
    }
    return uri[..<colon].contains { "/?#".unicodeScalars.contains($0) }
      ? nil : String(uri[...colon])
  }

  /// `https://example.com` of `https://example.com/a`.
  private static func root(of uri: String) -> String {
    let scheme = scheme(of: uri) ?? ""
    let rest = uri.dropFirst(scheme.count)
    guard rest.hasPrefix("//") else { return scheme }
    return scheme + "//" + rest.dropFirst(2).prefix { !"/?".unicodeScalars.contains($0) }
  }

  private static func withoutDots(_ path: Substring) -> String {
    var kept: [Substring] = []
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      switch part {
      case ".": if isLast { kept.append("") }
      case "..":
        if kept.count > 1 || kept.first?.isEmpty == false { kept.removeLast() }
        if isLast { kept.append("") }
      default: kept.append(part)
      }
    }
    return kept.joined(separator: "/")
  }

  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = Substring(rest.prefix(2))
      guard digits.utf8.count == 2,
        let decoded = UInt8(digits, radix: 16)
      else { return nil }
      bytes.append(decoded)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
