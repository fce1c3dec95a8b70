internal import Naming
internal import Secrets

/// Finds the lines of a text that hold keys: assignments, comments, and whatever else is there.
struct KeyLines {
  private let formats: [(prefix: [UInt8], format: KeyFormat)]
  /// Variables that hold keys.
  private let variables: Set<Name>

  /// Shorter prefixes are found in words of every kind.
  private static let shortestPrefix = 3
  /// A shorter value of a variable is not a key.
  private static let shortestValue = 8

  init() {
    let providers = BuiltIn.all
    formats = providers.flatMap(\.formats).map { (Array($0.prefix.utf8), $0) }
      .filter { $0.prefix.count >= Self.shortestPrefix }
    variables = Set(names: providers.flatMap(\.allVariables))
  }

  /// Numbers of lines, from 1: those with a key that is one of `kept`, and those with another key.
  func lines(
    in text: RawSpan, holding kept: [FoundVariable]
  ) -> (kept: [Int], others: [Int]) {
    var found: (kept: [Int], others: [Int]) = ([], [])
    var (start, number) = (0, 1)
    while start < text.byteCount {
      var end = start
      while end < text.byteCount, text.byte(end) != UInt8(ascii: "\n") { end += 1 }
      let line = text.extracting(start..<end)
      if kept.contains(where: { $0.withValue { line.holds($0) } }) {
        found.kept.append(number)
      } else if holdsForm(line) || holdsAssignment(line) {
        found.others.append(number)
      }
      (start, number) = (end + 1, number + 1)
    }
    return found
  }

  /// Whether the line contains a key of a known form.
  private func holdsForm(_ line: RawSpan) -> Bool {
    (0..<line.byteCount).contains { start in
      guard start == 0 || !line.byte(start - 1).isOfVariable else { return false }
      return formats.contains { prefix, format in
        guard line.starts(with: prefix, at: start) else { return false }
        var end = start + prefix.count
        while end < line.byteCount, format.alphabet.contains(line.byte(end)) { end += 1 }
        return format.length.contains(end - start)
          && Placeholder.objection(
            to: line.extracting(start..<end), prefix: prefix.count) == nil
      }
    }
  }

  /// Whether a variable that holds a key is set in the line, be it in a comment.
  private func holdsAssignment(_ line: RawSpan) -> Bool {
    (0..<line.byteCount).contains { equals in
      guard line.byte(equals) == UInt8(ascii: "=") else { return false }
      var end = equals
      while end > 0, line.isBlank(end - 1) { end -= 1 }
      var start = end
      while start > 0, line.byte(start - 1).isOfVariable { start -= 1 }
      guard variables.contains(line.text(start..<end)) else { return false }
      start = equals + 1
      while start < line.byteCount, line.isBlank(start) || line.isQuote(start) { start += 1 }
      end = start
      while end < line.byteCount, !line.isBlank(end), !line.isQuote(end) { end += 1 }
      return end - start >= Self.shortestValue
        && Placeholder.objection(to: line.extracting(start..<end)) == nil
    }
  }
}

extension RawSpan {
  fileprivate func starts(with bytes: [UInt8], at start: Int) -> Bool {
    byteCount - start >= bytes.count && bytes.indices.allSatisfy { byte(start + $0) == bytes[$0] }
  }

  /// Whether these bytes contain others.
  fileprivate func holds(_ other: RawSpan) -> Bool {
    guard other.byteCount > 0, byteCount >= other.byteCount else { return false }
    return (0...byteCount - other.byteCount).contains { start in
      (0..<other.byteCount).allSatisfy { byte(start + $0) == other.byte($0) }
    }
  }

  fileprivate func isBlank(_ index: Int) -> Bool {
    [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")].contains(byte(index))
  }

  fileprivate func isQuote(_ index: Int) -> Bool {
    [UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`")].contains(byte(index))
  }

  /// A copy as text, to look a name up; it is not kept.
  fileprivate func text(_ range: Range<Int>) -> String {
    String(decoding: range.map { byte($0) }, as: UTF8.self)
  }
}

extension UInt8 {
  /// Whether it is one of the bytes that a variable's name has.
  var isOfVariable: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"): true
    default: false
    }
  }
}
