internal import YAML

/// `anyOf`, `oneOf`, `not` and `if`: schemas that may or may not fit the same value.
final class Forms: Sendable {
  private let any: [Int]
  private let one: [Int]
  private let not: Int?
  private let condition: Int?
  private let then: Int?
  private let otherwise: Int?
  private let words: String?

  /// nil where a schema has none of them.
  init?(
    _ keywords: Keywords, words: String?, _ compilation: inout Compilation
  ) throws(SchemaError) {
    any = try compilation.rules(in: .anyOf, of: keywords)
    one = try compilation.rules(in: .oneOf, of: keywords)
    not = try compilation.rule(in: .not, of: keywords)
    condition = try compilation.rule(in: .if, of: keywords)
    then = try compilation.rule(in: .then, of: keywords)
    otherwise = try compilation.rule(in: .else, of: keywords)
    self.words = words
    if any.isEmpty, one.isEmpty, not == nil, condition == nil { return nil }
  }

  var rules: [Int] {
    any + one + [not, condition, then, otherwise].compactMap(\.self)
  }

  /// The kinds of values that `anyOf` or `oneOf` leave.
  func kinds(_ check: Check) -> Kinds {
    [any, one].filter { !$0.isEmpty }.reduce(into: .any) { kinds, forms in
      kinds.formIntersection(forms.reduce(into: []) { $0.formUnion(check.kinds(of: $1)) })
    }
  }

  func check(_ node: Node, in check: inout Check) {
    if !any.isEmpty, !any.contains(where: { check.allows(node, $0) }) {
      check.reportNoMatch(node, any, words: words)
    }
    if !one.isEmpty, !check.isDone {
      let fitting = one.filter { check.allows(node, $0) }
      if fitting.isEmpty {
        check.reportNoMatch(node, one, words: words)
      } else if fitting.count > 1 {
        reportTooManyForms(node, fitting, in: &check)
      }
    }
    if let not, !check.isDone, check.allows(node, not) { reportForbidden(node, not, in: &check) }
    if let condition, !check.isDone {
      let branch = check.allows(node, condition) ? then : otherwise
      if let branch { check.check(node, branch) }
    }
  }

  private func reportTooManyForms(_ node: Node, _ fitting: [Int], in check: inout Check) {
    guard check.explains else {
      return check.report(.noMatch, at: node.place) {
        _ in ""
      }
    }
    let required = fitting.map { check.rules[$0].onlyRequires }
    guard required.contains(where: \.isEmpty) else {
      return check.reportExcluding(Array(required.joined()), in: node)
    }
    check.report(.noMatch, at: node.place) {
      "\($0.subject) fits more than one of the allowed forms"
    }
  }

  private func reportForbidden(_ node: Node, _ not: Int, in check: inout Check) {
    let rule = check.rules[not]
    guard rule.onlyRequires.isEmpty else {
      return check.reportExcluding(rule.onlyRequires, in: node)
    }
    check.report(
      .notAllowed, at: node.place, hint: rule.words.map { "it must not be \($0)" }
    ) {
      "\($0.subject) is not an allowed value"
    }
  }
}

extension Check {
  /// Reports keys that must not all be there, at the last of them.
  fileprivate mutating func reportExcluding(_ keys: [String], in node: Node) {
    let pairs = (node.mapping ?? []).filter { keys.contains($0.key) }
    let names = pairs.map { quoted($0.key) }
    let last = pairs.max { $0.keyPlace < $1.keyPlace }
    report(.notAllowed, at: last?.keyPlace ?? node.place) { _ in
      names.count == 1
        ? "key \(names[0]) is not allowed here"
        : "keys \(names.joined(by: "and")) exclude each other"
    }
  }
}
