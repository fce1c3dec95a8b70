internal import YAML

extension String {
  /// The text without plaintext keys of known forms: it goes to terminals, logs and
  /// files that others read. No text that keyvault prints has a key on purpose; a `Secret` has.
  package var withoutKeys: String {
    KeyMarks.builtIn.areIn(self) ? KeyScan.builtIn.masked(self) : self
  }

  /// Whether it has what a key without a prefix, or an encoded one, could be: a word of many different
  /// characters.
  fileprivate var hasLongWord: Bool {
    utf8.split(separator: UInt8(ascii: " ")).contains { word in
      word.count >= KeyMarks.shortestKey
        && (word.count { (0x30...0x39).contains($0) } >= 2
          || word.contains { (0x41...0x5a).contains($0) }
            && word.contains { (0x61...0x7a).contains($0) })
    }
  }
}

extension Node {
  /// Text of a repository's file that people read and no program uses, without keys. keyvault shows
  /// such text in this form only: it may contain a key, in plaintext, encoded, or behind its
  /// variable.
  var prose: String? { string.map { $0.hasLongWord ? KeyScan.builtIn.shown($0) : $0 } }

  /// The key that such text holds, if any.
  func key(by scan: () -> KeyScan) -> KeyScan.Hit? {
    guard let text = string, text.hasLongWord else { return nil }
    return scan().firstKey(in: Array(text.utf8))
  }
}

extension KeyScan {
  /// Of the built-in providers; made where a text may hold a key.
  static let builtIn = KeyScan()

  /// The text without the plaintext keys in it.
  func masked(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var shown: [UInt8] = []
    var start = 0
    var allowance = ScanAllowance()
    allowance.add(bytes: bytes.count)
    while let (_, range) = firstPlainKey(in: bytes, breaks: [], from: start, &allowance) {
      shown += bytes[start..<range.lowerBound]
      shown += "…".utf8
      start = range.upperBound
    }
    return start == 0 ? text : String(decoding: shown + bytes[start...], as: UTF8.self)
  }

  /// As ``masked(_:)``; nothing is left of a text with a key that is encoded or known by its variable.
  func shown(_ text: String) -> String {
    let shown = masked(text)
    return firstKey(in: Array(shown.utf8)) == nil ? shown : "…"
  }
}

extension [Finding] {
  /// The finding without keys that are in a file in place of another value.
  var withoutKeys: [Finding] {
    map { finding in
      var finding = finding
      finding.message = finding.message.withoutKeys
      finding.hint = finding.hint?.withoutKeys
      return finding
    }
  }

  /// The findings, with a plaintext key that two checks found reported once.
  var withEachKeyOnce: [Finding] {
    var seen: Set<[UInt8]> = []
    return filter { finding in
      finding.code != Finding.Code.plaintextKey.rawValue
        || seen.insert([UInt8]("\(finding.line) \(finding.file)".utf8)).inserted
    }
  }
}
