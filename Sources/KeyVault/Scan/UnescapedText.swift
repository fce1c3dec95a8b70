/// A text with its escapes undone: those of C, JSON, and shells, of URLs, of mail (quoted-printable), of
/// HTML, and of terminals. The first byte behind an escape may begin a word, whatever the escape stands for:
/// in `\nsk-…` and `%3Dsk-…` a letter or digit precedes the key.
struct UnescapedText {
  /// What is not ASCII is 0xff.
  private(set) var bytes: [UInt8] = []
  /// Where an escape ended, in order.
  private(set) var breaks: [Int] = []
  /// Line breaks that were taken out, until the next one that stays: lines keep their numbers.
  private var joinedLines = 0

  /// nil where nothing is escaped.
  init?(_ text: [UInt8]) {
    // Up to here, all is in `bytes`.
    var done = 0
    var index = 0
    while let start = text[index...].firstIndex(where: Self.isStart) {
      guard let escape = Escape(text[start...]) else {
        index = start + 1
        continue
      }
      if bytes.isEmpty { bytes.reserveCapacity(text.count) }
      add(text[done..<start])
      if let value = escape.value { bytes.append(value) }
      joinedLines += escape.joinedLines
      breaks.append(bytes.count)
      (index, done) = (escape.end, escape.end)
    }
    if breaks.isEmpty { return nil }
    add(text[done...])
  }

  private mutating func add(_ part: ArraySlice<UInt8>) {
    guard joinedLines > 0, let lineEnd = part.firstIndex(of: UInt8(ascii: "\n")) else {
      bytes += part
      return
    }
    bytes += part[...lineEnd]
    bytes += [UInt8](repeating: UInt8(ascii: "\n"), count: joinedLines)
    bytes += part[(lineEnd + 1)...]
    joinedLines = 0
  }

  private static func isStart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\\"), UInt8(ascii: "%"), UInt8(ascii: "="), UInt8(ascii: "&"),
      UInt8(ascii: "["), 0x1b:
      true
    default: false
    }
  }
}

/// One escape.
private struct Escape {
  /// nil where it stands for nothing that is shown.
  let value: UInt8?
  /// Behind it.
  let end: Int
  private(set) var joinedLines = 0

  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// nil where none begins with the first of these bytes.
  init?(_ text: ArraySlice<UInt8>) {
    switch text[text.startIndex] {
    case UInt8(ascii: "\\"): self.init(backslash: text.dropFirst())
    case UInt8(ascii: "%"): self.init(percent: text.dropFirst())
    case UInt8(ascii: "="): self.init(equals: text.dropFirst())
    case UInt8(ascii: "&"): self.init(entity: text.dropFirst())
    case 0x1b: self.init(control: text.dropFirst())
    default: self.init(colour: text)
    }
  }

  private init(_ value: Int?, _ end: Int) {
    self.value = value.map { (1..<0x80).contains($0) ? UInt8($0) : 0xff }
    self.end = end
  }

  private init?(backslash rest: ArraySlice<UInt8>) {
    if let joined = Escape(lineBreak: rest) {
      self = joined
      return
    }
    guard let byte = rest.first else { return nil }
    let digits = rest.dropFirst()
    switch byte {
    case UInt8(ascii: "x"): self.init(number: digits, 16, 1...2, braces: true)
    case UInt8(ascii: "u"): self.init(number: digits, 16, 4...4, braces: true)
    case UInt8(ascii: "U"): self.init(number: digits, 16, 8...8)
    case UInt8(ascii: "0")...UInt8(ascii: "7"): self.init(number: rest, 8, 1...3)
    case UInt8(ascii: "e"), UInt8(ascii: "E"): self.init(0x1b, digits.startIndex)
    // A line of base64 goes on behind it, and lines are counted by line feeds.
    case UInt8(ascii: "n"), UInt8(ascii: "r"): self.init(0x0d, digits.startIndex)
    case UInt8(ascii: "a"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "t"),
      UInt8(ascii: "v"):
      self.init(0x20, digits.startIndex)
    default: self.init(Int(byte), digits.startIndex)
    }
  }

  private init?(percent rest: ArraySlice<UInt8>) {
    if rest.first == UInt8(ascii: "u") {
      self.init(number: rest.dropFirst(), 16, 4...4)
    } else {
      self.init(number: rest, 16, 2...2)
    }
  }

  private init?(equals rest: ArraySlice<UInt8>) {
    if let joined = Escape(lineBreak: rest) {
      self = joined
    } else {
      self.init(number: rest, 16, 2...2)
    }
  }

  private static let entities: [(name: [UInt8], value: UInt8)] = [
    ("amp;", "&"), ("equals;", "="), ("hyphen;", "-"), ("dash;", "-"), ("lowbar;", "_"),
    ("UnderBar;", "_"), ("period;", "."), ("colon;", ":"), ("sol;", "/"), ("plus;", "+"),
    ("percnt;", "%"), ("bsol;", "\\"),
  ].map { (Array($0.0.utf8), $0.1.utf8.first ?? 0) }

  private init?(entity rest: ArraySlice<UInt8>) {
    guard rest.first == UInt8(ascii: "#") else {
      guard let (name, value) = Self.entities.first(where: { rest.starts(with: $0.name) }) else {
        return nil
      }
      self.init(Int(value), rest.startIndex + name.count)
      return
    }
    let digits = rest.dropFirst()
    let isHex = digits.first.map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
    guard
      let number = Escape(
        number: isHex ? digits.dropFirst() : digits, isHex ? 16 : 10, 1...7)
    else { return nil }
    let hasEnd = rest[number.end...].first == UInt8(ascii: ";")
    self.init(number.value.map(Int.init), number.end + (hasEnd ? 1 : 0))
  }

  /// A terminal's control sequence begins with ESC: `ESC [ 0 1 ; 3 2 m`, and shorter ones.
  private init?(control rest: ArraySlice<UInt8>) {
    guard let byte = rest.first else { return nil }
    let more = rest.dropFirst()
    switch byte {
    case UInt8(ascii: "["):
      guard let end = more.prefix(32).firstIndex(where: { (0x40...0x7e).contains($0) }) else {
        return nil
      }
      self.init(nil, end + 1)
    case UInt8(ascii: "("), UInt8(ascii: ")"):
      self.init(nil, min(more.startIndex + 1, rest.endIndex))
    default: self.init(nil, more.startIndex)
    }
  }

  /// A control sequence whose ESC was lost, as in logs: a blank.
  private init?(colour text: ArraySlice<UInt8>) {
    let digits = text.dropFirst().prefix(12).prefix {
      (0x30...0x39).contains($0) || $0 == UInt8(ascii: ";")
    }
    guard !digits.isEmpty || text.dropFirst().first == UInt8(ascii: "m"),
      let last = text[digits.endIndex...].first,
      [UInt8(ascii: "m"), UInt8(ascii: "K")].contains(last)
    else { return nil }
    self.init(Int(UInt8(ascii: " ")), digits.endIndex + 1)
  }

  /// A line goes on behind its break.
  private init?(lineBreak rest: ArraySlice<UInt8>) {
    let isWindows = rest.first == Self.carriageReturn
    let end = rest.startIndex + (isWindows ? 1 : 0)
    guard end < rest.endIndex, rest[end] == Self.lineFeed else { return nil }
    self.init(nil, end + 1)
    joinedLines = 1
  }

  private init?(
    number rest: ArraySlice<UInt8>, _ radix: Int, _ lengths: ClosedRange<Int>, braces: Bool = false
  ) {
    if braces, rest.first == UInt8(ascii: "{") {
      guard let inner = Escape(number: rest.dropFirst(), radix, 1...8), inner.end < rest.endIndex,
        rest[inner.end] == UInt8(ascii: "}")
      else { return nil }
      self.init(inner.value.map(Int.init), inner.end + 1)
      return
    }
    var (value, end) = (0, rest.startIndex)
    while end < rest.endIndex, end - rest.startIndex < lengths.upperBound,
      let digit = Self.digit(rest[end]), digit < radix
    {
      value = value * radix + digit
      end += 1
    }
    guard end - rest.startIndex >= lengths.lowerBound else { return nil }
    self.init(value, end)
  }

  private static func digit(_ byte: UInt8) -> Int? {
    switch byte {
    case 0x30...0x39: Int(byte) - 0x30
    case 0x41...0x46: Int(byte) - 0x41 + 10
    case 0x61...0x66: Int(byte) - 0x61 + 10
    default: nil
    }
  }
}
