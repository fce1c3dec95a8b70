internal import Secrets

extension Dialect {
  static let json = Dialect(
    name: "json", consumer: "jq and every JSON parser: one flat object of strings",
    obstacles: [.bytes],
    head: "{", separator: ",", foot: "\n}\n"
  ) { name, value, text in
    text.append("\n  \"\(name)\": \"")
    for index in 0..<value.byteCount { SecretBuilder.appendJSONEscaped(&text, value.byte(index)) }
    text.append("\"")
  }
}
