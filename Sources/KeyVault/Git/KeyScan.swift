/// Looks for keys in the clear, by the forms that providers' keys have.
struct KeyScan {
  private struct Form {
    /// Its place among all forms.
    let number: Int
    let provider: String
    let prefix: [UInt8]
    let format: KeyFormat
  }

  /// By the first byte of their prefix, one list for each that there is.
  private let forms: [[Form]]
  /// How many forms there are.
  private let count: Int
  private let providers: [Provider]

  /// Shorter prefixes are found everywhere.
  private static let shortestPrefix = 3
  /// Larger files are no text that a person writes.
  static let sizeLimit = 4 << 20

  /// Looks for keys of the built-in providers and of `others`.
  init(others: [Provider] = []) {
    // A file that replaces a built-in provider hides none of its keys.
    providers = Catalogue(root: nil).all().providers + others
    let forms = providers.flatMap { provider in
      provider.formats.filter { $0.prefix.utf8.count >= Self.shortestPrefix }.map {
        (provider.name, Array($0.prefix.utf8), $0)
      }
    }.enumerated().map { number, form in
      Form(number: number, provider: form.0, prefix: form.1, format: form.2)
    }
    count = forms.count
    var byFirstByte = [[Form]](repeating: [], count: 256)
    // The longest prefix tells most.
    for form in forms.sorted(by: { $0.prefix.count > $1.prefix.count }) {
      byFirstByte[Int(form.prefix[0])].append(form)
    }
    self.forms = byFirstByte
  }

  /// What looks like a key: whose, and on which line. The key itself is never part of it.
  struct Hit: Equatable {
    /// nil where the form is that of several.
    let provider: String?
    let line: Int
  }

  /// The first key in a file, by a prefix that no other word has: in the clear, as UTF-16 or UTF-32, in
  /// base64 or in hexadecimal digits.
  func firstKey(in bytes: [UInt8]) -> Hit? {
    guard bytes.count <= Self.sizeLimit else { return nil }
    return firstKey(in: bytes, depth: Self.greatestDepth)
  }

  /// How often an encoding may be encoded again.
  private static let greatestDepth = 2

  private func firstKey(in bytes: [UInt8], depth: Int) -> Hit? {
    if let hit = firstPlainKey(in: bytes) { return hit }
    for width in [2, 4] where bytes.contains(0) {
      let text = bytes.narrowed(from: width)
      if let hit = firstPlainKey(in: text) ?? firstEncodedKey(in: text, depth: depth) { return hit }
    }
    return firstEncodedKey(in: bytes, depth: depth)
  }

  private func firstEncodedKey(in bytes: [UInt8], depth: Int) -> Hit? {
    guard depth > 0 else { return nil }
    for run in EncodedRun.all(in: bytes) {
      for decoded in run.decodings {
        if let hit = firstKey(in: decoded, depth: depth - 1) {
          return Hit(provider: hit.provider, line: run.line)
        }
      }
    }
    return nil
  }

  private func firstPlainKey(in bytes: [UInt8]) -> Hit? {
    firstPlainKey(in: bytes, from: 0)?.hit
  }

  /// The first key at or behind `start`: what it is, and where it stands.
  private func firstPlainKey(
    in bytes: [UInt8], from start: Int
  ) -> (hit: Hit, range: Range<Int>)? {
    var line = 1
    // By form: where the run of its alphabet ends that was walked last.
    var runEnds = [Int](repeating: 0, count: count)
    for index in bytes.indices where index >= start {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\n") { line += 1 }
      let candidates = forms[Int(byte)]
      guard !candidates.isEmpty, index == 0 || !Self.isWordByte(bytes[index - 1]) else { continue }
      // Of `sk-proj-xxxx`, `proj` is no part of what is random.
      guard let longest = candidates.first(where: { bytes[index...].starts(with: $0.prefix) })
      else {
        continue
      }
      for form in candidates where form.prefix == longest.prefix {
        guard let end = Self.end(of: form, bytes, at: index, &runEnds[form.number]) else {
          continue
        }
        return (Hit(provider: form.provider, line: line), index..<end)
      }
    }
    return nil
  }

  /// The same text without the keys that stand in it in the clear.
  func masked(_ text: String) -> String {
    var bytes = Array(text.utf8)
    var start = 0
    while let (_, range) = firstPlainKey(in: bytes, from: start) {
      bytes.replaceSubrange(range, with: "…".utf8)
      start = range.lowerBound
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The first line that is a key and nothing else, whatever its prefix; for places where no other
  /// text belongs.
  func firstLine(in bytes: [UInt8]) -> Hit? {
    guard bytes.count <= Self.sizeLimit else { return nil }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let text = Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
      guard Self.isRandom(text[...]) else { continue }
      if providers.contains(where: { $0.format(of: text.span.bytes) != nil }) {
        return Hit(provider: nil, line: index + 1)
      }
    }
    return nil
  }

  /// Where a key of that form ends that starts there; nil if none does. A repository's own form may have a prefix
  /// that comes at every other byte of a long run: `runEnd` keeps a run from being walked twice.
  private static func end(
    of form: Form, _ bytes: [UInt8], at start: Int, _ runEnd: inout Int
  ) -> Int? {
    let first = start + form.prefix.count
    if runEnd <= first {
      runEnd = bytes[first...].firstIndex { !form.format.alphabet.contains($0) } ?? bytes.count
    }
    let isKey =
      form.format.length.contains(runEnd - start) && isRandom(bytes[first..<runEnd].prefix(judged))
    return isKey ? runEnd : nil
  }

  /// So many bytes of a key tell whether it is random.
  private static let judged = 256

  /// Whether nobody would write this by hand: `sk-xxxxxxxx` and `key_of_the_first_index` are words.
  private static func isRandom(_ bytes: ArraySlice<UInt8>) -> Bool {
    let digits = bytes.count { (0x30...0x39).contains($0) }
    let hasUpper = bytes.contains { (0x41...0x5a).contains($0) }
    let hasLower = bytes.contains { (0x61...0x7a).contains($0) }
    return (digits >= 2 || hasUpper && hasLower)
      && Placeholder.objection(to: bytes.span.bytes) == nil
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
  }
}
