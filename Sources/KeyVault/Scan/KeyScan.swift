/// Searches for plaintext keys, by the forms that providers' keys have.
///
/// Not found: what is compressed, encrypted, or encoded in another way than ``firstKey(in:)`` says; a key that
/// a program puts together from parts; a key of a short prefix, such as `sk-` or `hf_`, directly behind other
/// letters; a key without a prefix anywhere but behind the name of its variable.
struct KeyScan {
  /// The built-in ones, by the first byte of their prefix, one list for each that there is.
  private let forms: [[KeyForm]]
  private let ownForms: OwnForms
  /// How many forms there are.
  private let count: Int
  private let builtIn: [Provider]
  /// Of a repository's own providers, with a prefix or without.
  private let ownFormats: [KeyFormat]
  private let variables: KeyVariables

  /// A prefix of this length is not part of a longer word by chance.
  private static let tellingPrefix = 5

  /// Looks for keys of the built-in providers and of `others`, a repository's own. These only add: none of
  /// them hides a key of another provider.
  init(others: [Provider] = []) {
    builtIn = BuiltIn.all
    let forms = KeyForm.all(of: builtIn)
    let own = KeyForm.own(of: others, besides: forms)
    ownForms = OwnForms(own)
    ownFormats = others.flatMap(\.formats)
    count = forms.count + own.count
    var byFirstByte = [[KeyForm]](repeating: [], count: 256)
    // The longest prefix is the most specific.
    for form in forms.sorted(by: { $0.prefix.count > $1.prefix.count }) {
      byFirstByte[Int(form.prefix[0])].append(form)
    }
    self.forms = byFirstByte
    variables = KeyVariables(of: builtIn, and: others)
  }

  /// What looks like a key: whose, and on which line. The key itself is never part of it.
  struct Hit: Equatable {
    /// nil where the form is that of several.
    let provider: String?
    let line: Int
  }

  /// The first key in a text: by a prefix that no other word has, or behind the name of its
  /// variable. It may be plaintext, UTF-16 or UTF-32, in base64, in hexadecimal digits, or behind
  /// and in escapes. The time is linear in the number of bytes.
  func firstKey(in bytes: [UInt8]) -> Hit? {
    var allowance = ScanAllowance()
    return firstKey(in: bytes, &allowance)
  }

  /// The first key in a text, within what is left of an allowance for a repository's own forms.
  func firstKey(in bytes: [UInt8], _ allowance: inout ScanAllowance) -> Hit? {
    firstKey(in: bytes, breaks: [], depth: Self.greatestDepth, &allowance)
  }

  /// How many encodings may be inside one another.
  private static let greatestDepth = 3

  private func firstKey(
    in bytes: [UInt8], breaks: [Int], depth: Int, _ allowance: inout ScanAllowance
  ) -> Hit? {
    allowance.add(bytes: bytes.count)
    if let (hit, _) = firstPlainKey(in: bytes, breaks: breaks, from: 0, &allowance) { return hit }
    if let hit = variables.firstKey(in: bytes, &allowance) { return hit }
    guard depth > 0 else { return nil }
    if bytes.contains(0) {
      for width in [2, 4] {
        let text = bytes.narrowed(from: width)
        guard text.count >= EncodedRun.shortestKey else { continue }
        if let hit = firstKey(in: text, breaks: [], depth: depth - 1, &allowance) { return hit }
      }
    }
    if let text = UnescapedText(bytes),
      let hit = firstKey(in: text.bytes, breaks: text.breaks, depth: depth - 1, &allowance)
    {
      return hit
    }
    for run in EncodedRun.all(in: bytes) {
      for decoded in run.decodings {
        if let hit = firstKey(in: decoded, breaks: [], depth: depth - 1, &allowance) {
          return Hit(provider: hit.provider, line: run.line)
        }
      }
    }
    return nil
  }

  /// The first key at or behind `start`, where a word may begin: what it is, and its place, lines
  /// counted from `start`. `breaks` are places, in their order, where a word may begin although a
  /// letter precedes it.
  func firstPlainKey(
    in bytes: [UInt8], breaks: [Int], from start: Int, _ allowance: inout ScanAllowance
  ) -> (hit: Hit, range: Range<Int>)? {
    var line = 1
    var breaks = breaks[...]
    // By form: where the run of its alphabet ends that was walked last.
    var runEnds: [Int] = []
    for index in start..<bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\n") { line += 1 }
      let candidates = forms[Int(byte)]
      let isOwnStart = ownForms.begin(with: byte)
      guard !candidates.isEmpty || isOwnStart else { continue }
      // Of `sk-proj-xxxx`, `proj` is not part of what is random.
      let longest = candidates.first { bytes[index...].starts(with: $0.prefix) }
      let own = isOwnStart ? ownForms.matches(in: bytes, at: index, &allowance) : []
      guard longest != nil || !own.isEmpty else { continue }
      while let first = breaks.first, first < index { breaks.removeFirst() }
      let isWordStart =
        index == start || breaks.first == index || Self.isWordStart(index, in: bytes)
      if runEnds.isEmpty { runEnds = [Int](repeating: 0, count: count) }
      if let longest {
        for form in candidates where form.prefix == longest.prefix {
          guard let end = Self.end(of: form, bytes, at: index, isWordStart, &runEnds[form.number])
          else { continue }
          return (Hit(provider: form.provider, line: line), index..<end)
        }
      }
      for form in own where !allowance.isSpent {
        let known = runEnds[form.number]
        let end = Self.end(of: form, bytes, at: index, isWordStart, &runEnds[form.number])
        if let end { return (Hit(provider: form.provider, line: line), index..<end) }
        let walked = runEnds[form.number] == known ? 0 : runEnds[form.number] - index
        allowance.spend(8 + walked / 16)
      }
    }
    return nil
  }

  /// The first line that is a key and nothing else, whatever its prefix; for places where no other
  /// text belongs.
  func firstLine(in bytes: [UInt8], _ allowance: inout ScanAllowance) -> Hit? {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let text = Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
      guard Self.isRandom(text[...]) else { continue }
      if builtIn.contains(where: { $0.format(of: text.span.bytes) != nil }) {
        return Hit(provider: nil, line: index + 1)
      }
      guard !allowance.isSpent else { continue }
      allowance.spend(ownFormats.count)
      if ownFormats.contains(where: { $0.matches(text.span.bytes) }) {
        return Hit(provider: nil, line: index + 1)
      }
    }
    return nil
  }

  /// Where a key of that form ends that starts there; nil if none does. A repository's own form may have a prefix
  /// that comes at every other byte of a long run: `runEnd` keeps a run from being walked twice.
  private static func end(
    of form: KeyForm, _ bytes: [UInt8], at start: Int, _ isWordStart: Bool, _ runEnd: inout Int
  ) -> Int? {
    // Data without separators, such as a database, has words directly before a key.
    guard isWordStart || form.prefix.count >= tellingPrefix else { return nil }
    let first = start + form.prefix.count
    if runEnd <= first {
      runEnd = bytes[first...].firstIndex { !form.format.alphabet.contains($0) } ?? bytes.count
    }
    let isKey =
      form.format.length.contains(runEnd - start) && isRandom(bytes[first..<runEnd].prefix(judged))
    guard isKey, isWordStart || Randomness(bytes[first..<runEnd]).isPlain else { return nil }
    return runEnd
  }

  /// So many bytes of a key tell whether it is random.
  private static let judged = 256

  /// Whether this was not written by hand: `sk-xxxxxxxx` and `key_of_the_first_index` are words.
  private static func isRandom(_ bytes: ArraySlice<UInt8>) -> Bool {
    let digits = bytes.count { (0x30...0x39).contains($0) }
    let hasUpper = bytes.contains { (0x41...0x5a).contains($0) }
    let hasLower = bytes.contains { (0x61...0x7a).contains($0) }
    return (digits >= 2 || hasUpper && hasLower)
      && Placeholder.objection(to: bytes.span.bytes) == nil
  }

  /// Whether a word may begin there: at the start, behind a byte that is not part of a word, and
  /// behind a length byte that follows a byte that no text has.
  private static func isWordStart(_ index: Int, in bytes: [UInt8]) -> Bool {
    guard index > 0, isWordByte(bytes[index - 1]) else { return true }
    guard index > 1 else { return false }
    switch bytes[index - 2] {
    case 0x09, 0x0a, 0x0d, 0x1b: return false
    case 0x00..<0x20, 0x80...: return true
    default: return false
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
  }
}
