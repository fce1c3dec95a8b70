internal import FoundationEssentials
internal import Secrets

/// Drops what an answer tells if it repeats a part of the key: providers echo keys in messages, and
/// one returns the key itself. A key counts as repeated in other dress too: in pieces, backwards, in
/// other letters, encoded.
struct LeakFilter: ~Copyable {
  /// This many characters in common are too many.
  private static let length = 8
  /// Shorter pieces count where all of them together are this long.
  private static let piece = 4
  private static let leastInPieces = 16

  /// Of forms as they are.
  private var fragments: Set<Int> = []
  /// Of the letters and digits of forms, small ones alone.
  private var plain: Set<Int> = []
  /// Of the letters and digits of the key itself, each as long as a piece.
  private var pieces: Set<Int> = []

  /// Keeps seeded hashes of the key's fragments, never the fragments: as they are, in base64 (both
  /// alphabets), base32, hexadecimal and decimal digits, percent-encoded and as JSON.
  init(_ key: RawSpan) {
    add(key)
    plainText(of: key).withBytes { bytes in
      Self.windows(of: bytes, Self.piece) { pieces.insert($0) }
    }
    for offset in 0..<5 where offset < key.byteCount {
      let rest = key.extracting(offset..<key.byteCount)
      if offset < 3 { addBase64(of: rest) }
      addBase32(of: rest)
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
    percent.finish().withBytes { add($0) }
    json.finish().withBytes { add($0) }
    hex.finish().withBytes { add($0) }
    decimal.finish().withBytes { add($0) }
  }

  /// Whether `text` shares eight characters with the key, or several shorter pieces.
  func leaks(in text: String) -> Bool {
    if holds(Array(text.utf8), fragments) { return true }
    return PlainReading.all(of: text).contains { reading in
      holds(reading, plain) || hasPieces(reading)
    }
  }

  private func holds(_ bytes: [UInt8], _ fragments: Set<Int>) -> Bool {
    var isHeld = false
    Self.windows(of: bytes.span.bytes, Self.length) { if fragments.contains($0) { isHeld = true } }
    return isHeld
  }

  /// Whether pieces of the key make up a good part of it, whatever stands between them.
  private func hasPieces(_ bytes: [UInt8]) -> Bool {
    var covered = [Bool](repeating: false, count: bytes.count)
    var start = 0
    Self.windows(of: bytes.span.bytes, Self.piece) { hash in
      if pieces.contains(hash) { for index in start..<start + Self.piece { covered[index] = true } }
      start += 1
    }
    return covered.count { $0 } >= Self.leastInPieces
  }

  private mutating func addBase64(of bytes: RawSpan) {
    bytes.withUnsafeBytes { buffer in
      var encoded = Data(buffer).base64EncodedData()
      add(encoded.span.bytes)
      for index in encoded.indices {
        if encoded[index] == UInt8(ascii: "+") { encoded[index] = UInt8(ascii: "-") }
        if encoded[index] == UInt8(ascii: "/") { encoded[index] = UInt8(ascii: "_") }
      }
      add(encoded.span.bytes)
      encoded.resetBytes(in: 0..<encoded.count)
    }
  }

  private mutating func addBase32(of bytes: RawSpan) {
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
    text.finish().withBytes { add($0) }
  }

  private mutating func add(_ bytes: RawSpan) {
    Self.windows(of: bytes, Self.length) { fragments.insert($0) }
    plainText(of: bytes).withBytes { bytes in
      Self.windows(of: bytes, Self.length) { plain.insert($0) }
    }
  }

  private func plainText(of bytes: RawSpan) -> Secret {
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
