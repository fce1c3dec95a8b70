internal import Naming
internal import YAML

/// The keywords for mappings.
final class MappingRules: Sendable {
  private let properties: [Name: Int]
  /// The keys of `properties` in the order of a hint.
  private let known: [String]
  private let patterns: [(expression: RegularExpression, rule: Int)]
  private let others: Int?
  private let names: Int?
  private let required: [String]
  private let dependentRequired: [(key: String, needed: [String])]
  let dependentSchemas: [(key: String, rule: Int)]
  private let least: Int?
  private let most: Int?

  /// nil where a schema has none of them.
  init?(_ keywords: Keywords, _ compilation: inout Compilation) throws(SchemaError) {
    let named = try compilation.namedRules(in: .properties, of: keywords)
    properties = Dictionary(named.map { (Name($0.key), $0.rule) }) { first, _ in first }
    known = named.map(\.key).sorted()
    patterns = try Self.patterns(keywords, &compilation)
    others = try compilation.rule(in: .additionalProperties, of: keywords)
    names = try compilation.rule(in: .propertyNames, of: keywords)
    required = try keywords.names(.required)
    dependentRequired = try Self.dependentRequired(keywords)
    dependentSchemas = try compilation.namedRules(in: .dependentSchemas, of: keywords)
    least = try keywords.count(.minProperties)
    most = try keywords.count(.maxProperties)
    let own: Set<Keyword> = [
      .properties, .patternProperties, .additionalProperties, .propertyNames, .required,
      .dependentRequired, .dependentSchemas, .minProperties, .maxProperties,
    ]
    guard keywords.values.contains(where: { own.contains($0.keyword) }) else { return nil }
  }

  private static func patterns(
    _ keywords: Keywords, _ compilation: inout Compilation
  ) throws(SchemaError) -> [(expression: RegularExpression, rule: Int)] {
    var patterns: [(expression: RegularExpression, rule: Int)] = []
    for (pattern, rule) in try compilation.namedRules(in: .patternProperties, of: keywords) {
      do {
        patterns.append((try RegularExpression(pattern), rule))
      } catch {
        throw SchemaError(
          .pattern(pattern, error), at: keywords.pointer(of: .patternProperties))
      }
    }
    return patterns
  }

  private static func dependentRequired(
    _ keywords: Keywords
  ) throws(SchemaError) -> [(key: String, needed: [String])] {
    var dependent: [(key: String, needed: [String])] = []
    for pair in try keywords.mapping(.dependentRequired) {
      guard let nodes = pair.value.sequence else { throw keywords.bad(.dependentRequired) }
      dependent.append((pair.key, try keywords.names(in: nodes, of: .dependentRequired)))
    }
    return dependent
  }

  func check(_ pairs: [Node.Pair], of mapping: Node, in check: inout Check) {
    let present = check.explains ? Set(pairs.map { Name($0.key) }) : []
    for pair in pairs where !check.isDone { self.check(pair, among: present, in: &check) }
    guard !check.isDone else { return }
    for key in required where !pairs.contain(key) {
      check.report(.missingKey, at: mapping.place, missing: key) {
        "missing key \(quoted(key))\($0.inside)"
      }
    }
    checkDependents(pairs, of: mapping, in: &check)
    if let least, pairs.count < least {
      check.report(.tooFew, at: mapping.place) {
        "\($0.subject) must have at least \(counted(least, "key")), not \(pairs.count)"
      }
    }
    if let most, pairs.count > most {
      check.report(.tooMany, at: pairs[most].keyPlace) {
        "\($0.subject) must have at most \(counted(most, "key")), not \(pairs.count)"
      }
    }
  }

  private func check(_ pair: Node.Pair, among present: Set<Name>, in check: inout Check) {
    if let names {
      check.check(Node(.string(pair.key), at: pair.keyPlace), names, under: .name(pair.key))
    }
    var isKnown = false
    if let rule = properties[Name(pair.key)] {
      isKnown = true
      check.checkValue(of: pair, rule)
    }
    for (expression, rule) in patterns where expression.matches(pair.key) {
      isKnown = true
      check.checkValue(of: pair, rule)
    }
    guard !isKnown, let others else { return }
    guard check.rules[others].allowsNothing else { return check.checkValue(of: pair, others) }
    check.report(
      .unknownKey, at: pair.keyPlace, under: .key(pair.key),
      hint: suggestion(for: pair.key, among: present)
    ) { _ in
      "unknown key \(quoted(pair.key))"
    }
  }

  private func checkDependents(
    _ pairs: [Node.Pair], of mapping: Node, in check: inout Check
  ) {
    for (key, needed) in dependentRequired where pairs.contain(key) {
      for other in needed where !pairs.contain(other) {
        check.report(.missingKey, at: mapping.place, missing: other) {
          "missing key \(quoted(other))\($0.inside), which \(quoted(key)) needs"
        }
      }
    }
    for (key, rule) in dependentSchemas where pairs.contain(key) { check.check(mapping, rule) }
  }

  /// A key that is there already is not the one that was meant.
  private func suggestion(for key: String, among present: Set<Name>) -> String? {
    if let near = nearest(to: key, in: known.filter { !present.contains(Name($0)) }) {
      return "did you mean \(quoted(near))?"
    }
    return switch known.count {
    case 0: nil
    case 1: "the only known key is \(quoted(known[0]))"
    default: "known keys are \(known.map(quoted).joined(by: "and"))"
    }
  }
}

extension [Node.Pair] {
  func contain(_ key: String) -> Bool {
    contains { Name($0.key) == Name(key) }
  }
}

extension Check {
  /// Where a key is missing, unless it is the document itself.
  var inside: String {
    path.isEmpty ? "" : " in \(subject)"
  }

  fileprivate mutating func checkValue(of pair: Node.Pair, _ rule: Int) {
    guard rules[rule].allowsNothing else {
      return check(pair.value, rule, under: .key(pair.key))
    }
    report(.notAllowed, at: pair.keyPlace, under: .key(pair.key)) { _ in
      "key \(quoted(pair.key)) is not allowed here"
    }
  }
}
