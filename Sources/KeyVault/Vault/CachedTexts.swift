internal import Naming
internal import Secrets

/// Texts of payloads that were opened together, by the digest of their ciphertext. They are what gpg gave
/// once and no more: the caller checks them as if gpg had just returned them.
final class CachedTexts: Sendable {
  private let all: Secret
  private let ranges: [Name: Range<Int>]

  /// Reads what ``joined(_:)`` made; nil if it is anything else.
  init?(_ all: consuming Secret) {
    guard let ranges = all.withBytes(Self.ranges) else { return nil }
    self.all = all
    self.ranges = ranges
  }

  func holds(_ digest: String) -> Bool { ranges[digest] != nil }

  /// A copy of the text that a ciphertext holds; nil if that was not among them.
  func text(of digest: String) -> Secret? {
    guard let range = ranges[digest] else { return nil }
    return all.withBytes { Secret(copying: $0.extracting(range)) }
  }

  /// Each text once, after a line with its digest and its length.
  static func joined(_ opened: [OpenedEntry]) -> Secret {
    var all = SecretBuilder()
    var seen: Set<Name> = []
    for entry in opened where seen.insert(entry.digest).inserted {
      let text = entry.payload.copy()
      all.append("\(entry.digest) \(text.count)\n")
      all.append(text)
    }
    return all.finish()
  }

  private static func ranges(in bytes: RawSpan) -> [Name: Range<Int>]? {
    var ranges: [Name: Range<Int>] = [:]
    var start = 0
    while start < bytes.byteCount {
      guard let end = (start..<bytes.byteCount).first(where: { bytes.byte($0) == 0x0a }) else {
        return nil
      }
      let words = String(decoding: (start..<end).map { bytes.byte($0) }, as: UTF8.self)
        .split(separator: " ")
      start = end + 1
      guard words.count == 2, let length = Int(words[1]),
        (0...bytes.byteCount - start).contains(length)
      else { return nil }
      ranges[String(words[0])] = start..<start + length
      start += length
    }
    return ranges
  }
}
