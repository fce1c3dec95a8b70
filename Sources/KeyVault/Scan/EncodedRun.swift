/// A part of a file that could be base64 (of either alphabet) or hexadecimal digits, over the ends of its
/// lines.
struct EncodedRun {
  /// Without line breaks and indentation.
  private let digits: [UInt8]
  /// Where it starts.
  let line: Int

  /// Shorter ones hold no key.
  private static let shortest = 20
  /// The characters of the shortest prefix and of what is random behind it.
  static let shortestKey = 13

  /// Those of a file, in its order.
  static func all(in bytes: [UInt8]) -> [EncodedRun] {
    var runs: [EncodedRun] = []
    var (line, start) = (1, 1)
    // Of the lines before, where a run goes over several.
    var digits: [UInt8] = []
    var index = 0
    while index < bytes.count {
      guard isDigit(bytes[index]) else {
        if bytes[index] == UInt8(ascii: "\n") { line += 1 }
        index += 1
        continue
      }
      if digits.isEmpty { start = line }
      let end = bytes[index...].firstIndex { !isDigit($0) } ?? bytes.count
      if let (next, breaks) = lineBreak(in: bytes, at: end), next < bytes.count,
        isDigit(bytes[next])
      {
        digits += bytes[index..<end]
        line += breaks
        index = next
        continue
      }
      if digits.count + end - index >= shortest {
        runs.append(EncodedRun(digits: digits + bytes[index..<end], line: start))
      }
      digits.removeAll(keepingCapacity: true)
      index = end
    }
    return runs
  }

  /// What a text is that is base64 as a whole.
  static func base64(_ text: ArraySlice<UInt8>) -> [UInt8] {
    EncodedRun(digits: Array(text), line: 1).base64(from: 0)
  }

  /// What it may stand for, as far as a key can be in it. Digits of other words may precede it, so
  /// that each way to group them is tried.
  var decodings: [[UInt8]] {
    var all = (0..<4).map { base64(from: $0) }
    if digits.allSatisfy({ Self.hex($0) != nil }) { all += (0..<2).map { hex(from: $0) } }
    return all.filter(Self.isText)
  }

  /// Whether there is a word as long as a key's prefix and ten characters, or as many zeros as wide
  /// characters have. Most runs are words of a language or of a program, and stand for nothing.
  private static func isText(_ bytes: [UInt8]) -> Bool {
    var (word, zeros) = (0, 0)
    for byte in bytes {
      word = (0x21...0x7e).contains(byte) ? word + 1 : 0
      if byte == 0 { zeros += 1 }
      if word >= shortestKey || zeros >= shortestKey { return true }
    }
    return false
  }

  private func base64(from start: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count * 3 / 4)
    var (bits, count): (UInt32, Int) = (0, 0)
    for digit in digits.dropFirst(start) {
      guard let value = Self.sextet(digit) else { continue }
      bits = bits << 6 | UInt32(value)
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
    return bytes
  }

  private func hex(from start: Int) -> [UInt8] {
    let values = digits.dropFirst(start).compactMap(Self.hex)
    return stride(from: 0, to: values.count - 1, by: 2).map { values[$0] << 4 | values[$0 + 1] }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { sextet(byte) != nil }

  /// A line break, or one that a string of JSON or a shell has as two characters, and the blanks of an
  /// indentation behind it: where it ends, and how many lines it takes.
  private static func lineBreak(in bytes: [UInt8], at start: Int) -> (end: Int, breaks: Int)? {
    var index = start
    var (breaks, isBreak) = (0, false)
    // No program breaks lines with more, and each place of a longer run would be walked from each.
    while index < min(bytes.count, start + longestBreak) {
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      switch (bytes[index], next) {
      case (UInt8(ascii: "\n"), _): (breaks, isBreak, index) = (breaks + 1, true, index + 1)
      case (UInt8(ascii: "\r"), _): (isBreak, index) = (true, index + 1)
      case (UInt8(ascii: "\\"), UInt8(ascii: "n")), (UInt8(ascii: "\\"), UInt8(ascii: "r")):
        (isBreak, index) = (true, index + 2)
      case (UInt8(ascii: "\\"), UInt8(ascii: "\n")): index += 1
      case (UInt8(ascii: " "), _) where isBreak, (UInt8(ascii: "\t"), _) where isBreak: index += 1
      default: return isBreak ? (index, breaks) : nil
      }
    }
    return nil
  }

  private static let longestBreak = 256

  private static func sextet(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

extension [UInt8] {
  /// The words of 16 or 32 bits a character as words of 8, whatever the order of bytes: a character and the
  /// next one have so many bytes less one of zeros between them. Everything else is left out,
  /// except line feeds.
  func narrowed(from width: Int) -> [UInt8] {
    var text: [UInt8] = []
    var (wordStart, characters, index) = (0, 0, 0)
    while index < count {
      guard self[index] != 0 else {
        index += 1
        continue
      }
      index += 1
      characters += 1
      let zeroStart = index
      while index < count, self[index] == 0 { index += 1 }
      guard index - zeroStart != width - 1 || index == count else { continue }
      let word = self[wordStart..<index]
      if characters < EncodedRun.shortestKey {
        for byte in word where byte == UInt8(ascii: "\n") { text.append(byte) }
      } else {
        text += word.lazy.filter { $0 != 0 }
        if text.last != UInt8(ascii: "\n") { text.append(1) }
      }
      (wordStart, characters) = (index, 0)
    }
    return text
  }
}
