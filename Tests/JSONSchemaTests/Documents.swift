import JSONSchema
import YAML

extension Schema {
  init(_ text: String) throws(SchemaError) {
    try self.init(json: Array(text.utf8))
  }

  func check(json text: String) throws -> [Violation] {
    check(try Node(json: text))
  }
}

/// Nodes with places, as a YAML file would have them.
func text(_ string: String, _ line: Int, _ column: Int) -> Node {
  Node(.string(string), at: Place(line: line, column: column))
}

func list(_ items: Node..., line: Int, column: Int) -> Node {
  Node(.sequence(items), at: Place(line: line, column: column))
}

/// A block mapping whose keys stand below each other, from a line on.
func mapping(line: Int, column: Int, _ pairs: KeyValuePairs<String, Node>) -> Node {
  let nodes = pairs.enumerated().map { offset, pair in
    Node.Pair(
      key: pair.key, keyPlace: Place(line: line + offset, column: column), value: pair.value)
  }
  return Node(.mapping(nodes), at: Place(line: line, column: column))
}

/// `1:5 unknown-key /a: message (hint)`: all of a violation, so that a test compares all of it.
func lines(_ violations: [Violation]) -> [String] {
  violations.map { violation in
    let hint = violation.hint.map { " (\($0))" } ?? ""
    return "\(violation.place.line):\(violation.place.column) \(violation.code.rawValue) "
      + "\(violation.path): \(violation.message)\(hint)"
  }
}
