internal import Secrets

/// A place in the text of a ``DotenvText``, which goes on line by line.
struct DotenvScan {
  enum Line {
    case nothing
    /// It is not `NAME=value`.
    case fault(String)
    /// The bytes as they stand.
    case value(String, Range<Int>)
    /// Bytes in double quotes with `\n`, `\"` or `\\` in them.
    case escaped(String, Range<Int>)
    /// Parsers differ, or a key cannot be such.
    case unreadable(String, String)
  }

  private(set) var position: Int
  /// Of the line that is next.
  private(set) var line = 1

  /// Past a byte order mark.
  init(_ bytes: RawSpan) {
    let hasMark =
      bytes.byteCount >= 3 && bytes.byte(0) == 0xef && bytes.byte(1) == 0xbb
      && bytes.byte(2) == 0xbf
    position = hasMark ? 3 : 0
  }

  /// The next line, or several of them that one pair of quotes holds together.
  mutating func next(in bytes: RawSpan) -> Line {
    var end = bytes.lineEnd(from: position)
    defer {
      for index in position..<min(end + 1, bytes.byteCount) where bytes.byte(index) == .lineFeed {
        line += 1
      }
      position = end + 1
    }
    var start = bytes.skipBlanks(position)
    if start >= end || bytes.isBreak(start) || bytes.byte(start) == UInt8(ascii: "#") {
      return .nothing
    }
    start = bytes.skipExport(start)
    let nameEnd = bytes.skipName(start)
    guard nameEnd > start else { return .fault("it does not begin with a variable name") }
    let name = String(decoding: (start..<nameEnd).map { bytes.byte($0) }, as: UTF8.self)
    let equals = bytes.skipBlanks(nameEnd)
    guard equals < end, bytes.byte(equals) == UInt8(ascii: "=") else {
      return .fault("there is no '=' after the name")
    }
    let value = bytes.skipBlanks(equals + 1)
    guard value < end else { return .value(name, value..<value) }
    switch bytes.byte(value) {
    case UInt8(ascii: "'"), UInt8(ascii: "\""):
      guard let close = bytes.closingQuote(of: value), bytes.isOver(close + 1) else {
        return .fault("a quote is not closed, or something follows it")
      }
      end = bytes.lineEnd(from: close)
      return quoted(
        name, bytes, value + 1..<close, isDouble: bytes.byte(value) == UInt8(ascii: "\""))
    default: return plain(name, bytes, value..<end)
    }
  }

  private func quoted(
    _ name: String, _ bytes: RawSpan, _ range: Range<Int>, isDouble: Bool
  ) -> Line {
    if range.contains(where: { bytes.byte($0) == .lineFeed }) {
      return .unreadable(name, "it has a line break inside")
    }
    guard isDouble else {
      let hasPair = range.dropLast().contains {
        bytes.byte($0) == UInt8(ascii: "\\") && bytes.byte($0 + 1) == UInt8(ascii: "\\")
      }
      return hasPair ? .unreadable(name, Self.backslash) : .value(name, range)
    }
    var isEscaped = false
    var index = range.lowerBound
    while index < range.upperBound {
      if bytes.byte(index) == UInt8(ascii: "\\") {
        // The closing quote is not escaped, so something follows.
        guard Self.escapes[bytes.byte(index + 1)] != nil else {
          return .unreadable(name, Self.backslash)
        }
        isEscaped = true
        index += 1
      } else if bytes.isExpansion(index, before: range.upperBound) {
        return .unreadable(name, Self.expansion)
      }
      index += 1
    }
    return isEscaped ? .escaped(name, range) : .value(name, range)
  }

  /// Up to a comment, which a blank goes before.
  private func plain(_ name: String, _ bytes: RawSpan, _ line: Range<Int>) -> Line {
    let start = line.lowerBound
    var end = start
    for index in line {
      switch bytes.byte(index) {
      case UInt8(ascii: "#"):
        guard index > start, bytes.isBlank(index - 1) else {
          return .unreadable(name, "it has a '#' that parsers read differently")
        }
        return .value(name, start..<end)
      case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "\\"):
        return .unreadable(name, "it has a quote or backslash that parsers read differently")
      case UInt8(ascii: "$") where bytes.isExpansion(index, before: line.upperBound):
        return .unreadable(name, Self.expansion)
      default: if !bytes.isBlank(index), !bytes.isBreak(index) { end = index + 1 }
      }
    }
    return .value(name, start..<end)
  }

  private static let backslash = "it has a backslash that parsers read differently"
  private static let expansion = "it has a '$' that some parsers expand"
  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "n"): .lineFeed, UInt8(ascii: "\""): UInt8(ascii: "\""),
    UInt8(ascii: "\\"): UInt8(ascii: "\\"),
  ]

  static func unescaped(_ bytes: RawSpan) -> Secret {
    var value = SecretBuilder(capacity: bytes.byteCount)
    var isEscaped = false
    for index in 0..<bytes.byteCount {
      let byte = bytes.byte(index)
      if !isEscaped, byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else {
        value.append(byte: isEscaped ? escapes[byte] ?? byte : byte)
        isEscaped = false
      }
    }
    return value.finish()
  }
}

/// Where the parts of a line end.
extension RawSpan {
  /// `$NAME`, `${…}` and `$(…)`.
  fileprivate func isExpansion(_ index: Int, before end: Int) -> Bool {
    guard byte(index) == UInt8(ascii: "$"), index + 1 < end else { return false }
    let next = byte(index + 1)
    return next == UInt8(ascii: "{") || next == UInt8(ascii: "(") || next.isOfVariable
  }

  fileprivate func closingQuote(of start: Int) -> Int? {
    let quote = byte(start)
    var index = start + 1
    while index < byteCount {
      let byte = byte(index)
      if byte == quote { return index }
      index += byte == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") ? 2 : 1
    }
    return nil
  }

  /// Whether the rest of the line is empty or a comment.
  fileprivate func isOver(_ index: Int) -> Bool {
    let rest = skipBlanks(index)
    return rest >= byteCount || isBreak(rest)
      || rest > index && byte(rest) == UInt8(ascii: "#")
  }

  fileprivate func lineEnd(from start: Int) -> Int {
    var index = start
    while index < byteCount, byte(index) != .lineFeed { index += 1 }
    return index
  }

  fileprivate func skipBlanks(_ start: Int) -> Int {
    var index = start
    while index < byteCount, isBlank(index) { index += 1 }
    return index
  }

  fileprivate func skipName(_ start: Int) -> Int {
    var index = start
    while index < byteCount, byte(index).isOfVariable,
      index > start || !(0x30...0x39).contains(byte(index))
    {
      index += 1
    }
    return index
  }

  /// Past `export` and a blank; a variable may be called so too.
  fileprivate func skipExport(_ start: Int) -> Int {
    let word = Array("export".utf8)
    guard start + word.count < byteCount,
      word.indices.allSatisfy({ byte(start + $0) == word[$0] }), isBlank(start + word.count)
    else { return start }
    let next = skipBlanks(start + word.count)
    return next < byteCount && byte(next) == UInt8(ascii: "=") ? start : next
  }

  fileprivate func isBlank(_ index: Int) -> Bool {
    byte(index) == UInt8(ascii: " ") || byte(index) == UInt8(ascii: "\t")
  }

  /// A line's end, of Windows too.
  fileprivate func isBreak(_ index: Int) -> Bool {
    byte(index) == .lineFeed
      || byte(index) == 0x0d
        && (index + 1 == byteCount || byte(index + 1) == .lineFeed)
  }
}

extension UInt8 {
  fileprivate static let lineFeed = UInt8(ascii: "\n")
}
