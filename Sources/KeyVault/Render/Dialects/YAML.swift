internal import Secrets

extension Dialect {
  static let yaml = Dialect(
    name: "yaml", consumer: "every YAML parser, of 1.1 and 1.2: one flat mapping of strings",
    obstacles: [.bytes]
  ) { name, value, text in
    text.append(yamlKey: name)
    text.append(" \"")
    text.append(yamlEscaped: value)
    text.append("\"\n")
  }
}

extension SecretBuilder {
  /// Adds a variable's name as a key. In quotes where YAML 1.1 reads another thing than a word.
  mutating func append(yamlKey name: String) {
    let words: Set = ["Y", "N", "YES", "NO", "ON", "OFF", "TRUE", "FALSE", "NULL"]
    append(words.contains(name) ? "\"\(name)\":" : "\(name):")
  }

  /// Adds text for double quotes, escaping what YAML does not print or takes for a line break.
  fileprivate mutating func append(yamlEscaped value: RawSpan) {
    var index = 0
    while index < value.byteCount {
      let (scalar, length) = value.scalar(at: index)
      switch scalar {
      case 0x22: append("\\\"")
      case 0x5c: append("\\\\")
      case 0x09: append("\\t")
      case 0x0a: append("\\n")
      case 0x0d: append("\\r")
      case 0..<0x20, 0x7f...0x9f, 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff:
        let digits = String(scalar, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
      default: for offset in 0..<length { append(byte: value.byte(index + offset)) }
      }
      index += length
    }
  }
}

extension RawSpan {
  /// The Unicode scalar that begins here, in bytes that are UTF-8, and how many bytes it has.
  fileprivate func scalar(at index: Int) -> (scalar: UInt32, length: Int) {
    let first = byte(index)
    let length =
      switch first {
      case ..<0x80: 1
      case ..<0xe0: 2
      case ..<0xf0: 3
      default: 4
      }
    if length == 1 { return (UInt32(first), 1) }
    var scalar = UInt32(first) & (0x7f >> UInt32(length))
    for offset in 1..<length { scalar = scalar << 6 | UInt32(byte(index + offset) & 0x3f) }
    return (scalar, length)
  }
}
