internal import FoundationEssentials
internal import Naming
internal import Secrets

/// Drops facts of an answer that repeat a part of the key: providers echo keys in messages, and
/// one returns the key itself.
///
/// What is compared are letters and digits, whatever is between them and however they are dressed
/// (``PlainReading``), forwards and backwards. The key is compared verbatim, in base64, base32,
/// hexadecimal and decimal digits, percent-encoded, and as JSON, each also of the key read
/// backwards. A fact is dropped if it shares with one of these
/// - eight characters in a row, or
/// - pieces of four characters or more of the key, together sixteen, in any order, or
/// - more characters in the same order, with any others between them, than chance explains
///   (``CommonSubsequence``), in all of it or in one word: every second character of a key, or a key between
///   whose characters there are others. This is not done for keys of more than 512 bytes.
///
/// All facts of a test are judged together as well, in the order of their names, and dropped together: there
/// are more pieces by chance, and 24 characters count.
///
/// Not promised: what a server that knows the key has encrypted, compressed, or encoded otherwise; pieces
/// of three characters or fewer in another order, or over the answers of several tests; less of a key than is
/// said above.
struct LeakFilter: ~Copyable {
  /// This many characters in common are too many.
  private static let length = 8
  /// Shorter pieces count where all of them together are this long.
  private static let piece = 4
  private static let leastInPieces = 16
  private static let leastInPiecesOfAll = 24
  private static let longestCompared = 512

  /// Of forms without changes.
  private var fragments: Set<Int> = []
  /// Of the letters and digits of forms, small ones alone.
  private var plain: Set<Int> = []
  /// Of the letters and digits of the key itself, each as long as a piece.
  private var pieces: Set<Int> = []
  /// The letters and digits of forms, one after the other, and the place of each.
  private let text: Secret
  private let forms: [Range<Int>]

  /// Keeps seeded hashes of fragments, and the forms in locked memory.
  init(_ key: RawSpan) {
    var builder = SecretBuilder()
    var ranges: [Range<Int>] = []
    let isCompared = key.byteCount <= Self.longestCompared
    var (fragments, plain): (Set<Int>, Set<Int>) = ([], [])
    Self.eachForm(of: key) { form in
      Self.windows(of: form, Self.length) { fragments.insert($0) }
      Self.plainText(of: form).withBytes { letters in
        Self.windows(of: letters, Self.length) { plain.insert($0) }
        guard isCompared else { return }
        ranges.append(builder.count..<builder.count + letters.byteCount)
        builder.append(letters)
      }
    }
    (self.fragments, self.plain) = (fragments, plain)
    text = builder.finish()
    forms = ranges
    Self.plainText(of: key).withBytes { bytes in
      Self.windows(of: bytes, Self.piece) { pieces.insert($0) }
    }
  }

  /// The facts that tell nothing of the key, each alone and all together.
  func kept(_ facts: [Name: String]) -> [Name: String] {
    let kept = facts.filter { !leaks(in: $0.value) }
    guard kept.count > 1 else { return kept }
    let all = kept.sorted { $0.key < $1.key }.map(\.value).joined(separator: " ")
    return repeats(all, Self.leastInPiecesOfAll) ? [:] : kept
  }

  /// Whether `text`, or a word of it, shares more with the key than may be shown.
  func leaks(in text: String) -> Bool {
    if repeats(text, Self.leastInPieces) { return true }
    // In a longer text, more is chance.
    let words = text.split { $0 == " " }.filter { $0.utf8.count >= Self.length }
    return words.contains { word in
      word.utf8.count < text.utf8.count
        && PlainReading.all(of: String(word)).contains { isSubsequence($0) }
    }
  }

  private func repeats(_ text: String, _ leastInPieces: Int) -> Bool {
    if holds(Array(text.utf8), fragments) { return true }
    return PlainReading.all(of: text).contains { reading in
      holds(reading, plain) || hasPieces(reading, leastInPieces) || isSubsequence(reading)
    }
  }

  private func holds(_ bytes: [UInt8], _ fragments: Set<Int>) -> Bool {
    var isHeld = false
    Self.windows(of: bytes.span.bytes, Self.length) { if fragments.contains($0) { isHeld = true } }
    return isHeld
  }

  /// Whether pieces of the key make up a good part of it, whatever is between them.
  private func hasPieces(_ bytes: [UInt8], _ least: Int) -> Bool {
    var covered = [Bool](repeating: false, count: bytes.count)
    var rest = pieces
    var start = 0
    Self.windows(of: bytes.span.bytes, Self.piece) { hash in
      // A piece that is repeated reveals nothing more.
      if rest.remove(hash) != nil {
        for index in start..<start + Self.piece { covered[index] = true }
      }
      start += 1
    }
    return covered.count { $0 } >= least
  }

  private func isSubsequence(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= Self.length else { return false }
    let common = CommonSubsequence(with: bytes)
    return text.withBytes { text in
      forms.contains { !common.isChance(text.extracting($0)) }
    }
  }

  private static func plainText(of bytes: RawSpan) -> Secret {
    var text = SecretBuilder(capacity: bytes.byteCount)
    for index in 0..<bytes.byteCount {
      if let byte = PlainReading.plain(bytes.byte(index)) { text.append(byte: byte) }
    }
    return text.finish()
  }

  /// Passes on a hash of each part of that length.
  private static func windows(of bytes: RawSpan, _ length: Int, _ body: (Int) -> Void) {
    guard bytes.byteCount >= length else { return }
    for start in 0...bytes.byteCount - length {
      var hasher = Hasher()
      for offset in 0..<length { hasher.combine(bytes.byte(start + offset)) }
      body(hasher.finalize())
    }
  }
}

/// The forms of a key.
extension LeakFilter {
  private static func eachForm(of key: RawSpan, _ body: (RawSpan) -> Void) {
    body(key)
    eachEncoding(of: key, body)
    var backwards = SecretBuilder(capacity: key.byteCount)
    for index in (0..<key.byteCount).reversed() { backwards.append(byte: key.byte(index)) }
    backwards.finish().withBytes { eachEncoding(of: $0, body) }
  }

  private static func eachEncoding(of key: RawSpan, _ body: (RawSpan) -> Void) {
    for offset in 0..<5 where offset < key.byteCount {
      let rest = key.extracting(offset..<key.byteCount)
      if offset < 3 { base64(of: rest, body) }
      base32(of: rest, body)
    }
    var percent = SecretBuilder()
    var json = SecretBuilder()
    var hex = SecretBuilder()
    var decimal = SecretBuilder()
    for index in 0..<key.byteCount {
      let byte = key.byte(index)
      SecretBuilder.appendFormEscaped(&percent, byte)
      SecretBuilder.appendJSONEscaped(&json, byte)
      hex.append((byte < 16 ? "0" : "") + String(byte, radix: 16))
      decimal.append(String(byte))
    }
    percent.finish().withBytes(body)
    json.finish().withBytes(body)
    hex.finish().withBytes(body)
    decimal.finish().withBytes(body)
  }

  /// Of both alphabets.
  private static func base64(of bytes: RawSpan, _ body: (RawSpan) -> Void) {
    bytes.withUnsafeBytes { buffer in
      var encoded = Data(buffer).base64EncodedData()
      body(encoded.span.bytes)
      for index in encoded.indices {
        if encoded[index] == UInt8(ascii: "+") { encoded[index] = UInt8(ascii: "-") }
        if encoded[index] == UInt8(ascii: "/") { encoded[index] = UInt8(ascii: "_") }
      }
      body(encoded.span.bytes)
      encoded.resetBytes(in: 0..<encoded.count)
    }
  }

  private static func base32(of bytes: RawSpan, _ body: (RawSpan) -> Void) {
    var text = SecretBuilder()
    for bit in stride(from: 0, to: bytes.byteCount * 8, by: 5) {
      var value: UInt8 = 0
      for index in bit..<bit + 5 {
        let isSet =
          index < bytes.byteCount * 8 && bytes.byte(index / 8) >> UInt8(7 - index % 8) & 1 == 1
        value = value << 1 | (isSet ? 1 : 0)
      }
      text.append(byte: value < 26 ? UInt8(ascii: "a") + value : UInt8(ascii: "2") + value - 26)
    }
    text.finish().withBytes(body)
  }
}
