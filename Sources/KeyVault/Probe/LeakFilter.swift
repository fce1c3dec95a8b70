internal import FoundationEssentials
internal import Secrets

/// Drops what an answer tells if it repeats a part of the key: providers echo keys in messages, and
/// one returns the key itself.
struct LeakFilter: ~Copyable {
  /// This many characters in common are too many.
  private static let length = 8
  private var fragments: Set<Int> = []

  /// Keeps seeded hashes of the key's fragments, never the fragments, in its raw, base64 and
  /// percent-encoded forms (the JSON form of printable ASCII is the raw one).
  init(_ key: RawSpan) {
    add(key)
    for offset in 0..<3 where offset < key.byteCount {
      let rest = key.extracting(offset..<key.byteCount)
      rest.withUnsafeBytes { buffer in
        var encoded = Data(buffer).base64EncodedData()
        add(encoded.span.bytes)
        encoded.resetBytes(in: 0..<encoded.count)
      }
    }
    var escaped = SecretBuilder()
    for index in 0..<key.byteCount {
      let byte = key.byte(index)
      if Self.isUnreserved(byte) {
        escaped.append(byte: byte)
      } else {
        escaped.append("%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true))
      }
    }
    escaped.finish().withBytes { add($0) }
  }

  /// Whether `text` shares eight characters with the key.
  func leaks(in text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= Self.length else { return false }
    return (0...bytes.count - Self.length).contains { start in
      fragments.contains(Self.hash { bytes[start + $0] })
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

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
    default: false
    }
  }
}
