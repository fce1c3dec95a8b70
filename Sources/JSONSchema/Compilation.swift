internal import Naming
internal import YAML

/// Turns a document's schemas into rules, each once, however often it is referred to.
struct Compilation {
  private let index: SchemaIndex
  private var numbers: [Name: Int] = [:]
  private var pointers: [String] = []
  /// nil where a rule is still being made.
  private var made: [Rule?] = []

  /// The rules of a schema; the first is the whole document's.
  static func rules(of root: Node) throws(SchemaError) -> [Rule] {
    var compilation = Compilation(index: try SchemaIndex(root))
    _ = try compilation.rule(at: "")
    for pointer in compilation.index.entries.keys.sorted().map(\.text) {
      _ = try compilation.rule(at: pointer)
    }
    let rules = compilation.made.compactMap(\.self)
    try compilation.refuseCircles(among: rules)
    return rules
  }

  private init(index: SchemaIndex) {
    self.index = index
  }

  private mutating func rule(at pointer: String) throws(SchemaError) -> Int {
    if let number = numbers[pointer] { return number }
    guard let entry = index.entries[pointer] else { throw SchemaError(.notASchema, at: pointer) }
    let number = made.count
    numbers[pointer] = number
    pointers.append(pointer)
    made.append(nil)
    made[number] = try Rule(Keywords(entry.node, at: pointer), &self)
    return number
  }

  /// The rule of a keyword whose value is one schema.
  mutating func rule(in keyword: Keyword, of keywords: Keywords) throws(SchemaError) -> Int? {
    guard keywords[keyword] != nil else { return nil }
    return try rule(at: keywords.pointer(of: keyword))
  }

  /// The rules of a keyword whose value is a list of schemas.
  mutating func rules(in keyword: Keyword, of keywords: Keywords) throws(SchemaError) -> [Int] {
    var rules: [Int] = []
    for index in try keywords.list(keyword).indices {
      rules.append(try rule(at: Pointer.appending(index, to: keywords.pointer(of: keyword))))
    }
    return rules
  }

  /// The rules of a keyword whose value is a mapping of schemas.
  mutating func namedRules(
    in keyword: Keyword, of keywords: Keywords
  ) throws(SchemaError) -> [(key: String, rule: Int)] {
    var rules: [(key: String, rule: Int)] = []
    for pair in try keywords.mapping(keyword) {
      let pointer = Pointer.appending(pair.key, to: keywords.pointer(of: keyword))
      rules.append((pair.key, try rule(at: pointer)))
    }
    return rules
  }

  /// The rule that `$ref` means.
  mutating func referenced(_ keywords: Keywords) throws(SchemaError) -> [Int] {
    guard let reference = try keywords.string(.ref) else { return [] }
    let base = index.entries[keywords.pointer]?.base ?? ""
    let target = try index.target(of: reference, from: base, at: keywords.pointer(of: .ref))
    return [try rule(at: target)]
  }

  /// A rule that comes back to itself without going into the value would never end.
  private func refuseCircles(among rules: [Rule]) throws(SchemaError) {
    var isClear = Array(repeating: false, count: rules.count)
    var isOpen = isClear
    func visit(_ rule: Int) throws(SchemaError) {
      guard !isClear[rule] else { return }
      guard !isOpen[rule] else { throw SchemaError(.endless, at: pointers[rule]) }
      isOpen[rule] = true
      for next in rules[rule].onSameValue { try visit(next) }
      isClear[rule] = true
    }
    for rule in rules.indices { try visit(rule) }
  }
}
