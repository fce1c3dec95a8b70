internal import Secrets

/// What other programs put on the first line, where the key belongs: gopass a header of its own, people a
/// name, a block of several lines, or nothing.
extension Payload {
  /// Why the first line is not a key, in words that do not quote it; nil if it may be one.
  public var layoutObjection: String? {
    if isBound { return nil }
    return withKey { line in
      if line.byteCount == 0 { return "its first line is empty, and the key belongs there" }
      if line.starts(with: "GOPASS-SECRET-") {
        return "it has a header of older gopass versions in place of the key"
      }
      if line.starts(with: "---") {
        return line.starts(with: "-----BEGIN ")
          ? "its first line begins a block of several lines, and a key is one line"
          : "it has '---' in place of the key"
      }
      if line.byteCount == 1, [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(line.byte(0)) {
        return "it is JSON of several lines, and a key is one line"
      }
      return line.namesKey ? "its first line has a name before the key" : nil
    }
  }
}

extension RawSpan {
  fileprivate func starts(with text: String) -> Bool {
    byteCount >= text.utf8.count
      && text.utf8.enumerated().allSatisfy { byte($0.offset) == $0.element }
  }

  /// Whether it is `name: value`, or `NAME=value` with the name of a variable.
  fileprivate var namesKey: Bool {
    let start = starts(with: "export ") ? "export ".utf8.count : 0
    var end = start
    while end < byteCount, byte(end).isOfVariable || byte(end) == UInt8(ascii: "-") { end += 1 }
    guard end > start, end + 1 < byteCount else { return false }
    switch byte(end) {
    case UInt8(ascii: ":"): return byte(end + 1) == UInt8(ascii: " ")
    case UInt8(ascii: "="):
      return VisibleName.holds(String(decoding: (start..<end).map { byte($0) }, as: UTF8.self))
    default: return false
    }
  }
}
