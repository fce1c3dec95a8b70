internal import YAML

extension [String] {
  /// `a`, `a or b`, `a, b or c`.
  func joined(by conjunction: String) -> String {
    guard count > 1 else { return first ?? "" }
    return "\(dropLast().joined(separator: ", ")) \(conjunction) \(self[count - 1])"
  }
}

/// The text between quotes; of a long one the beginning, with control characters escaped, since a
/// terminal would obey them.
func quoted(_ text: String) -> String {
  let limit = 40
  var shown = ""
  for scalar in text.unicodeScalars.prefix(limit) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator:
      shown += "\\u{\(String(scalar.value, radix: 16))}"
    // The Kelvin sign and the Greek question mark, which look exactly as K and as a semicolon.
    case _ where [0x212a, 0x037e, 0x1fef].contains(scalar.value):
      shown += "\\u{\(String(scalar.value, radix: 16))}"
    default: shown.unicodeScalars.append(scalar)
    }
  }
  return text.unicodeScalars.count > limit ? "'\(shown)…'" : "'\(shown)'"
}

/// `1 item`, `2 items`.
func counted(_ count: Int, _ noun: String) -> String {
  count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
}

extension Node {
  /// How a message names this value where a kind was expected.
  var kindInWords: String {
    switch value {
    case .null: "null"
    case .bool(let bool): "\(bool)"
    case .int: "an integer"
    case .double(let double): double.isFinite ? "a number" : "\(double)"
    case .string: "a string"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  /// How a message shows this value.
  var shown: String {
    switch value {
    case .string(let string): quoted(string)
    case .int(let int): "\(int)"
    case .double(let double): "\(double)"
    case .null, .bool, .sequence, .mapping: kindInWords
    }
  }
}
