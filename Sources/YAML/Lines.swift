/// Bytes as lines. Offsets in, offsets out.
extension [UInt8] {
  /// The line break that the file uses first; `\n` where it has none.
  var lineBreak: [UInt8] {
    guard let first = firstIndex(where: \.isLineBreak) else { return [0x0A] }
    return Array(self[first..<endOfBreak(first)])
  }

  /// The first byte of the line that holds an offset.
  func startOfLine(_ offset: Int) -> Int {
    var start = offset
    while start > 0, !self[start - 1].isLineBreak { start -= 1 }
    return start == 0 && starts(with: Text.byteOrderMark) ? 3 : start
  }

  /// The end of the line that holds an offset, before its line break.
  func endOfLine(_ offset: Int) -> Int {
    self[offset...].firstIndex(where: \.isLineBreak) ?? count
  }

  /// The offset after a line break, or the same offset where there is none.
  func endOfBreak(_ offset: Int) -> Int {
    guard offset < count, self[offset].isLineBreak else { return offset }
    let isPair = self[offset] == 0x0D && offset + 1 < count && self[offset + 1] == 0x0A
    return offset + (isPair ? 2 : 1)
  }

  /// The end of the text before an offset, less one line break.
  func withoutLineBreak(before offset: Int) -> Int {
    guard offset > 0, self[offset - 1].isLineBreak else { return offset }
    let isPair = offset > 1 && self[offset - 1] == 0x0A && self[offset - 2] == 0x0D
    return offset - (isPair ? 2 : 1)
  }

  /// The offset of the next byte that is neither a space nor a tab.
  func afterBlanks(_ offset: Int) -> Int {
    self[offset...].firstIndex { !$0.isBlank } ?? count
  }

  /// The next byte that is not white space, a line break or part of a comment.
  func nextToken(_ offset: Int) -> Int {
    var next = offset
    while next < count {
      if self[next] == UInt8(ascii: "#") {
        next = endOfLine(next)
      } else if self[next].isBlank || self[next].isLineBreak {
        next += 1
      } else {
        break
      }
    }
    return next
  }

  /// The end of `|-` or `>2+`.
  func endOfBlockHeader(_ offset: Int) -> Int {
    self[(offset + 1)...].firstIndex { byte in
      byte != UInt8(ascii: "+") && byte != UInt8(ascii: "-")
        && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    } ?? count
  }
}

extension UInt8 {
  var isLineBreak: Bool { self == 0x0A || self == 0x0D }
  var isBlank: Bool { self == 0x20 || self == 0x09 }
}
