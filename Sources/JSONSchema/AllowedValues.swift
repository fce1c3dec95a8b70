internal import YAML

/// `enum` and `const`.
final class AllowedValues: Sendable {
  let nodes: [Node]
  private let values: Set<JSONValue>

  init(_ nodes: [Node]) {
    self.nodes = nodes
    values = Set(nodes.map(JSONValue.init))
  }

  /// nil where a schema has neither.
  convenience init?(_ keywords: Keywords) throws(SchemaError) {
    let const = keywords[.const]
    guard keywords[.enum] != nil else {
      guard let const else { return nil }
      self.init([const])
      return
    }
    let nodes = try keywords.list(.enum)
    self.init(nodes.filter { node in const.map { JSONValue($0) == JSONValue(node) } ?? true })
  }

  var kinds: Kinds {
    nodes.reduce(into: []) { $0.formUnion(Kinds(of: $1)) }
  }

  func contain(_ node: Node) -> Bool {
    values.contains(JSONValue(node))
  }

  func report(_ node: Node, in check: inout Check) {
    if nodes.count == 1, !Kinds(of: nodes[0]).isSubset(of: [.list, .mapping]) {
      return check.report(.wrongValue, at: node.place) {
        "\($0.subject) must be \(nodes[0].shown), not \(node.shown)"
      }
    }
    check.report(.wrongValue, at: node.place, hint: suggestion(for: node)) {
      "\($0.subject) cannot be \(node.shown)"
    }
  }

  private func suggestion(for node: Node) -> String? {
    if let string = node.string, let near = nearest(to: string, in: nodes.compactMap(\.string)) {
      return "did you mean \(quoted(near))?"
    }
    guard !nodes.isEmpty else { return nil }
    return "known values are \(nodes.map(\.shown).joined(by: "and"))"
  }
}
