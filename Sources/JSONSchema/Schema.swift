public import YAML

/// A JSON Schema (2020-12), made ready to check many documents.
///
/// README.md of this module says which keywords are known; a schema with any other is refused.
public struct Schema: Sendable {
  private let rules: [Rule]

  /// Reads a schema that stands on its own: references lead to places in the same document.
  public init(json bytes: [UInt8]) throws(SchemaError) {
    let root: Node
    do {
      root = try Node(json: bytes)
    } catch {
      throw SchemaError(.json(error), at: "")
    }
    try self.init(root)
  }

  /// Compiles a schema from a document that has been read.
  public init(_ root: Node) throws(SchemaError) {
    rules = try Compilation.rules(of: root)
  }

  /// All that the schema does not allow in a document, by its place; empty where it is valid.
  public func check(_ node: Node) -> [Violation] {
    check(node, limit: .max).violations
  }

  /// The first `limit` (at least 1) things that the schema does not allow in a document, as found, by their
  /// place; and how many more there are. Time and memory go with `limit`, and not with how many there are.
  public func check(_ node: Node, limit: Int) -> (violations: [Violation], omitted: Int) {
    // Nearly all documents are valid, and knowing that takes no text.
    var verdict = Check(rules, limit: 0)
    verdict.check(node, 0)
    guard !verdict.isValid else { return ([], 0) }
    var explanation = Check(rules, limit: limit)
    explanation.check(node, 0)
    return (explanation.violations.inOrder, explanation.omitted)
  }
}

extension [Violation] {
  /// By place, then as found; what two parts of a schema both say, once.
  fileprivate var inOrder: [Violation] {
    var seen: Set<Violation> = []
    return filter { seen.insert($0).inserted }.enumerated()
      .sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
      .map(\.element)
  }
}
