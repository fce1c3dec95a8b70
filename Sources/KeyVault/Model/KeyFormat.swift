internal import YAML

/// What a key of one kind looks like: prefix, alphabet and length, compared as bytes. There are no
/// regular expressions, which a repository could make arbitrarily slow.
public struct KeyFormat: Sendable {
  public let name: String
  public let prefix: String
  let alphabet: Alphabet
  public let length: ClosedRange<Int>
  /// What differs from the provider for keys of this kind.
  public let variables: [String]?
  let auth: Provider.Auth?
  let probe: ProbeDefinition?
  /// Whether `probe: none` says that the provider's own request proves nothing of such a key.
  let isUnverifiable: Bool

  init(_ node: Node) {
    name = node["name"]?.string ?? ""
    prefix = node["prefix"]?.string ?? ""
    alphabet = Alphabet(node["chars"]?.string ?? "!-~")
    length = Self.length(node["length"])
    variables = node["env"]?.strings
    auth = node["auth"].map(Provider.Auth.init)
    probe = node["probe"].flatMap(ProbeDefinition.init)
    isUnverifiable = node["probe"]?.string == "none"
  }

  private static func length(_ node: Node?) -> ClosedRange<Int> {
    if let exact = node?.int { return exact...exact }
    let bounds = (node?.string ?? "").split(separator: ".").compactMap { Int($0) }
    guard bounds.count == 2, bounds[0] <= bounds[1] else { return 1...65_536 }
    return bounds[0]...bounds[1]
  }

  /// Whether these bytes are such a key. `length` counts all of them; the alphabet is for what
  /// follows the prefix.
  func matches(_ key: RawSpan) -> Bool {
    let prefix = Array(prefix.utf8)
    guard length.contains(key.byteCount), key.byteCount >= prefix.count else { return false }
    for index in 0..<key.byteCount {
      let byte = key.unsafeLoad(fromByteOffset: index, as: UInt8.self)
      guard index < prefix.count ? byte == prefix[index] : alphabet.contains(byte) else {
        return false
      }
    }
    return true
  }
}

/// A set of bytes, written as characters and ranges: `A-Za-z0-9_-`.
struct Alphabet: Hashable, Sendable {
  private var members = [Bool](repeating: false, count: 256)

  init(_ text: String) {
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      if index + 2 < bytes.count, bytes[index + 1] == UInt8(ascii: "-"),
        bytes[index] <= bytes[index + 2]
      {
        for byte in bytes[index]...bytes[index + 2] { members[Int(byte)] = true }
        index += 3
      } else {
        members[Int(bytes[index])] = true
        index += 1
      }
    }
  }

  func contains(_ byte: UInt8) -> Bool { members[Int(byte)] }
}
