internal import YAML

extension Node {
  /// The value as JSON on one line, equal for equal values: keys sorted, integers without a fraction
  /// (1.0 is 1, which a JSON document may write either way).
  var json: String {
    switch value {
    case .null: "null"
    case .bool(let bool): String(bool)
    case .int(let int): String(int)
    case .double(let double): Int(exactly: double).map(String.init) ?? String(double)
    case .string(let string): string.quotedForJSON
    case .sequence(let nodes): "[" + nodes.map(\.json).joined(separator: ",") + "]"
    case .mapping(let pairs):
      "{"
        + pairs.sorted { $0.key < $1.key }
        .map { $0.key.quotedForJSON + ":" + $0.value.json }.joined(separator: ",") + "}"
    }
  }
}

extension String {
  /// A JSON string (RFC 8259 §7).
  var quotedForJSON: String {
    var quoted = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
