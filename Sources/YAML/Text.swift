/// What is known of a file's bytes before they are parsed: they are UTF-8, and every character
/// is one that YAML allows.
struct Text {
  /// Where the text begins: after the byte order mark.
  let start: Int
  /// Every character is one byte.
  let isASCII: Bool

  init(checking bytes: [UInt8]) throws(YAMLError) {
    guard bytes.count <= Document.sizeLimit else {
      throw YAMLError(.tooLarge(bytes: bytes.count), at: .start)
    }
    if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
      throw YAMLError(.utf16, at: .start)
    }
    start = bytes.starts(with: Text.byteOrderMark) ? 3 : 0
    guard let first = Text.firstUnusual(in: bytes, from: start) else {
      isASCII = true
      return
    }
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      throw YAMLError(.invalidUTF8, at: Place(ofByte: error.byteOffsets.lowerBound, in: bytes))
    }
    isASCII = try Text.checkCharacters(of: bytes, from: first)
  }

  /// The bytes as libyaml is to see them. It takes the end of a file for less than a line break,
  /// and so reads another value from a block scalar there than YAML 1.2 does.
  static func terminated(_ bytes: [UInt8]) -> [UInt8] {
    guard let last = bytes.last, !last.isLineBreak else { return bytes }
    return bytes + [0x0A]
  }

  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The first byte that is neither printable ASCII nor a line break or tab. Eight bytes a step:
  /// this runs over every file, and a byte a step would take a tenth of the parser's time.
  private static func firstUnusual(in bytes: [UInt8], from start: Int) -> Int? {
    unsafe bytes.withUnsafeBytes { raw -> Int? in
      var offset = start
      while offset < raw.count {
        if offset + 8 <= raw.count,
          isPrintable(unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        {
          offset += 8
          continue
        }
        for next in offset..<min(offset + 8, raw.count) {
          let byte = unsafe raw[next]
          if byte >= 0x7F || (byte < 0x20 && !isBreakOrTab(byte)) { return next }
        }
        offset += 8
      }
      return nil
    }
  }

  /// Whether each of eight bytes is in 0x20...0x7E.
  private static func isPrintable(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let isBelowSpace = (word &- ones &* 0x20) & ~word
    let isAboveTilde = (word &+ ones) | word
    return (isBelowSpace | isAboveTilde) & (ones &* 0x80) == 0
  }

  private static func isBreakOrTab(_ byte: UInt8) -> Bool {
    byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  /// Whether all is ASCII; throws at the first character that YAML does not allow. NEL and the two
  /// Unicode separators are refused too: libyaml takes them for line breaks, YAML 1.2 does not.
  private static func checkCharacters(
    of bytes: [UInt8], from start: Int
  ) throws(YAMLError) -> Bool {
    var isASCII = true
    for offset in start..<bytes.count {
      let byte = bytes[offset]
      if byte >= 0x80 {
        isASCII = false
        // Only these leading bytes begin a character that is refused; the bytes are valid UTF-8.
        guard byte == 0xC2 || byte == 0xE2 || byte == 0xEF else { continue }
        let scalar = scalar(leading: byte, at: offset, in: bytes)
        switch scalar.value {
        case 0x80...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
          throw YAMLError(.forbiddenCharacter(scalar), at: Place(ofByte: offset, in: bytes))
        default: continue
        }
      } else if byte == 0x7F || (byte < 0x20 && !isBreakOrTab(byte)) {
        throw YAMLError(
          .forbiddenCharacter(Unicode.Scalar(byte)), at: Place(ofByte: offset, in: bytes))
      }
    }
    return isASCII
  }

  private static func scalar(
    leading byte: UInt8, at offset: Int, in bytes: [UInt8]
  ) -> Unicode.Scalar {
    var value = UInt32(byte & (byte == 0xC2 ? 0x1F : 0x0F))
    for next in (offset + 1)..<(offset + (byte == 0xC2 ? 2 : 3)) {
      value = value << 6 | UInt32(bytes[next] & 0x3F)
    }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }
}

extension Place {
  /// The place of the character that begins at a byte.
  init(ofByte offset: Int, in bytes: [UInt8]) {
    self = .start
    var previous: UInt8 = 0
    let start = bytes.starts(with: Text.byteOrderMark) && offset >= 3 ? 3 : 0
    for byte in bytes[start..<offset] {
      if byte == 0x0A && previous == 0x0D {
        // The second half of a CRLF.
      } else if byte == 0x0A || byte == 0x0D {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
      previous = byte
    }
  }
}
