internal import YAML

/// The keywords for lists.
final class ListRules: Sendable {
  private let first: [Int]
  private let others: Int?
  private let contained: Int?
  private let leastContained: Int
  private let mostContained: Int?
  private let least: Int?
  private let most: Int?
  private let isUnique: Bool

  /// nil where a schema has none of them.
  init?(_ keywords: Keywords, _ compilation: inout Compilation) throws(SchemaError) {
    first = try compilation.rules(in: .prefixItems, of: keywords)
    others = try compilation.rule(in: .items, of: keywords)
    contained = try compilation.rule(in: .contains, of: keywords)
    leastContained = try keywords.count(.minContains) ?? 1
    mostContained = try keywords.count(.maxContains)
    least = try keywords.count(.minItems)
    most = try keywords.count(.maxItems)
    isUnique = try keywords.bool(.uniqueItems) ?? false
    let isEmpty = first.isEmpty && others == nil && contained == nil && least == nil && most == nil
    if isEmpty, !isUnique { return nil }
  }

  func check(_ items: [Node], of list: Node, in check: inout Check) {
    if let least, items.count < least {
      check.report(.tooFew, at: list.place) {
        Self.tooFew($0.subject, least, items.count)
      }
    }
    if let most, items.count > most { Self.reportTooMany(items, most, in: &check) }
    if isUnique { checkUnique(items, in: &check) }
    for (index, item) in items.enumerated() where !check.isDone {
      if index < first.count {
        check.check(item, first[index], under: .index(index))
      } else if let others {
        if check.rules[others].allowsNothing {
          return Self.reportTooMany(items, first.count, in: &check)
        }
        check.check(item, others, under: .index(index))
      }
    }
    if let contained, !check.isDone { checkContained(contained, items, of: list, in: &check) }
  }

  private static func tooFew(_ subject: String, _ least: Int, _ count: Int) -> String {
    count == 0 && least == 1
      ? "\(subject) must not be empty"
      : "\(subject) must have at least \(counted(least, "item")), not \(count)"
  }

  private static func reportTooMany(_ items: [Node], _ most: Int, in check: inout Check) {
    check.report(.tooMany, at: items[most].place) {
      "\($0.subject) must have at most \(counted(most, "item")), not \(items.count)"
    }
  }

  private func checkUnique(_ items: [Node], in check: inout Check) {
    guard items.count > 1 else { return }
    var seen: Set<JSONValue> = []
    for (index, item) in items.enumerated() where !seen.insert(JSONValue(item)).inserted {
      check.report(.notUnique, at: item.place, under: .index(index)) {
        "\($0.subject) repeats \(item.shown)"
      }
    }
  }

  private func checkContained(
    _ rule: Int, _ items: [Node], of list: Node, in check: inout Check
  ) {
    let count = items.count { check.allows($0, rule) }
    let words = check.rules[rule].words
    if count < leastContained {
      check.report(.tooFew, at: list.place, hint: words) {
        "\($0.subject) must have at least \(counted(leastContained, "fitting item")), "
          + "not \(count)"
      }
    }
    if let mostContained, count > mostContained {
      check.report(.tooMany, at: list.place, hint: words) {
        "\($0.subject) must have at most \(counted(mostContained, "fitting item")), not \(count)"
      }
    }
  }
}
