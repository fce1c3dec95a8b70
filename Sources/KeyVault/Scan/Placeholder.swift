/// Text in place of a key, in examples and templates: `your-key-here`, `<key>`, `xxxx`.
///
/// One rule for every place that a key comes in by, and for the search for plaintext keys.
enum Placeholder {
  /// A key has at least so many different characters.
  private static let leastVariety = 10
  /// No key has so many equal characters in a row.
  private static let longestRow = 10

  /// Why a text is not a key; nil if it may be one. `prefix` is how many bytes the form of the key
  /// gives.
  static func objection(to key: RawSpan, prefix: Int = 0) -> String? {
    if let why = standIn(for: key) { return why }
    if isBracketed(key) { return "it is in brackets" }
    if let mark = mark(in: key) { return "it contains \(mark)" }
    if holdsWord(key, from: prefix) { return "it contains a word from an example" }
    let rest = key.extracting(min(prefix, key.byteCount)..<key.byteCount)
    if hasRow(rest) { return "it repeats one character" }
    if !isVaried(rest) { return "it has fewer than \(leastVariety) different characters" }
    return nil
  }

  /// What another program that keeps secrets has written in place of a key; nil if it may be a key.
  static func standIn(for key: RawSpan) -> String? {
    if references.contains(where: { key.begins($0) }) {
      return "this refers to a key in another program"
    }
    if ciphertexts.contains(where: { key.begins($0) }) { return "another program encrypted this" }
    return nil
  }

  /// Whether it has as many different bytes as a key has.
  static func isVaried(_ bytes: RawSpan) -> Bool {
    var seen: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var count = 0
    for index in 0..<bytes.byteCount {
      let byte = bytes.byte(index)
      let bit: UInt64 = 1 << UInt64(byte & 63)
      let isNew: Bool
      switch byte >> 6 {
      case 0: (isNew, seen.0) = (seen.0 & bit == 0, seen.0 | bit)
      case 1: (isNew, seen.1) = (seen.1 & bit == 0, seen.1 | bit)
      case 2: (isNew, seen.2) = (seen.2 & bit == 0, seen.2 | bit)
      default: (isNew, seen.3) = (seen.3 & bit == 0, seen.3 | bit)
      }
      if isNew { count += 1 }
      if count == leastVariety { return true }
    }
    return false
  }

  static func hasRow(_ bytes: RawSpan) -> Bool {
    var length = 0
    for index in 0..<bytes.byteCount {
      length = index > 0 && bytes.byte(index) == bytes.byte(index - 1) ? length + 1 : 1
      if length == longestRow { return true }
    }
    return false
  }

  /// `<your key>`, `[KEY]`, `{{ key }}`, `%KEY%`, but no JSON.
  private static func isBracketed(_ key: RawSpan) -> Bool {
    guard key.byteCount > 2 else { return false }
    let last = key.byteCount - 1
    return switch (key.byte(0), key.byte(last)) {
    case (UInt8(ascii: "<"), UInt8(ascii: ">")), (UInt8(ascii: "%"), UInt8(ascii: "%")): true
    case (UInt8(ascii: "["), UInt8(ascii: "]")): !key.contains("\"")
    case (UInt8(ascii: "{"), UInt8(ascii: "}")): key.byte(1) == UInt8(ascii: "{")
    default: false
    }
  }

  /// What masks the rest of a key: `sk-...`, `sk-…`, `sk-****`.
  private static func mark(in key: RawSpan) -> String? {
    ["...", "…", "***", "•••"].first { key.contains($0) }.map { "'\($0)'" }
  }

  /// Whether a word between other characters than letters and digits is one that only an example has, or
  /// the text starts or ends as one.
  private static func holdsWord(_ key: RawSpan, from prefix: Int) -> Bool {
    var start = prefix
    while start < key.byteCount {
      var end = start
      while end < key.byteCount, key.byte(end).isLetterOrDigit { end += 1 }
      if words.contains(where: { key.equals($0, start..<end) }) { return true }
      start = end + 1
    }
    let last = key.byteCount
    return starts.contains { key.equals($0, prefix..<min(last, prefix + $0.utf8.count)) }
      || ends.contains { key.equals($0, max(prefix, last - $0.utf8.count)..<last) }
  }

  /// How programs that keep secrets have them named in place of a value.
  private static let references = [
    "op://", "bws://", "pass://", "keeper://", "dl://", "vault://", "ref+", "secretref:",
    "awssm://", "awsssm://",
    "gcpsm://", "gsm://", "akv://", "azurekeyvault://", "doppler://", "infisical://",
    "arn:aws:secretsmanager:", "arn:aws:ssm:",
  ]
  /// What dotenvx, sops, eyaml, and Ansible write in place of a value.
  private static let ciphertexts = ["encrypted:", "ENC[", "$ANSIBLE_VAULT;"]
  private static let words = [
    "your", "changeme", "change", "replace", "replaceme", "placeholder", "example", "sample",
    "dummy", "insert", "here", "redacted", "removed", "todo", "tbd", "fixme", "undefined", "null",
    "none", "xxx", "xxxx", "xxxxx", "xxxxxx",
  ]
  private static let starts = ["your", "enter", "insert", "replace", "changeme", "placeholder"]
  private static let ends = ["here", "example", "examplekey", "changeme", "placeholder"]
}

extension RawSpan {
  fileprivate func begins(_ text: String) -> Bool {
    text.utf8.count <= byteCount
      && zip(0..., text.utf8).allSatisfy { index, wanted in byte(index) == wanted }
  }

  /// Whether these bytes are the word, in small or capital letters. The word has small letters alone.
  fileprivate func equals(_ word: String, _ range: Range<Int>) -> Bool {
    guard word.utf8.count == range.count else { return false }
    return zip(range, word.utf8).allSatisfy { index, wanted in
      let byte = byte(index)
      return byte == wanted || (0x41...0x5a).contains(byte) && byte | 0x20 == wanted
    }
  }
}

extension UInt8 {
  fileprivate var isLetterOrDigit: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: false
    }
  }
}
