internal import YAML

/// JSON in the one form that RFC 8785 gives each value, so that a signature covers what a document says
/// and not how it is written. Of numbers only integers, which is all that our files have.
enum CanonicalJSON {
  /// nil where a number is a fraction, or too large to be exact everywhere.
  static func text(of node: Node) -> String? {
    switch node.value {
    case .null: return "null"
    case .bool(let bool): return bool ? "true" : "false"
    case .int(let int): return number(int)
    case .double(let double): return Int(exactly: double).flatMap(number)
    case .string(let string): return quoted(string)
    case .sequence(let nodes):
      let items = nodes.compactMap(text)
      return items.count == nodes.count ? "[" + items.joined(separator: ",") + "]" : nil
    case .mapping(let pairs):
      let members = pairs.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
        .compactMap { pair in text(of: pair.value).map { quoted(pair.key) + ":" + $0 } }
      return members.count == pairs.count ? "{" + members.joined(separator: ",") + "}" : nil
    }
  }

  /// As ECMAScript writes integers that a double holds exactly.
  private static func number(_ int: Int) -> String? {
    int.magnitude < 1 << 53 ? String(int) : nil
  }

  private static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case "\u{8}": text += "\\b"
      case "\t": text += "\\t"
      case "\n": text += "\\n"
      case "\u{c}": text += "\\f"
      case "\r": text += "\\r"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
