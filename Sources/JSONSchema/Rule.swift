internal import YAML

/// A schema made ready to check with. Other rules are numbers in the list of all of them, so that
/// rules may refer to each other in circles.
final class Rule: Sendable {
  /// `description`, or else `title`: what the form is, for the message of a mismatch.
  let words: String?
  let allowsNothing: Bool
  let kinds: Kinds
  let values: AllowedValues?
  let number: NumberRules?
  let string: StringRules?
  let list: ListRules?
  let mapping: MappingRules?
  /// `$ref` and `allOf`.
  let all: [Int]
  let forms: Forms?
  /// The keys that this rule requires, where it says nothing else.
  let onlyRequires: [String]

  init(_ keywords: Keywords, _ compilation: inout Compilation) throws(SchemaError) {
    words = try keywords.words
    allowsNothing = keywords.allowsNothing
    kinds = try Self.kinds(keywords)
    values = try AllowedValues(keywords)
    number = try NumberRules(keywords)
    string = try StringRules(keywords, words: words)
    list = try ListRules(keywords, &compilation)
    mapping = try MappingRules(keywords, &compilation)
    all = try compilation.referenced(keywords) + compilation.rules(in: .allOf, of: keywords)
    forms = try Forms(keywords, words: words, &compilation)
    let isBare = keywords.values.allSatisfy {
      [.required, .type, .title, .description, .comment].contains($0.keyword)
    }
    onlyRequires = isBare ? try keywords.names(.required) : []
  }

  private static func kinds(_ keywords: Keywords) throws(SchemaError) -> Kinds {
    guard let node = keywords[.type] else { return .any }
    var kinds: Kinds = []
    for name in try keywords.names(in: node.sequence ?? [node], of: .type) {
      guard let kind = Kinds(named: name) else { throw keywords.bad(.type) }
      kinds.formUnion(kind)
    }
    return kinds
  }

  /// The rules that this one lays on the same value.
  var onSameValue: [Int] {
    all + (forms?.rules ?? []) + (mapping?.dependentSchemas.map(\.rule) ?? [])
  }

  func check(_ node: Node, in check: inout Check) {
    // Whatever else a value of the wrong kind or a wrong value gets wrong would be noise.
    guard !allowsNothing else {
      return check.report(.notAllowed, at: node.place) {
        "\($0.subject) is not allowed"
      }
    }
    guard kinds.contains(Kinds(of: node)) else { return check.reportKind(of: node, not: kinds) }
    if let values, !values.contain(node) { return values.report(node, in: &check) }
    switch node.value {
    case .string(let text): string?.check(text, at: node.place, in: &check)
    case .int, .double: number?.check(node, in: &check)
    case .sequence(let items): list?.check(items, of: node, in: &check)
    case .mapping(let pairs): mapping?.check(pairs, of: node, in: &check)
    case .null, .bool: break
    }
    for rule in all where !check.isDone { check.check(node, rule) }
    if !check.isDone { forms?.check(node, in: &check) }
  }
}

extension Check {
  mutating func reportKind(of node: Node, not kinds: Kinds) {
    report(.wrongType, at: node.place) {
      "\($0.subject) must be \(kinds.words), not \(node.kindInWords)"
    }
  }
}
