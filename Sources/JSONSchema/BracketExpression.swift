/// One `[…]` of a pattern. The two languages spell the members differently (POSIX takes a backslash
/// for itself), so they are read into a set and written again.
struct BracketExpression {
  let bytes: [UInt8]

  /// Reads on from behind the `[`.
  init(_ rest: inout Substring.UnicodeScalarView) throws(PatternError) {
    let isNegated = rest.first == "^"
    if isNegated { rest.removeFirst() }
    var ascii: Set<UInt8> = []
    var others: [Unicode.Scalar] = []
    while true {
      guard let low = try Self.member(&rest) else { break }
      let isRange = rest.first == "-" && rest.dropFirst().first != "]"
      if isRange {
        rest.removeFirst()
        guard let high = try Self.member(&rest), high.isASCII, low <= high else { throw .brackets }
        ascii.formUnion(UInt8(low.value)...UInt8(high.value))
        // `[a-c-e]`
        if rest.first == "-", rest.dropFirst().first != "]" { throw .brackets }
      } else if low.isASCII {
        ascii.insert(UInt8(low.value))
      } else {
        others.append(low)
      }
    }
    guard !(ascii.isEmpty && others.isEmpty), !(isNegated && !others.isEmpty) else {
      throw .brackets
    }
    bytes = isNegated ? Self.none(of: ascii) : Self.one(of: ascii, others)
  }

  /// The next sign, its escape undone; nil behind the closing bracket.
  private static func member(
    _ rest: inout Substring.UnicodeScalarView
  ) throws(PatternError) -> Unicode.Scalar? {
    guard let scalar = rest.popFirst() else { throw .unbalanced }
    switch scalar {
    case "]": return nil
    case "\0": throw .containsNUL
    case "[":
      // A class of POSIX; to ECMA-262 just signs.
      if let next = rest.first, ":.=".unicodeScalars.contains(next) { throw .brackets }
      return scalar
    case "\\":
      guard let escaped = rest.popFirst() else { throw .unbalanced }
      guard "^$\\.*+?()[]{}|/-".unicodeScalars.contains(escaped) else {
        throw .escape(String(escaped))
      }
      return escaped
    default: return scalar
    }
  }

  private static func one(of ascii: Set<UInt8>, _ others: [Unicode.Scalar]) -> [UInt8] {
    var branches: [[UInt8]] = others.map { Array(String($0).utf8) }
    let special = Array("^-".utf8).filter(ascii.contains)
    if ascii.count > special.count {
      branches.append([UInt8(ascii: "[")] + inOrder(ascii) + [UInt8(ascii: "]")])
    } else {
      branches += special.map { ExtendedExpression.sign(Unicode.Scalar($0)) }
    }
    guard branches.count > 1 else { return branches[0] }
    return [UInt8(ascii: "(")] + Array(branches.joined(separator: [UInt8(ascii: "|")]))
      + [UInt8(ascii: ")")]
  }

  /// Any other ASCII sign, or all bytes of a sign beyond ASCII.
  private static func none(of ascii: Set<UInt8>) -> [UInt8] {
    let hyphen = UInt8(ascii: "-")
    return Array("([^".utf8) + inOrder(ascii.subtracting([hyphen]))
      + ExtendedExpression.latin1(
        "\u{80}-\u{FF}\(ascii.contains(hyphen) ? "-" : "")]|[\u{C0}-\u{FF}][\u{80}-\u{BF}]*)")
  }

  /// `]` means itself only in front, `^` only behind another, `-` only at the end, and `[` only
  /// where no `:`, `.` or `=` follows.
  private static func inOrder(_ ascii: Set<UInt8>) -> [UInt8] {
    let front = Array("]".utf8)
    let back = Array("[^-".utf8)
    let middle = ascii.subtracting(front + back).sorted()
    return front.filter(ascii.contains) + middle + back.filter(ascii.contains)
  }
}
