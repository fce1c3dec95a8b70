internal import CYAML
internal import Naming

/// Events in, the tree out; what a configuration file does not need is refused on the way.
struct Composer: ~Copyable {
  private var events: Events
  private var depth = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ text: Text) throws(YAMLError) {
    events = try unsafe Events(bytes, text)
  }

  /// The only document's value. Call once.
  mutating func document() throws(YAMLError) -> Node {
    try events.next()  // the stream begins
    try events.next()
    guard events.kind == YAML_DOCUMENT_START_EVENT else { return Node(.null) }
    if events.hasTagDirectives { throw YAMLError(.tagDirective, at: events.place) }
    try events.next()
    let root = try node()
    try events.next()  // the document ends
    try events.next()
    guard events.kind == YAML_STREAM_END_EVENT else {
      throw YAMLError(.secondDocument, at: events.place)
    }
    return root
  }

  private mutating func node() throws(YAMLError) -> Node {
    if let property = events.property() { throw YAMLError(property, at: events.place) }
    let place = events.place
    if events.kind == YAML_SCALAR_EVENT { return Node(events.value, at: place) }
    guard depth < Document.depthLimit else { throw YAMLError(.tooDeep, at: place) }
    depth += 1
    defer { depth -= 1 }
    return events.kind == YAML_MAPPING_START_EVENT
      ? Node(.mapping(try pairs()), at: place) : Node(.sequence(try items()), at: place)
  }

  private mutating func items() throws(YAMLError) -> [Node] {
    var items: [Node] = []
    while true {
      try events.next()
      if events.kind == YAML_SEQUENCE_END_EVENT { return items }
      items.append(try node())
    }
  }

  private mutating func pairs() throws(YAMLError) -> [Node.Pair] {
    var pairs: [Node.Pair] = []
    var seen = KeySet()
    let isFlow = events.isFlowMapping
    while true {
      try events.next()
      if events.kind == YAML_MAPPING_END_EVENT { return pairs }
      let place = events.place
      if let property = events.property() { throw YAMLError(property, at: place) }
      guard events.kind == YAML_SCALAR_EVENT else { throw YAMLError(.keyNotScalar, at: place) }
      if isFlow && events.followsQuestionMark() {
        throw YAMLError(
          .syntax(problem: "found '?' without a space", context: nil, since: nil), at: place)
      }
      let key = events.string
      if let first = seen.place(of: key, in: pairs) {
        throw YAMLError(.duplicateKey(key, first: first), at: place)
      }
      try events.next()
      pairs.append(Node.Pair(key: key, keyPlace: place, value: try node()))
    }
  }
}

/// Finds a key again. Small mappings are compared one by one, which costs no allocation.
private struct KeySet {
  private var keys: Set<Name> = []

  mutating func place(of key: String, in pairs: [Node.Pair]) -> Place? {
    if pairs.count < 16 {
      return pairs.first { $0.key == key }?.keyPlace
    }
    if keys.isEmpty { keys = Set(names: pairs.lazy.map(\.key)) }
    if keys.insert(key).inserted { return nil }
    return pairs.first { $0.key == key }?.keyPlace
  }
}
