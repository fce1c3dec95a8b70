internal import FoundationEssentials
internal import Secrets

/// Drops what an answer tells if it repeats a part of the key: providers echo keys in messages, and
/// one returns the key itself.
struct LeakFilter: ~Copyable {
  /// This many characters in common are too many.
  private static let length = 8
  private var fragments: Set<Int> = []

  /// Keeps seeded hashes of the key's fragments, never the fragments, in its raw, base64 (both
  /// alphabets), percent-encoded and JSON forms.
  init(_ key: RawSpan) {
    add(key)
    for offset in 0..<3 where offset < key.byteCount {
      addBase64(of: key.extracting(offset..<key.byteCount))
    }
    var percent = SecretBuilder()
    var json = SecretBuilder()
    for index in 0..<key.byteCount {
      SecretBuilder.appendFormEscaped(&percent, key.byte(index))
      SecretBuilder.appendJSONEscaped(&json, key.byte(index))
    }
    percent.finish().withBytes { add($0) }
    json.finish().withBytes { add($0) }
  }

  /// Whether `text` shares eight characters with the key.
  func leaks(in text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= Self.length else { return false }
    return (0...bytes.count - Self.length).contains { start in
      fragments.contains(Self.hash { bytes[start + $0] })
    }
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

  private mutating func add(_ bytes: RawSpan) {
    guard bytes.byteCount >= Self.length else { return }
    for start in 0...bytes.byteCount - Self.length {
      fragments.insert(Self.hash { bytes.byte(start + $0) })
    }
  }

  private static func hash(_ byte: (Int) -> UInt8) -> Int {
    var hasher = Hasher()
    for offset in 0..<length { hasher.combine(byte(offset)) }
    return hasher.finalize()
  }
}
