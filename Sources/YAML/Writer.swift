/// Plans the splices of one edit. Empty: the place is written in a way that cannot be edited.
struct Writer {
  let bytes: [UInt8]

  func setting(_ target: Target, to draft: Draft) -> [Splice] {
    guard target.missing.isEmpty else { return adding(draft, below: target) }
    guard let extent = target.extent, let step = target.steps.last else { return [] }
    let isInFlow = step.mapping.isFlowMapping
    let text = Array(draft.text(style: extent.style, isInFlow: isInFlow).utf8)
    if extent.range.isEmpty { return filling(step.pair, with: text, isInFlow: isInFlow) }
    switch extent.form {
    case .block: return replacing(block: extent, with: text)
    case .blockMapping, .blockSequence: return replacing(lines: extent, of: step.pair, with: text)
    default: return [Splice(range: extent.range, text: text)]
    }
  }

  // MARK: - Replacing

  /// Puts a value where there is none yet: behind the colon.
  private func filling(_ pair: Extent.Pair, with text: [UInt8], isInFlow: Bool) -> [Splice] {
    let colon = bytes.nextToken(pair.key.upperBound)
    if colon < bytes.count, bytes[colon] == UInt8(ascii: ":") {
      return [.inserting(Array(" ".utf8) + text, at: colon + 1)]
    }
    return isInFlow ? [.inserting(Array(": ".utf8) + text, at: pair.key.upperBound)] : []
  }

  /// Replaces the indicator, so that a comment behind it stays, and takes away the lines below.
  private func replacing(block: Extent, with text: [UInt8]) -> [Splice] {
    let start = block.range.lowerBound
    let header = Splice(range: start..<bytes.endOfBlockHeader(start), text: text)
    let line = bytes.endOfLine(start)
    guard line < block.range.upperBound else { return [header] }
    return [header, Splice(range: line..<block.range.upperBound)]
  }

  /// Puts the value behind the colon, so that comments there stay, and takes away the lines below.
  func replacing(
    lines block: Extent, of pair: Extent.Pair, with text: [UInt8]
  ) -> [Splice] {
    let colon = bytes.nextToken(pair.key.upperBound)
    let start = bytes.startOfLine(block.range.lowerBound)
    guard colon < start, bytes[colon] == UInt8(ascii: ":") else { return [] }
    let above = bytes.withoutLineBreak(before: start)
    return [
      .inserting(Array(" ".utf8) + text, at: colon + 1),
      Splice(range: above..<bytes.endOfLine(block.range.upperBound)),
    ]
  }

  // MARK: - Adding

  private func adding(_ draft: Draft, below target: Target) -> [Splice] {
    guard let key = target.missing.first else { return [] }
    let value = Draft(draft, below: target.missing.dropFirst())
    guard let extent = target.extent else {
      return appending(lines(target.missing, draft, column: 0))
    }
    switch extent.form {
    case .flowMapping(let pairs):
      let text = Draft.text(of: key, value, isInFlow: true)
      guard let last = pairs.last else {
        return [.inserting(Array(text.utf8), at: extent.range.lowerBound + 1)]
      }
      let end = max(last.key.upperBound, last.value.range.upperBound)
      return [.inserting(Array((", " + text).utf8), at: end)]
    case .blockMapping(let pairs):
      guard let first = pairs.first else { return [] }
      let column = first.key.lowerBound - bytes.startOfLine(first.key.lowerBound)
      let point = endOfValue(extent.range.upperBound, column: column).end
      return inserting(lines(target.missing, draft, column: column), at: point)
    default: return filling(target, key, value, draft)
    }
  }

  /// Gives a null its first key.
  private func filling(
    _ target: Target, _ key: String, _ value: Draft, _ draft: Draft
  ) -> [Splice] {
    guard let extent = target.extent else { return [] }
    let step = target.steps.last
    if !extent.range.isEmpty || step?.mapping.isFlowMapping == true {
      var whole = target
      whole.missing = []
      let text = Draft.mapping([(key, value)])
      guard step == nil else { return setting(whole, to: text) }
      return [Splice(range: extent.range, text: Array(text.text(isInFlow: false).utf8))]
    }
    guard let step else { return appending(lines(target.missing, draft, column: 0)) }
    let parent = step.pair.key.lowerBound
    let column = parent - bytes.startOfLine(parent)
    let (end, inner) = endOfValue(extent.range.lowerBound, column: column)
    let new = lines(target.missing, draft, column: inner ?? column + 2)
    return inserting(new, at: end)
  }

  /// The end of the lines that belong to a value: its own, and comments below it that are indented
  /// deeper than its key, whose column this is; and the first such comment's column.
  func endOfValue(_ offset: Int, column: Int) -> (end: Int, inner: Int?) {
    var end = bytes.endOfLine(offset)
    var inner: Int?
    var next = end
    while next < bytes.count {
      let line = bytes.endOfBreak(next)
      let text = bytes.afterBlanks(line)
      next = bytes.endOfLine(line)
      if text == next { continue }
      guard bytes[text] == UInt8(ascii: "#"), text - line > column else { break }
      inner = inner ?? text - line
      end = next
    }
    return (end, inner)
  }

  /// One line a key; the last one holds the value.
  private func lines(_ keys: ArraySlice<String>, _ draft: Draft, column: Int) -> [String] {
    keys.enumerated().map { depth, key in
      let indentation = String(repeating: " ", count: column + 2 * depth)
      let isLast = depth == keys.count - 1
      let name = Scalar.string(key).text(isInFlow: false)
      return indentation + name + (isLast ? ": " + draft.text(isInFlow: false) : ":")
    }
  }

  /// Inserts lines below the line that ends at an offset.
  private func inserting(_ lines: [String], at offset: Int) -> [Splice] {
    let lineBreak = bytes.lineBreak
    return [.inserting(lines.flatMap { lineBreak + Array($0.utf8) }, at: offset)]
  }

  /// Adds lines to a file that has comments at most.
  private func appending(_ lines: [String]) -> [Splice] {
    let last = bytes.last.map(\.isLineBreak)
    let isStart = bytes.isEmpty || bytes == Text.byteOrderMark
    guard isStart || last == true else { return inserting(lines, at: bytes.count) }
    let lineBreak = bytes.lineBreak
    return [.inserting(lines.flatMap { Array($0.utf8) + lineBreak }, at: bytes.count)]
  }
}

extension Extent {
  fileprivate var style: Scalar.Style {
    switch form {
    case .singleQuoted: .singleQuoted
    case .doubleQuoted: .doubleQuoted
    default: .plain
    }
  }
}
