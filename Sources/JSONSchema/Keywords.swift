internal import YAML

/// The keywords of one schema, all of them known, and their values by the kind that each must have.
struct Keywords {
  let pointer: String
  private(set) var values: [(keyword: Keyword, value: Node)] = []
  /// `false` allows nothing; `true` is the schema without keywords.
  let allowsNothing: Bool

  init(_ node: Node, at pointer: String) throws(SchemaError) {
    self.pointer = pointer
    allowsNothing = node.bool == false
    guard node.bool == nil else { return }
    guard let pairs = node.mapping else { throw SchemaError(.notASchema, at: pointer) }
    for pair in pairs {
      guard let keyword = Keyword(rawValue: pair.key) else {
        throw SchemaError(
          .unknownKeyword(pair.key), at: Pointer.appending(pair.key, to: pointer))
      }
      values.append((keyword, pair.value))
    }
  }

  subscript(keyword: Keyword) -> Node? {
    values.first { $0.keyword == keyword }?.value
  }

  func pointer(of keyword: Keyword) -> String {
    Pointer.appending(keyword.rawValue, to: pointer)
  }

  func bad(_ keyword: Keyword) -> SchemaError {
    SchemaError(.badValue(of: keyword.rawValue), at: pointer(of: keyword))
  }

  func string(_ keyword: Keyword) throws(SchemaError) -> String? {
    guard let node = self[keyword] else { return nil }
    guard let string = node.string else { throw bad(keyword) }
    return string
  }

  func bool(_ keyword: Keyword) throws(SchemaError) -> Bool? {
    guard let node = self[keyword] else { return nil }
    guard let bool = node.bool else { throw bad(keyword) }
    return bool
  }

  /// A number of characters, items or keys.
  func count(_ keyword: Keyword) throws(SchemaError) -> Int? {
    guard let node = self[keyword] else { return nil }
    guard let count = node.int, count >= 0 else { throw bad(keyword) }
    return count
  }

  func number(_ keyword: Keyword) throws(SchemaError) -> Number? {
    guard let node = self[keyword] else { return nil }
    guard let number = Number(node) else { throw bad(keyword) }
    return number
  }

  /// Empty where the keyword is absent.
  func list(_ keyword: Keyword) throws(SchemaError) -> [Node] {
    guard let node = self[keyword] else { return [] }
    guard let list = node.sequence else { throw bad(keyword) }
    return list
  }

  /// Empty where the keyword is absent.
  func mapping(_ keyword: Keyword) throws(SchemaError) -> [Node.Pair] {
    guard let node = self[keyword] else { return [] }
    guard let pairs = node.mapping else { throw bad(keyword) }
    return pairs
  }

  /// What a schema says of itself to people: its `description`, or else its `title`.
  var words: String? {
    get throws(SchemaError) {
      let title = try string(.title)
      return try string(.description) ?? title
    }
  }

  /// The names in a list of strings; empty where the keyword is absent.
  func names(_ keyword: Keyword) throws(SchemaError) -> [String] {
    try names(in: list(keyword), of: keyword)
  }

  func names(in nodes: [Node], of keyword: Keyword) throws(SchemaError) -> [String] {
    var names: [String] = []
    for node in nodes {
      guard let name = node.string else { throw bad(keyword) }
      names.append(name)
    }
    return names
  }
}
