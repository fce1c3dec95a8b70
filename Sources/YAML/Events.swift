internal import CYAML

/// Owns a `yaml_parser_t` and its current event. The bytes must outlive it.
@safe struct Events: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let event: UnsafeMutablePointer<yaml_event_t>
  private let bytes: UnsafeBufferPointer<UInt8>
  private var offsets: Offsets

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ text: Text) throws(YAMLError) {
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      unsafe parser.deallocate()
      throw YAMLError(.outOfMemory, at: .start)
    }
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe self.parser = parser
    unsafe self.event = .allocate(capacity: 1)
    unsafe self.event.initialize(to: yaml_event_t())
    unsafe self.bytes = bytes
    offsets = unsafe Offsets(bytes: bytes, text)
    if let base = bytes.baseAddress {
      unsafe yaml_parser_set_input_string(parser, base + text.start, bytes.count - text.start)
    } else {
      unsafe yaml_parser_set_input_string(parser, "", 0)
    }
  }

  deinit {
    unsafe yaml_event_delete(event)
    unsafe yaml_parser_delete(parser)
    unsafe event.deallocate()
    unsafe parser.deallocate()
  }

  /// Moves to the next event.
  mutating func next() throws(YAMLError) {
    unsafe yaml_event_delete(event)
    guard unsafe yaml_parser_parse(parser, event) == 1 else { throw failure() }
  }

  var kind: yaml_event_type_t { unsafe event.pointee.type }

  var place: Place { unsafe Place(event.pointee.start_mark) }

  /// Where the event begins and ends, as bytes of the file.
  mutating func range() -> Range<Int> {
    let (start, end) = unsafe (event.pointee.start_mark.index, event.pointee.end_mark.index)
    let lower = offsets.offset(ofCharacter: start)
    return lower..<max(lower, offsets.offset(ofCharacter: end))
  }

  private func failure() -> YAMLError {
    let state = unsafe parser.pointee
    guard unsafe state.error != YAML_MEMORY_ERROR, let problem = unsafe state.problem else {
      return YAMLError(.outOfMemory, at: .start)
    }
    let text = unsafe String(cString: problem)
    // This context says nothing, and where it starts is the place of the problem.
    let isPlain = text == "found character that cannot start any token"
    guard !isPlain, let context = unsafe state.context else {
      return YAMLError(
        .syntax(problem: text, context: nil, since: nil), at: unsafe Place(state.problem_mark))
    }
    let since = unsafe Place(state.context_mark)
    let reason = unsafe YAMLError.Reason.syntax(
      problem: text, context: String(cString: context), since: since)
    // What never ends is reported where it begins.
    let isOpen = text == "found unexpected end of stream"
    return YAMLError(reason, at: isOpen ? since : unsafe Place(state.problem_mark))
  }
}

// MARK: - Scalars

extension Events {
  var style: yaml_scalar_style_t { unsafe event.pointee.data.scalar.style }

  var string: String {
    let scalar = unsafe event.pointee.data.scalar
    return unsafe String(
      decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
  }

  var value: Node.Value {
    let scalar = unsafe event.pointee.data.scalar
    guard unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE else { return .string(string) }
    let text = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
    return unsafe CoreSchema.resolve(text.span) ?? .string(string)
  }
}

// MARK: - Collections

extension Events {
  var isFlowMapping: Bool {
    unsafe event.pointee.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
  }

  var isFlowSequence: Bool {
    unsafe event.pointee.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
  }

  var hasTagDirectives: Bool {
    let tags = unsafe event.pointee.data.document_start.tag_directives
    return unsafe tags.start != tags.end
  }
}

// MARK: - What is refused

extension Events {
  /// The anchor, tag or alias of the current event.
  mutating func property() -> YAMLError.Reason? {
    let (anchor, tag) = unsafe properties
    if unsafe anchor == nil && tag == nil {
      // libyaml drops the tag '!' of a scalar, but not its place.
      guard kind == YAML_SCALAR_EVENT, startsWithTag() else { return nil }
      return .tag("!")
    }
    if let tag = unsafe tag, unsafe anchor == nil || startsWithTag() {
      return unsafe .tag(String(cString: tag))
    }
    guard let anchor = unsafe anchor else { return nil }
    let name = unsafe String(cString: anchor)
    return kind == YAML_ALIAS_EVENT ? .alias(name) : .anchor(name)
  }

  private typealias Properties = (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt8>?)

  private var properties: Properties {
    switch kind {
    case YAML_SCALAR_EVENT:
      unsafe (event.pointee.data.scalar.anchor, event.pointee.data.scalar.tag)
    case YAML_SEQUENCE_START_EVENT:
      unsafe (event.pointee.data.sequence_start.anchor, event.pointee.data.sequence_start.tag)
    case YAML_MAPPING_START_EVENT:
      unsafe (event.pointee.data.mapping_start.anchor, event.pointee.data.mapping_start.tag)
    case YAML_ALIAS_EVENT: unsafe (event.pointee.data.alias.anchor, nil)
    default: (nil, nil)
    }
  }

  /// Whether a key is directly behind a `?`. libyaml takes that for the indicator of a key,
  /// YAML 1.2 for the key's first character.
  mutating func followsQuestionMark() -> Bool {
    let start = range().lowerBound
    return unsafe start > 0 && start <= bytes.count && bytes[start - 1] == UInt8(ascii: "?")
  }

  private mutating func startsWithTag() -> Bool {
    let start = offsets.offset(ofCharacter: unsafe event.pointee.start_mark.index)
    return unsafe start < bytes.count && bytes[start] == UInt8(ascii: "!")
  }
}

extension Place {
  fileprivate init(_ mark: yaml_mark_t) {
    self.init(line: mark.line + 1, column: mark.column + 1)
  }
}
