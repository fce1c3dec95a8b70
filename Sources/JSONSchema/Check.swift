internal import YAML

/// One walk of a document along the rules of a schema.
///
/// Two ways to walk: for the verdict alone, which stops at the first violation and builds no text;
/// and for an explanation, which finds all of them.
struct Check {
  enum Step {
    case key(String)
    case index(Int)
    /// A key itself, where its name is what is checked.
    case name(String)
  }

  let rules: [Rule]
  let explains: Bool
  private(set) var isValid = true
  private(set) var violations: [Violation] = []
  private(set) var path: [Step] = []

  init(_ rules: [Rule], explains: Bool) {
    self.rules = rules
    self.explains = explains
  }

  /// Whether there is nothing more to find out.
  var isDone: Bool { !explains && !isValid }

  mutating func check(_ node: Node, _ rule: Int) {
    rules[rule].check(node, in: &self)
  }

  mutating func check(_ node: Node, _ rule: Int, under step: @autoclosure () -> Step) {
    if explains { path.append(step()) }
    rules[rule].check(node, in: &self)
    if explains { path.removeLast() }
  }

  /// Whether a rule allows a value, whatever this walk makes of it.
  func allows(_ node: Node, _ rule: Int) -> Bool {
    var verdict = Check(rules, explains: false)
    verdict.check(node, rule)
    return verdict.isValid
  }

  /// What a rule finds in a value that stands here, without counting it.
  func violations(of node: Node, _ rule: Int) -> [Violation] {
    var attempt = self
    attempt.violations = []
    attempt.check(node, rule)
    return attempt.violations
  }

  mutating func report(
    _ code: Violation.Code, at place: Place, under step: @autoclosure () -> Step? = nil,
    missing: String? = nil, hint: @autoclosure () -> String? = nil, message: (Check) -> String
  ) {
    isValid = false
    guard explains else { return }
    let step = step()
    if let step { path.append(step) }
    violations.append(
      Violation(
        code: code, place: place, path: pointer, message: message(self), hint: hint(),
        missing: missing))
    if step != nil { path.removeLast() }
  }

  mutating func report(_ found: [Violation]) {
    isValid = isValid && found.isEmpty
    violations += found
  }

  /// The JSON pointer of where the walk stands.
  var pointer: String {
    path.reduce(into: "") { pointer, step in
      switch step {
      case .key(let key), .name(let key): pointer = Pointer.appending(key, to: pointer)
      case .index(let index): pointer = Pointer.appending(index, to: pointer)
      }
    }
  }

  /// What a message calls the value where the walk stands: `'name'`, `item 2 of 'capabilities'`.
  var subject: String {
    var items = ""
    for step in path.reversed() {
      switch step {
      case .key(let key): return items + quoted(key)
      case .name(let key): return "\(items)key \(quoted(key))"
      case .index(let index): items += "item \(index + 1) of "
      }
    }
    return items + "the document"
  }
}
