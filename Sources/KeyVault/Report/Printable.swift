extension String {
  /// The text as it may be shown anywhere: control and bidirectional characters are written as
  /// `\u{…}`, so that nobody's data can move the cursor, hide text or start a workflow command.
  package var printable: String {
    guard unicodeScalars.contains(where: \.mustBeEscaped) else { return self }
    var result = ""
    for scalar in unicodeScalars {
      if scalar.mustBeEscaped {
        result += scalar.escapedForm
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The same in a text of JSON, in which line breaks stand between values only.
  var escapedForJSON: String {
    guard unicodeScalars.contains(where: { $0.value > 0x7e && $0.mustBeEscaped }) else {
      return self
    }
    return unicodeScalars.map { scalar in
      guard scalar.value > 0x7e, scalar.mustBeEscaped else { return String(scalar) }
      return scalar.utf16.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    }.joined()
  }

  /// For one cell of a line: printable, and of at most `limit` scalars. A character may have any number
  /// of them.
  package func printable(limit: Int) -> String {
    let scalars = unicodeScalars
    // What is cut off need not be escaped first.
    let text = String(scalars.prefix(limit + 1)).printable
    guard text.unicodeScalars.count > limit else { return text }
    return String(text.unicodeScalars.prefix(limit - 1)) + "…"
  }
}

extension Unicode.Scalar {
  var mustBeEscaped: Bool {
    switch value {
    case 0..<0x20, 0x7f..<0xa0: true
    // Line and paragraph separators; bidirectional marks, embeddings, overrides and isolates.
    case 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff: true
    // Annotations, and tags, which no program shows.
    case 0xfff9...0xfffb, 0xe0000...0xe007f: true
    default: false
    }
  }

  /// `\u{1b}`.
  var escapedForm: String { "\\u{" + String(value, radix: 16) + "}" }
}
