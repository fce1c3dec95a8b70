/// The OpenPGP keys in a file as people send them: armored, with text around it, quoted in a mail, with a byte
/// order mark, in UTF-16, or as plain packets.
struct PublicKeyText {
  /// Each as gpg reads it.
  let blocks: [[UInt8]]

  private static let begin = Array("-----BEGIN PGP P".utf8)
  private static let end = Array("-----END PGP P".utf8)

  /// Throws, in words, why there is a key that cannot be read.
  init(_ bytes: [UInt8]) throws(Damage) {
    let text = Self.narrowed(bytes)
    let hasMark = text.starts(with: [0xef, 0xbb, 0xbf])
    let isBinary = !hasMark && text.first.map { $0 & 0x80 != 0 } ?? false
    blocks = isBinary ? [text] : try Self.armored(in: text)
  }

  enum Damage: Error {
    case cutOff, oneLine

    var message: String {
      switch self {
      case .cutOff: "has the beginning of a key but not its end, so it is truncated"
      case .oneLine: "has a key that lost its line breaks"
      }
    }
  }

  private static func armored(in text: [UInt8]) throws(Damage) -> [[UInt8]] {
    var blocks: [[UInt8]] = []
    var block: [UInt8]?
    for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if let start = line.start(of: begin) {
        if block != nil { throw .cutOff }
        if line[start...].start(of: end) != nil { throw .oneLine }
        block = []
        append(line[start...], to: &block)
      } else if let start = line.start(of: end) {
        append(line[start...], to: &block)
        if let block { blocks.append(block) }
        block = nil
      } else {
        append(unquoted(line), to: &block)
      }
    }
    if block != nil { throw .cutOff }
    return blocks
  }

  private static func append(_ line: ArraySlice<UInt8>, to block: inout [UInt8]?) {
    var line = line
    while let last = line.last, isBlank(last) { line.removeLast() }
    block?.append(contentsOf: line + [UInt8(ascii: "\n")])
  }

  /// Without what a mail program puts before a line that it quotes, and with the checksum's sign as it was.
  private static func unquoted(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let text = line.drop { isBlank($0) || [UInt8(ascii: ">"), UInt8(ascii: "|")].contains($0) }
    let encoded = Array("=3D".utf8)
    guard text.starts(with: encoded) else { return text }
    return [UInt8(ascii: "=")] + text.dropFirst(encoded.count)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte)
  }

  /// UTF-16, as some shells write the output of a program, as ASCII.
  private static func narrowed(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) else { return bytes }
    return bytes.dropFirst(2).filter { $0 != 0 }
  }
}

extension ArraySlice<UInt8> {
  fileprivate func start(of text: [UInt8]) -> Int? {
    indices.first { self[$0...].starts(with: text) }
  }
}
