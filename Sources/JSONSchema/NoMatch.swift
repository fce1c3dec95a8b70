internal import YAML

/// Why none of several forms fits: what is wrong by the form that was probably meant.
extension Check {
  mutating func reportNoMatch(_ node: Node, _ forms: [Int], words: String?) {
    guard explains else {
      return report(.noMatch, at: node.place) {
        _ in ""
      }
    }
    let kind = Kinds(of: node)
    let fitting = forms.filter { kinds(of: $0).contains(kind) }
    if fitting.isEmpty {
      let allowed = forms.reduce(into: Kinds()) { $0.formUnion(kinds(of: $1)) }
      if !allowed.isEmpty { return reportKind(of: node, not: allowed) }
    }
    let values = fitting.compactMap { self.values(of: $0) }
    if !fitting.isEmpty, values.count == fitting.count {
      return AllowedValues(Array(values.joined())).report(node, in: &self)
    }
    let attempts = fitting.map { Attempt(attempt(node, $0), at: pointer) }
    guard let best = attempts.min() else { return reportNone(node, forms, words: words) }
    let equals = attempts.filter { !(best < $0) }
    if equals.count == 1 { return report(best.violations, omitted: best.omitted) }
    if !reportMissing(equals, in: node) { reportNone(node, fitting, words: words) }
  }

  /// Several forms that each want another key.
  private mutating func reportMissing(_ attempts: [Attempt], in node: Node) -> Bool {
    var keys: [String] = []
    for attempt in attempts {
      guard let key = attempt.onlyMissing else { return false }
      if !keys.contains(key) { keys.append(key) }
    }
    report(.missingKey, at: node.place) {
      "missing key \(keys.map(quoted).joined(by: "or"))\($0.inside)"
    }
    return true
  }

  private mutating func reportNone(_ node: Node, _ forms: [Int], words: String?) {
    let all = forms.compactMap { rules[$0].words }
    let listed = all.count == forms.count && !all.isEmpty ? all.joined(by: "or") : nil
    report(.noMatch, at: node.place, hint: words ?? listed) {
      "\($0.subject) has none of the allowed forms"
    }
  }

  /// The kinds of values that a rule may allow, seen from the rule alone.
  func kinds(of rule: Int) -> Kinds {
    let rule = rules[rule]
    guard !rule.allowsNothing else { return [] }
    let own = rule.kinds.intersection(rule.values?.kinds ?? .any)
      .intersection(rule.forms?.kinds(self) ?? .any)
    return rule.all.reduce(into: own) { $0.formIntersection(kinds(of: $1)) }
  }

  private func values(of rule: Int) -> [Node]? {
    let rule = rules[rule]
    if let values = rule.values { return values.nodes }
    return rule.all.lazy.compactMap { self.values(of: $0) }.first
  }
}

/// What one form finds wrong; the less, the more likely it was meant.
private struct Attempt: Comparable {
  let violations: [Violation]
  let omitted: Int
  private let path: String
  /// What distinguishes forms: a key of the value that is missing, or one with another constant.
  private let misfits: Int
  private let nearMisses: Int

  init(_ found: (violations: [Violation], omitted: Int), at path: String) {
    (violations, omitted) = found
    self.path = path
    misfits = violations.count { violation in
      switch violation.code {
      case .missingKey: violation.path == path
      case .wrongValue: violation.path.isChild(of: path)
      default: false
      }
    }
    nearMisses = violations.count { $0.hint?.hasPrefix("did you mean") == true }
  }

  /// The key of the value itself that is missing, if that is all.
  var onlyMissing: String? {
    guard violations.count == 1, violations[0].path == path else { return nil }
    return violations[0].missing
  }

  private var rank: (Int, Int, Int) { (misfits, violations.count + omitted, -nearMisses) }

  static func == (a: Attempt, b: Attempt) -> Bool { a.rank == b.rank }
  static func < (a: Attempt, b: Attempt) -> Bool { a.rank < b.rank }
}

extension String {
  fileprivate func isChild(of path: String) -> Bool {
    hasPrefix(path + "/") && !dropFirst(path.count + 1).contains("/")
  }
}
