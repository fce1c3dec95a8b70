internal import Naming
internal import Secrets

extension Dialect {
  static let yaml = Dialect(
    name: "yaml", consumer: "every YAML parser: one flat mapping of strings",
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
    let words: Set<Name> = ["Y", "N", "YES", "NO", "ON", "OFF", "TRUE", "FALSE", "NULL"]
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
