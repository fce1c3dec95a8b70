/// Reads the frames of OpenPGP packets (RFC 9580 §4.2), old and new style, without their content.
struct PacketReader {
  /// One packet: its tag and where its body is; a body in parts counts as its first part.
  struct Packet {
    let tag: UInt8
    let body: Range<Int>
  }

  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { offset == bytes.count }

  /// Reads one packet and moves behind it.
  mutating func next() throws(MessageError) -> Packet {
    let header = try byte()
    guard header & 0x80 != 0 else { throw MessageError(.notOpenPGP) }
    if header & 0x40 == 0 {
      let tag = header >> 2 & 15
      let size = [1, 2, 4, 0][Int(header & 3)]
      // Without a length the packet reaches to the end of the file, which hides a truncation.
      guard size > 0 else {
        let body = offset..<bytes.count
        offset = bytes.count
        return Packet(tag: tag, body: body)
      }
      return Packet(tag: tag, body: try skip(try number(size)))
    }
    return try newStyle(tag: header & 63)
  }

  private mutating func newStyle(tag: UInt8) throws(MessageError) -> Packet {
    var first: Range<Int>?
    while true {
      let octet = try byte()
      switch octet {
      case ..<192:
        let body = try skip(Int(octet))
        return Packet(tag: tag, body: first ?? body)
      case ..<224:
        let body = try skip((Int(octet) - 192) << 8 + Int(try byte()) + 192)
        return Packet(tag: tag, body: first ?? body)
      case 255:
        let body = try skip(try number(4))
        return Packet(tag: tag, body: first ?? body)
      default:
        // A part; only data packets may have them, and the first has at least 512 bytes.
        guard Self.mayHaveParts.contains(tag), first != nil || octet & 31 >= 9 else {
          throw MessageError(.notOpenPGP)
        }
        let part = try skip(1 << Int(octet & 31))
        first = first ?? part
      }
    }
  }

  /// A packet in a frame of our own, so that no length of the input decides where it ends.
  static func framed(_ body: some Collection<UInt8>, tag: UInt8) -> [UInt8] {
    let length = UInt32(body.count)
    let octets = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
    return [0xc0 | tag, 0xff] + octets + body
  }

  private static let mayHaveParts: Set<UInt8> = [8, 9, 11, 18, 20]

  private mutating func byte() throws(MessageError) -> UInt8 {
    guard offset < bytes.count else { throw MessageError(.truncated) }
    defer { offset += 1 }
    return bytes[offset]
  }

  private mutating func number(_ size: Int) throws(MessageError) -> Int {
    var value = 0
    for _ in 0..<size { value = value << 8 | Int(try byte()) }
    return value
  }

  private mutating func skip(_ count: Int) throws(MessageError) -> Range<Int> {
    guard count <= bytes.count - offset else { throw MessageError(.truncated) }
    defer { offset += count }
    return offset..<offset + count
  }
}
