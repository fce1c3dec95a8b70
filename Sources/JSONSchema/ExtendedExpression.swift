/// Translates an ECMA-262 pattern into the bytes of a POSIX extended regular expression that means
/// the same on UTF-8, in the C locale, where every byte is a sign of its own.
///
/// JSON Schema's patterns are ECMA-262's, and editors read them so. What the two languages read
/// differently is refused; what differs only in spelling is translated.
struct ExtendedExpression {
  private(set) var bytes: [UInt8] = []
  private var rest: Substring.UnicodeScalarView
  private var openGroups = 0
  /// Whether a quantifier may follow.
  private var isRepeatable = false

  init(_ pattern: String) throws(PatternError) {
    rest = Substring(pattern).unicodeScalars
    while let scalar = rest.popFirst() {
      try translate(scalar)
    }
    guard openGroups == 0 else { throw .unbalanced }
  }

  private mutating func translate(_ scalar: Unicode.Scalar) throws(PatternError) {
    switch scalar {
    case "\0": throw .containsNUL
    case "\\": emit(try escaped())
    case ".": emit(Self.anySign)
    case "[": try translateBrackets()
    case "(": try openGroup()
    case ")":
      guard openGroups > 0 else { throw .unbalanced }
      openGroups -= 1
      emit([UInt8(ascii: ")")])
    case "*", "+", "?", "{": try translateQuantifier(scalar)
    case "]", "}": throw .unbalanced
    case "^", "$", "|":
      emit([UInt8(scalar.value)])
      isRepeatable = false
    default: emit(Self.sign(scalar))
    }
  }

  private mutating func emit(_ unit: [UInt8]) {
    bytes += unit
    isRepeatable = true
  }

  private mutating func openGroup() throws(PatternError) {
    if rest.first == "?" {
      guard rest.dropFirst().first == ":" else { throw .group }
      rest = rest.dropFirst(2)
    }
    openGroups += 1
    emit([UInt8(ascii: "(")])
    isRepeatable = false
  }

  /// The sign after a backslash, outside brackets.
  private mutating func escaped() throws(PatternError) -> [UInt8] {
    guard let scalar = rest.popFirst() else { throw .unbalanced }
    guard "^$\\.*+?()[]{}|/".unicodeScalars.contains(scalar) else {
      throw .escape(String(scalar))
    }
    return Self.sign(scalar)
  }

  private mutating func translateQuantifier(_ scalar: Unicode.Scalar) throws(PatternError) {
    guard isRepeatable else { throw .quantifier }
    bytes.append(UInt8(scalar.value))
    if scalar == "{" { bytes += try counts() }
    isRepeatable = false
  }

  /// `n}`, `n,}` or `n,m}`.
  private mutating func counts() throws(PatternError) -> [UInt8] {
    guard let end = rest.firstIndex(of: "}") else { throw .quantifier }
    let text = String(rest[..<end])
    rest = rest[rest.index(after: end)...]
    let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    // regcomp copies what is repeated; a thousand copies of a group take seconds.
    guard let low = Self.count(parts[0]), low <= 255 else { throw .quantifier }
    if parts.count == 2, !parts[1].isEmpty {
      guard let high = Self.count(parts[1]), low <= high, high <= 255 else { throw .quantifier }
    }
    return Array(text.utf8) + [UInt8(ascii: "}")]
  }

  private static func count(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
  }

  private mutating func translateBrackets() throws(PatternError) {
    let brackets = try BracketExpression(&rest)
    emit(brackets.bytes)
  }
}

extension ExtendedExpression {
  /// A sign that stands for itself; one of several bytes becomes a group, so that a quantifier
  /// after it repeats all of them.
  static func sign(_ scalar: Unicode.Scalar) -> [UInt8] {
    let bytes = Array(String(scalar).utf8)
    if bytes.count > 1 { return [UInt8(ascii: "(")] + bytes + [UInt8(ascii: ")")] }
    return "^$\\.*+?()[]{}|".unicodeScalars.contains(scalar) ? [UInt8(ascii: "\\")] + bytes : bytes
  }

  /// Any sign but the line terminators of ECMA-262: LF, CR, and U+2028 and U+2029, which are
  /// E2 80 A8 and E2 80 A9.
  private static let anySign = latin1(
    "([^\n\r\u{80}-\u{FF}]|[\u{C0}-\u{E1}\u{E3}-\u{FF}][\u{80}-\u{BF}]*"
      + "|\u{E2}([\u{81}-\u{BF}][\u{80}-\u{BF}]|\u{80}[\u{80}-\u{A7}\u{AA}-\u{BF}]))")

  /// The bytes that the scalars up to U+00FF number.
  static func latin1(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8($0.value) }
  }
}
