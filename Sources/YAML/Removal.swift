/// Taking keys away.
extension Writer {
  /// The lines of a pair that has neighbours, with the comments that are indented deeper than it.
  /// The later plans are for a key below a `|+`, whose text must not gain blank lines and must not
  /// lose its last line break.
  func removingBlock(_ pair: Extent.Pair) -> [[Splice]] {
    let start = bytes.startOfLine(pair.key.lowerBound)
    guard bytes.afterBlanks(start) == pair.key.lowerBound else { return [] }
    let value = max(pair.key.upperBound, pair.value.range.upperBound)
    let line = endOfValue(value, column: pair.key.lowerBound - start).end
    let end = bytes.endOfBreak(line)
    var blank = end
    while blank < bytes.count, bytes[bytes.afterBlanks(blank)...].first?.isLineBreak != false {
      blank = bytes.endOfBreak(bytes.afterBlanks(blank))
    }
    // A file that ends without a line break goes on doing so.
    let isUnended = end == bytes.count && bytes.last?.isLineBreak == false
    let first = isUnended ? bytes.withoutLineBreak(before: start) : start
    return [[Splice(range: first..<end)], [Splice(range: start..<blank)]]
  }

  /// The only pair of a mapping, which is written `{}` from then on.
  func emptying(_ mapping: Extent, of parent: Extent.Pair?) -> [Splice] {
    let empty = Array("{}".utf8)
    if let parent { return replacing(lines: mapping, of: parent, with: empty) }
    let range = mapping.range.lowerBound..<bytes.endOfLine(mapping.range.upperBound)
    return [Splice(range: range, text: empty)]
  }

  /// A pair between braces, with one of the commas next to it.
  func removingFlow(_ step: Target.Step) -> [Splice] {
    let pair = step.pair
    let end = max(pair.key.upperBound, pair.value.range.upperBound)
    let whole = Splice(range: pair.key.lowerBound..<end)
    if let comma = comma(after: end) {
      let rest = bytes.afterBlanks(comma + 1)
      if let line = ownLine(from: pair.key.lowerBound, to: rest) { return [line] }
      // A comment must keep its distance, and a break its place.
      let isLast = step.index == step.pairs.count - 1
      let next = isLast || bytes[rest] == UInt8(ascii: "#") ? comma + 1 : rest
      if comma == end { return [Splice(range: pair.key.lowerBound..<next)] }
      return [whole, Splice(range: comma..<next)]
    }
    guard step.index > 0 else { return [whole] }
    let before = step.pairs[step.index - 1]
    let valueEnd = max(before.key.upperBound, before.value.range.upperBound)
    guard let comma = comma(after: valueEnd) else { return [] }
    if bytes.afterBlanks(comma + 1) == pair.key.lowerBound {
      return [Splice(range: comma..<end)]
    }
    let rest = bytes.afterBlanks(end)
    return [
      Splice(range: comma..<comma + 1), ownLine(from: pair.key.lowerBound, to: rest) ?? whole,
    ]
  }

  private func comma(after offset: Int) -> Int? {
    let next = bytes.nextToken(offset)
    return next < bytes.count && bytes[next] == UInt8(ascii: ",") ? next : nil
  }

  /// The whole line, if it contains nothing but a range and a comment.
  private func ownLine(from lower: Int, to upper: Int) -> Splice? {
    let start = bytes.startOfLine(lower)
    let end = bytes.endOfLine(upper)
    let isAlone =
      bytes.afterBlanks(start) == lower && bytes.nextToken(upper) >= end && end < bytes.count
    return isAlone ? Splice(range: start..<bytes.endOfBreak(end)) : nil
  }
}
