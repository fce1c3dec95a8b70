package import Naming

extension String {
  /// The text as it may be shown anywhere: control and bidirectional characters are written as
  /// `\u{…}`, so that nobody's data can move the cursor, hide text or start a workflow command.
  package var printable: String {
    guard unicodeScalars.contains(where: \.mustBeEscaped) else { return self }
    var result = ""
    for scalar in unicodeScalars {
      if scalar.mustBeEscaped {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
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
    var result = ""
    result.reserveCapacity(utf8.count)
    for scalar in unicodeScalars {
      guard scalar.value > 0x7e, scalar.mustBeEscaped else {
        result.unicodeScalars.append(scalar)
        continue
      }
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
    return result
  }

  /// At most `limit` scalars, the last of them '…' where there were more.
  func shortened(to limit: Int) -> String {
    // A scalar is one to four bytes: most texts need no counting.
    guard utf8.count > limit, unicodeScalars.count > limit else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.prefix(limit - 1))) + "…"
  }

  /// For one cell of a line: printable, and of at most `limit` Unicode scalars.
  package func printable(limit: Int) -> String {
    let text = printable
    return text.count <= limit ? text : text.prefix(max(0, limit - 1)) + "…"
  }
}

extension Unicode.Scalar {
  fileprivate var mustBeEscaped: Bool {
    switch value {
    case 0..<0x20, 0x7f..<0xa0: true
    // Line and paragraph separators; bidirectional marks, embeddings, overrides and isolates.
    case 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff: true
    default: false
    }
  }
}

extension Name {
  package var printable: String { text.printable }

  package func printable(limit: Int) -> String { text.printable(limit: limit) }
}
