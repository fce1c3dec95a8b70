internal import Secrets

/// The forms in which a value may turn up in what a program prints, one after the other in locked
/// memory.
struct EncodedForms: ~Copyable {
  private var text = SecretBuilder()
  private var ranges: [Range<Int>] = []

  /// Adds a value unchanged, in base64, percent-encoded and as a JSON string.
  mutating func add(_ value: RawSpan) {
    append { $0.append(value) }
    for isURL in [false, true] {
      for offset in 0..<3 {
        for isEnd in [false, true] { addBase64(of: value, at: offset, isURL: isURL, isEnd: isEnd) }
      }
    }
    for kept in Self.keptByEncoders {
      for isUpper in [true, false] {
        append { text in
          for index in 0..<value.byteCount {
            Self.percent(value.byte(index), keeping: kept, isUpper: isUpper, to: &text)
          }
        }
      }
    }
    for escape in JSONEscape.allCases {
      append { text in
        var index = 0
        while index < value.byteCount { index += escape.next(value, index, &text) }
      }
    }
  }

  /// All forms, no two the same, and the place of each.
  struct List: ~Copyable {
    let text: Secret
    let ranges: [Range<Int>]
  }

  /// Ends adding.
  consuming func finish() -> List {
    let ranges = ranges
    let text = text.finish()
    let distinct: [Range<Int>] = text.withBytes { bytes in
      let sorted = ranges.sorted { bytes.order($0, $1) < 0 }
      return sorted.indices.filter { $0 == 0 || bytes.order(sorted[$0 - 1], sorted[$0]) != 0 }
        .map { sorted[$0] }
    }
    return List(text: text, ranges: distinct)
  }

  private mutating func append(_ form: (inout SecretBuilder) -> Void) {
    let start = text.count
    form(&text)
    ranges.append(start..<text.count)
  }

  /// The characters that the value alone decides, where `offset` bytes precede it in its group
  /// of three: of what was encoded with it, such as `user:key`. At the end of all that was encoded, the
  /// last character is decided too.
  private mutating func addBase64(of value: RawSpan, at offset: Int, isURL: Bool, isEnd: Bool) {
    let bits = offset * 8..<(offset + value.byteCount) * 8
    let first = (bits.lowerBound + 5) / 6
    let last = isEnd ? (bits.upperBound + 5) / 6 : bits.upperBound / 6
    append { text in
      for character in first..<last {
        var sextet: UInt8 = 0
        for bit in character * 6..<character * 6 + 6 {
          let isSet =
            bit < bits.upperBound
            && value.byte(bit / 8 - offset) >> UInt8(7 - bit % 8) & 1 == 1
          sextet = sextet << 1 | (isSet ? 1 : 0)
        }
        text.append(byte: Self.digit(sextet, isURL: isURL))
      }
    }
    addEnds(of: ranges[ranges.count - 1])
  }

  /// What is left of a long form on the next line, where its first bytes are the last of a line.
  private mutating func addEnds(of form: Range<Int>) {
    for cut in 1..<MaskedPatterns.window where form.count - cut >= Self.leastEnd {
      ranges.append(form.lowerBound + cut..<form.upperBound)
    }
  }

  /// Too long to be an ordinary word.
  private static let leastEnd = 24

  private static func digit(_ sextet: UInt8, isURL: Bool) -> UInt8 {
    switch sextet {
    case 0..<26: UInt8(ascii: "A") + sextet
    case 26..<52: UInt8(ascii: "a") + sextet - 26
    case 52..<62: UInt8(ascii: "0") + sextet - 52
    case 62: UInt8(ascii: isURL ? "-" : "+")
    default: UInt8(ascii: isURL ? "_" : "/")
    }
  }

  /// What RFC 3986, JavaScript's encodeURIComponent, Python's quote, forms of HTML and Python's forms
  /// leave unescaped, beside letters and digits. A form's space is '+'.
  private static let keptByEncoders = ["-._~", "-._~!'()*", "-._~/", "-._* ", "-._~ "]

  private static func percent(
    _ byte: UInt8, keeping kept: String, isUpper: Bool, to text: inout SecretBuilder
  ) {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      text.append(byte: byte)
    case UInt8(ascii: " ") where kept.utf8.contains(byte): text.append("+")
    case _ where kept.utf8.contains(byte): text.append(byte: byte)
    default:
      let digits = String(byte, radix: 16, uppercase: isUpper)
      text.append((byte < 16 ? "%0" : "%") + digits)
    }
  }
}

/// How writers of JSON differ: all must escape quotes, backslashes and control characters.
private enum JSONEscape: CaseIterable {
  case least
  /// `\/`, as PHP does with JSON_UNESCAPED_UNICODE.
  case slash
  /// `\u003c` for what HTML would read, as Go does.
  case markup
  /// Nothing but ASCII, as Python does.
  case ascii
  /// Both, as PHP does unasked.
  case slashASCII

  /// Adds what stands for the character at `index`; its length.
  func next(_ value: RawSpan, _ index: Int, _ text: inout SecretBuilder) -> Int {
    let byte = value.byte(index)
    switch (self, byte) {
    case (.slash, UInt8(ascii: "/")), (.slashASCII, UInt8(ascii: "/")): text.append("\\/")
    case (.markup, UInt8(ascii: "<")), (.markup, UInt8(ascii: ">")), (.markup, UInt8(ascii: "&")):
      text.append("\\u00" + String(byte, radix: 16))
    case (.ascii, 0x80...), (.slashASCII, 0x80...): return Self.ascii(value, index, &text)
    default: SecretBuilder.appendJSONEscaped(&text, byte)
    }
    return 1
  }

  private static func ascii(_ value: RawSpan, _ index: Int, _ text: inout SecretBuilder) -> Int {
    let first = value.byte(index)
    let length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    guard first >= 0xc2, index + length <= value.byteCount else {
      text.append(byte: first)
      return 1
    }
    var scalar = UInt32(first) & (0xff >> UInt32(length + 1))
    for offset in 1..<length { scalar = scalar << 6 | UInt32(value.byte(index + offset) & 0x3f) }
    guard let scalar = Unicode.Scalar(scalar) else {
      text.append(byte: first)
      return 1
    }
    for unit in String(scalar).utf16 {
      let digits = String(unit, radix: 16)
      text.append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
    }
    return length
  }
}

extension RawSpan {
  /// Below, at or above 0 as one part sorts before, with or after another in the order of bytes.
  fileprivate func order(_ a: Range<Int>, _ b: Range<Int>) -> Int {
    for offset in 0..<min(a.count, b.count) {
      let difference = Int(byte(a.lowerBound + offset)) - Int(byte(b.lowerBound + offset))
      if difference != 0 { return difference }
    }
    return a.count - b.count
  }
}
