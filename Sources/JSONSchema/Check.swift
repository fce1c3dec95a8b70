internal import YAML

/// One walk of a document along the rules of a schema.
///
/// Two ways to walk: for the verdict alone, which stops at the first violation and builds no text;
/// and for an explanation, which finds all of them, and builds the text of the first so many.
struct Check {
  enum Step {
    case key(String)
    case index(Int)
    /// A key itself, where its name is what is checked.
    case name(String)
  }

  let rules: [Rule]
  /// How many violations are explained; the rest is counted.
  private let limit: Int
  private(set) var isValid = true
  private(set) var violations: [Violation] = []
  /// Violations that were counted and not explained.
  private(set) var omitted = 0
  private(set) var path: [Step] = []

  /// For the verdict, where `limit` is 0, or for an explanation.
  init(_ rules: [Rule], limit: Int) {
    self.rules = rules
    self.limit = limit
  }

  /// Whether text is built for what is found next.
  var explains: Bool { violations.count < limit }

  /// Whether there is nothing more to find out.
  var isDone: Bool { limit == 0 && !isValid }

  mutating func check(_ node: Node, _ rule: Int) {
    rules[rule].check(node, in: &self)
  }

  mutating func check(_ node: Node, _ rule: Int, under step: @autoclosure () -> Step) {
    guard explains else { return rules[rule].check(node, in: &self) }
    path.append(step())
    rules[rule].check(node, in: &self)
    path.removeLast()
  }

  /// Whether a rule allows a value, whatever this walk makes of it.
  func allows(_ node: Node, _ rule: Int) -> Bool {
    var verdict = Check(rules, limit: 0)
    verdict.check(node, rule)
    return verdict.isValid
  }

  /// What a rule finds in a value at this place, without counting it.
  func attempt(_ node: Node, _ rule: Int) -> (violations: [Violation], omitted: Int) {
    var attempt = Check(rules, limit: limit - violations.count)
    attempt.path = path
    attempt.check(node, rule)
    return (attempt.violations, attempt.omitted)
  }

  mutating func report(
    _ code: Violation.Code, at place: Place, under step: @autoclosure () -> Step? = nil,
    missing: String? = nil, hint: @autoclosure () -> String? = nil, message: (Check) -> String
  ) {
    isValid = false
    guard explains else {
      omitted += 1
      return
    }
    let step = step()
    if let step { path.append(step) }
    violations.append(
      Violation(
        code: code, place: place, path: pointer, message: message(self), hint: hint(),
        missing: missing))
    if step != nil { path.removeLast() }
  }

  mutating func report(_ found: [Violation], omitted: Int) {
    isValid = isValid && found.isEmpty && omitted == 0
    violations += found
    self.omitted += omitted
  }

  /// The JSON pointer of the walk's place.
  var pointer: String {
    path.reduce(into: "") { pointer, step in
      switch step {
      case .key(let key), .name(let key): pointer = Pointer.appending(key, to: pointer)
      case .index(let index): pointer = Pointer.appending(index, to: pointer)
      }
    }
  }

  /// What a message calls the value at the walk's place: `'name'`, `item 2 of 'capabilities'`.
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
