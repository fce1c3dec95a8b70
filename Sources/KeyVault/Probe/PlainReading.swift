/// A text as nothing but small letters and digits of ASCII, so that what is between them, and how
/// they are dressed, does not count.
enum PlainReading {
  /// What the text may be read as: unchanged, with its escapes undone, with its letters rotated,
  /// and each of these backwards.
  static func all(of text: String) -> [[UInt8]] {
    var texts = [Array(text.unicodeScalars)]
    // What was escaped twice is read twice.
    for _ in 0..<2 {
      guard let last = texts.last else { break }
      let next = unescaped(last)
      if next == last { break }
      texts.append(next)
    }
    let readings = texts.map { $0.compactMap(letter) }
    let both = readings + readings.map { $0.map(rotated) }
    return both + both.map { $0.reversed() }
  }

  /// A letter or digit, the letter small; nil for any other byte.
  static func plain(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39, 0x61...0x7a: byte
    case 0x41...0x5a: byte + 0x20
    default: nil
    }
  }

  /// The letter or digit that a scalar is in another shape: full width, mathematical, in a circle, above
  /// or below the line. Marks that stand on a letter are none.
  private static func letter(_ scalar: Unicode.Scalar) -> UInt8? {
    let value = scalar.value
    if value < 0x80 { return plain(UInt8(value)) }
    switch value {
    case 0xff01...0xff5e: return plain(UInt8(value - 0xfee0))
    case 0x1d400...0x1d6a3: return alphabet((value - 0x1d400) % 52)
    case 0x1d7ce...0x1d7ff: return UInt8(0x30 + (value - 0x1d7ce) % 10)
    case 0x24b6...0x24cf: return UInt8(0x61 + value - 0x24b6)
    case 0x24d0...0x24e9: return UInt8(0x61 + value - 0x24d0)
    case 0x249c...0x24b5: return UInt8(0x61 + value - 0x249c)
    case 0x2460...0x2468: return UInt8(0x31 + value - 0x2460)
    case 0x2474...0x247c: return UInt8(0x31 + value - 0x2474)
    case 0x24ea: return 0x30
    case 0x1f130...0x1f149, 0x1f150...0x1f169, 0x1f170...0x1f189:
      return UInt8(0x61 + (value - 0x1f130) % 0x20 % 26)
    case 0x2070, 0x2074...0x2079: return UInt8(0x30 + value - 0x2070)
    case 0x2080...0x2089: return UInt8(0x30 + value - 0x2080)
    case 0xb9: return 0x31
    case 0xb2, 0xb3: return UInt8(0x30 + value - 0xb0)
    // Letters of mathematics that stood elsewhere before.
    case 0x210a: return UInt8(ascii: "g")
    case 0x210b...0x210e: return UInt8(ascii: "h")
    case 0x2110, 0x2111: return UInt8(ascii: "i")
    case 0x2112, 0x2113: return UInt8(ascii: "l")
    case 0x2115: return UInt8(ascii: "n")
    case 0x2119: return UInt8(ascii: "p")
    case 0x211a: return UInt8(ascii: "q")
    case 0x211b...0x211d: return UInt8(ascii: "r")
    case 0x2124, 0x2128: return UInt8(ascii: "z")
    case 0x212a: return UInt8(ascii: "k")
    case 0x212c: return UInt8(ascii: "b")
    case 0x212d, 0x2102: return UInt8(ascii: "c")
    case 0x212f, 0x2130: return UInt8(ascii: "e")
    case 0x2131: return UInt8(ascii: "f")
    case 0x2133: return UInt8(ascii: "m")
    case 0x2134: return UInt8(ascii: "o")
    case 0x17f: return UInt8(ascii: "s")
    case 0xe0020...0xe007e: return plain(UInt8(value - 0xe0000))
    default: return accented(scalar)
    }
  }

  /// The letter under accents of one scalar.
  private static func accented(_ scalar: Unicode.Scalar) -> UInt8? {
    guard (0xc0...0x24f).contains(scalar.value) || (0x1e00...0x1eff).contains(scalar.value) else {
      return nil
    }
    let name = scalar.properties.name ?? ""
    // `LATIN SMALL LETTER K WITH CARON`.
    let words = name.split(separator: " ")
    guard words.count > 4, words[0] == "LATIN", words[2] == "LETTER", words[3].utf8.count == 1,
      let letter = words[3].utf8.first
    else { return nil }
    return plain(letter)
  }

  private static func alphabet(_ index: UInt32) -> UInt8 { UInt8(0x61 + index % 26) }

  /// By 13, as what should not be read at a glance.
  private static func rotated(_ byte: UInt8) -> UInt8 {
    (0x61...0x7a).contains(byte) ? 0x61 + (byte - 0x61 + 13) % 26 : byte
  }

  /// With `%73`, `=73`, `\x73`, `0x73`, `\u0073`, `\u{73}`, `U+0073`, `&#115;`, `&#x73;` and `\163` as
  /// what they stand for.
  private static func unescaped(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var index = 0
    while index < scalars.count {
      if let (scalar, length) = escape(scalars[index...]) {
        result.append(scalar)
        index += length
      } else {
        result.append(scalars[index])
        index += 1
      }
    }
    return result
  }

  private static let escapes: [(start: [Unicode.Scalar], radix: Int, lengths: ClosedRange<Int>)] = [
    ("\\u{", 16, 1...8), ("\\u", 16, 4...4), ("\\x", 16, 2...2), ("0x", 16, 2...2),
    ("0X", 16, 2...2), ("U+", 16, 2...6), ("&#x", 16, 1...6), ("&#X", 16, 1...6), ("&#", 10, 1...7),
    ("%u", 16, 4...4), ("%", 16, 2...2), ("=", 16, 2...2), ("\\", 8, 3...3),
  ].map { (Array($0.0.unicodeScalars), $0.1, $0.2) }

  private static func escape(
    _ rest: ArraySlice<Unicode.Scalar>
  ) -> (scalar: Unicode.Scalar, length: Int)? {
    guard let first = rest.first, "\\0U&%=".unicodeScalars.contains(first) else { return nil }
    for (start, radix, lengths) in escapes where rest.starts(with: start) {
      let digits = rest.dropFirst(start.count).prefix(lengths.upperBound)
        .prefix { $0.isASCII && Int(String($0), radix: radix) != nil }
      guard digits.count >= lengths.lowerBound,
        let value = UInt32(String(String.UnicodeScalarView(digits)), radix: radix),
        let scalar = Unicode.Scalar(value)
      else { continue }
      return (scalar, start.count + digits.count)
    }
    return nil
  }
}
