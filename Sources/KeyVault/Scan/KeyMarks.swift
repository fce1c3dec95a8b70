/// A quick look for keys of the built-in providers, at all that is printed and at every sidecar: by the prefixes
/// alone, since to read the catalogue takes longer than most texts are long. ``KeyScan`` judges what it finds.
struct KeyMarks {
  static let builtIn = KeyMarks(of: Embedded.keyPrefixes)

  private let prefixes: [[UInt8]]
  /// Whether a prefix begins with these two bytes.
  private var starts = [Bool](repeating: false, count: 1 << 16)

  /// No key that ``KeyScan`` finds by its prefix is shorter.
  static let shortestKey = 16

  private init(of texts: [String]) {
    prefixes = texts.map { Array($0.utf8) }.filter { $0.count >= KeyForm.shortestPrefix }
    for prefix in prefixes { starts[Int(prefix[0]) << 8 | Int(prefix[1])] = true }
  }

  /// Whether a text may contain a plaintext key. The time is linear in the number of bytes.
  func areIn(_ text: String) -> Bool {
    var text = text
    return text.withUTF8(areIn)
  }

  func areIn(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBufferPointer(areIn) }

  private func areIn(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count >= Self.shortestKey else { return false }
    for index in 0...bytes.count - Self.shortestKey
    where starts[Int(bytes[index]) << 8 | Int(bytes[index + 1])] && isMark(at: index, in: bytes) {
      return true
    }
    return false
  }

  /// Whether a prefix begins there, with enough behind it that a key can consist of.
  private func isMark(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let word = bytes[index..<index + Self.shortestKey]
    return prefixes.contains { word.starts(with: $0) }
      && word.allSatisfy { (0x21...0x7e).contains($0) }
  }
}
