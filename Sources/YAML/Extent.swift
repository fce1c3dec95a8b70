internal import CYAML

/// The place of a value in the file, as bytes: what an edit needs and a reader does not.
struct Extent {
  enum Form {
    case plain, singleQuoted, doubleQuoted
    /// A literal or folded scalar, from its indicator to its last line.
    case block
    case blockMapping([Pair]), flowMapping([Pair])
    case blockSequence, flowSequence
  }

  struct Pair {
    var key: Range<Int>
    var value: Extent
  }

  var form: Form
  /// Up to the end of the last line of content, without its line break; empty where nothing is
  /// written.
  var range: Range<Int>

  var pairs: [Pair]? {
    switch form {
    case .blockMapping(let pairs), .flowMapping(let pairs): pairs
    default: nil
    }
  }

  var isFlowMapping: Bool {
    if case .flowMapping = form { true } else { false }
  }
}

extension Extent {
  /// The extent of the only document's value; nil where there is no document.
  static func root(of bytes: [UInt8]) throws(YAMLError) -> Extent? {
    let text = try Text(checking: bytes)
    let readable = Text.terminated(bytes)
    let result = unsafe readable.withUnsafeBufferPointer { buffer -> Result<Extent?, YAMLError> in
      do throws(YAMLError) {
        var surveyor = Surveyor(events: try unsafe Events(buffer, text), bytes: bytes)
        return .success(try surveyor.document())
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

/// Events in, extents out. The document is one that a ``Composer`` has accepted.
private struct Surveyor: ~Copyable {
  var events: Events
  let bytes: [UInt8]

  mutating func document() throws(YAMLError) -> Extent? {
    try events.next()
    try events.next()
    guard events.kind == YAML_DOCUMENT_START_EVENT else { return nil }
    try events.next()
    return try extent()
  }

  /// The current event's bytes; the file may be one line break shorter than what libyaml saw.
  private mutating func range() -> Range<Int> {
    let range = events.range()
    return min(range.lowerBound, bytes.count)..<min(range.upperBound, bytes.count)
  }

  private mutating func extent() throws(YAMLError) -> Extent {
    switch events.kind {
    case YAML_MAPPING_START_EVENT: try mapping()
    case YAML_SEQUENCE_START_EVENT: try sequence()
    default: scalar()
    }
  }

  private mutating func mapping() throws(YAMLError) -> Extent {
    let start = range()
    let isFlow = events.isFlowMapping
    var pairs: [Pair] = []
    try events.next()
    while events.kind != YAML_MAPPING_END_EVENT {
      let key = range()
      try events.next()
      pairs.append(Pair(key: key, value: try extent()))
      try events.next()
    }
    if isFlow {
      let end = range().upperBound
      return Extent(form: .flowMapping(pairs), range: start.lowerBound..<end)
    }
    // libyaml ends a block where the next token begins, which is after comments and blank lines.
    let end = pairs.last.map { max($0.key.upperBound, $0.value.range.upperBound) }
    return Extent(
      form: .blockMapping(pairs), range: start.lowerBound..<(end ?? start.upperBound))
  }

  private mutating func sequence() throws(YAMLError) -> Extent {
    let start = range()
    let isFlow = events.isFlowSequence
    var end = start.upperBound
    try events.next()
    while events.kind != YAML_SEQUENCE_END_EVENT {
      end = max(end, try extent().range.upperBound)
      try events.next()
    }
    if isFlow { end = range().upperBound }
    return Extent(
      form: isFlow ? .flowSequence : .blockSequence, range: start.lowerBound..<end)
  }

  private mutating func scalar() -> Extent {
    let range = range()
    switch events.style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: return Extent(form: .singleQuoted, range: range)
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return Extent(form: .doubleQuoted, range: range)
    case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE:
      return Extent(form: .block, range: range.lowerBound..<endOfBlock(range))
    default: return Extent(form: .plain, range: range)
    }
  }

  /// The end of a block scalar's last line. Blank lines after it are its own only under `+`.
  private func endOfBlock(_ range: Range<Int>) -> Int {
    let header = bytes.endOfBlockHeader(range.lowerBound)
    var end = range.upperBound
    if bytes[range.lowerBound..<header].contains(UInt8(ascii: "+")) {
      return max(header, bytes.withoutLineBreak(before: end))
    }
    while end > header, bytes[end - 1].isBlank || bytes[end - 1].isLineBreak { end -= 1 }
    return end
  }

  private typealias Pair = Extent.Pair
}
