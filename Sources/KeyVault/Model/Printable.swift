package import Naming

extension String {
  /// The text as it may be shown anywhere: control and bidirectional characters are written as
  /// `\u{…}`, so that foreign data cannot move the cursor, hide text or start a workflow command.
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

  /// A text of JSON as it may be shown anywhere; its line breaks, which are between values only,
  /// are kept.
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

  /// At most `limit` scalars, the last of them '…' where there were more.
  func shortened(to limit: Int) -> String {
    // A scalar is one to four bytes: most texts need no counting.
    guard utf8.count > limit, unicodeScalars.count > limit else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.prefix(max(0, limit - 1)))) + "…"
  }

  /// For one cell of a line: printable, and of at most `limit` Unicode scalars.
  package func printable(limit: Int) -> String {
    let scalars = unicodeScalars
    // What is cut off need not be escaped first.
    let text = String(scalars.prefix(limit + 1)).printable
    guard text.unicodeScalars.count > limit else { return text }
    return String(text.unicodeScalars.prefix(max(0, limit - 1))) + "…"
  }
}

extension Unicode.Scalar {
  var mustBeEscaped: Bool {
    switch value {
    case 0..<0x20, 0x7f..<0xa0: true
    case 0x20..<0x7f: false
    // Line and paragraph separators; bidirectional marks, embeddings, overrides and isolates.
    case _ where isTwin: true
    case 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff: true
    // Annotations, which no program shows.
    case 0xfff9...0xfffb: true
    // Scripts and emoji need them between letters.
    case 0x200c, 0x200d, 0xfe00...0xfe0f: false
    // Nothing to see: they would make two names look alike, and hide a line's first characters.
    default: properties.isDefaultIgnorableCodePoint
    }
  }

  /// Whether a reader that compares by the rules of a language may pass over it, as a runner of jobs does at the
  /// beginning of a line.
  var isPassedOver: Bool {
    switch value {
    case 0x21..<0x7f: return false
    case 0...0x20, 0x7f: return true
    default: break
    }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned: return true
    case .nonspacingMark, .spacingMark, .enclosingMark: return true
    case .spaceSeparator, .lineSeparator, .paragraphSeparator: return true
    default: return properties.isDefaultIgnorableCodePoint
    }
  }

  /// Whether it is shown unchanged, and passed over.
  var isHidden: Bool { isPassedOver && !mustBeEscaped }

  /// `\u{1b}`.
  var escapedForm: String { "\\u{" + String(value, radix: 16) + "}" }
}

extension Unicode.Scalar {
  /// Whether it looks exactly as another character, which normalization puts in its place: the Kelvin sign as
  /// K, the Greek question mark as a semicolon. No keyboard writes them.
  fileprivate var isTwin: Bool {
    switch value {
    case 0x212a, 0x2126, 0x212b, 0x037e, 0x0387, 0x1fef, 0x2000, 0x2001, 0x2329, 0x232a: true
    default: false
    }
  }
}

extension Name {
  package var printable: String { text.printable }

  package func printable(limit: Int) -> String { text.printable(limit: limit) }
}
