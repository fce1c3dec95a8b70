/// The ASCII frame of an OpenPGP message (RFC 9580 §6).
enum Armor {
  private static let begin = "-----BEGIN PGP "

  /// Whether the first line that is not blank opens an armor.
  static func isArmored(_ bytes: [UInt8]) -> Bool {
    bytes.drop { isSpace($0) }.starts(with: begin.utf8)
  }

  /// The packets inside. The checksum is optional and not compared, as RFC 9580 §6.1 asks.
  static func decoded(_ bytes: [UInt8]) throws(MessageError) -> [UInt8] {
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
      .map { trimmed($0) }[...]
    lines = lines.drop { $0.isEmpty }
    let title = String(decoding: lines.removeFirst(), as: UTF8.self)
    switch title {
    case begin + "MESSAGE-----": break
    case begin + "SIGNED MESSAGE-----", begin + "SIGNATURE-----": throw MessageError(.signed)
    case begin + "PUBLIC KEY BLOCK-----", begin + "PRIVATE KEY BLOCK-----":
      throw MessageError(.key)
    default: throw MessageError(.damagedArmor)
    }
    let content = try body(&lines, end: "-----END PGP MESSAGE-----")
    guard lines.allSatisfy(\.isEmpty) else { throw MessageError(.trailing) }
    return content
  }

  /// The packets of all keys in a text, whatever else is in it; empty where there is none.
  static func keys(in bytes: [UInt8]) throws(MessageError) -> [UInt8] {
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
      .map { trimmed($0) }[...]
    var packets: [UInt8] = []
    while let line = lines.popFirst() {
      for kind in ["PUBLIC", "PRIVATE"]
      where line.elementsEqual("\(begin)\(kind) KEY BLOCK-----".utf8) {
        packets += try body(&lines, end: "-----END PGP \(kind) KEY BLOCK-----")
      }
    }
    return packets
  }

  /// What is between the first line of an armor and `end`; takes the lines to there.
  private static func body(
    _ lines: inout ArraySlice<ArraySlice<UInt8>>, end: String
  ) throws(MessageError) -> [UInt8] {
    guard let blank = lines.firstIndex(of: []) else { throw MessageError(.truncated) }
    lines = lines[(blank + 1)...]
    guard let last = lines.firstIndex(where: { $0.starts(with: "-----".utf8) }) else {
      throw MessageError(.truncated)
    }
    guard lines[last].elementsEqual(end.utf8) else { throw MessageError(.damagedArmor) }
    var body = lines[..<last]
    if let sum = body.last, sum.first == UInt8(ascii: "=") { body.removeLast() }
    lines = lines[(last + 1)...]
    return try base64(body.joined())
  }

  private static func base64(
    _ characters: some Sequence<UInt8>
  ) throws(MessageError) -> [UInt8] {
    var output: [UInt8] = []
    var (bits, count, padding) = (0, 0, 0)
    for character in characters {
      if character == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      guard padding == 0, let value = value(of: character) else {
        throw MessageError(.damagedArmor)
      }
      bits = bits << 6 | value
      count += 1
      if count % 4 == 0 {
        output += [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
        bits = 0
      }
    }
    switch (count % 4, padding) {
    case (0, 0): break
    case (2, 2): output.append(UInt8(bits >> 4 & 255))
    case (3, 1): output += [UInt8(bits >> 10 & 255), UInt8(bits >> 2 & 255)]
    default: throw MessageError(.damagedArmor)
    }
    return output
  }

  private static func value(of character: UInt8) -> Int? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(character) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(character) - 97 + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(character) - 48 + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 32 || (9...13).contains(byte)
  }

  /// A line without the white space at its end: transports add it.
  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var line = line
    while let last = line.last, isSpace(last) { line.removeLast() }
    return line
  }
}
