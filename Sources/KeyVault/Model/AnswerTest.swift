internal import YAML

/// What a rule asks of one value of an answer: a scalar (equal in type and value), a list (one of),
/// or a mapping of `contains`, `type`, `min`, `max`.
struct AnswerTest: Sendable {
  private enum Condition: Sendable {
    case equals(Node)
    case oneOf([Node])
    case contains(String)
    case type(String)
    case min(Double)
    case max(Double)
  }

  private let conditions: [Condition]

  init(_ node: Node) {
    if let list = node.sequence {
      conditions = [.oneOf(list)]
    } else if let pairs = node.mapping {
      conditions = pairs.compactMap { pair in
        switch pair.key {
        case "contains": pair.value.string.map(Condition.contains)
        case "type": pair.value.string.map(Condition.type)
        case "min": pair.value.number.map(Condition.min)
        case "max": pair.value.number.map(Condition.max)
        default: nil
        }
      }
    } else {
      conditions = [.equals(node)]
    }
  }

  /// What matched, in words that come from the rule and never from the answer, so that an answer
  /// which echoes the key can be reported; nil if the test does not hold.
  func match(_ value: Node) -> String? {
    var words: [String] = []
    for condition in conditions {
      guard let word = match(condition, value) else { return nil }
      words.append(word)
    }
    return words.joined(separator: " and ")
  }

  private func match(_ condition: Condition, _ value: Node) -> String? {
    switch condition {
    case .equals(let expected):
      value.isScalar && value.json == expected.json ? "=" + expected.plain : nil
    case .oneOf(let expected):
      match(value, oneOf: expected)
    case .contains(let part):
      value.string?.contains(part) == true ? "~\"\(part)\"" : nil
    case .type(let type): value.typeName == type ? " is \(type)" : nil
    case .min(let least): value.number.map { $0 >= least } == true ? "≥\(short(least))" : nil
    case .max(let most): value.number.map { $0 <= most } == true ? "≤\(short(most))" : nil
    }
  }

  private func match(_ value: Node, oneOf expected: [Node]) -> String? {
    guard value.isScalar else { return nil }
    let json = value.json
    return expected.first { $0.json == json }.map { "=" + $0.plain }
  }

  private func short(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
  }
}

extension Node {
  /// Whether it is neither a list nor a mapping. No rule equals those, and they may be
  /// as large as an answer.
  fileprivate var isScalar: Bool {
    switch value {
    case .sequence, .mapping: false
    default: true
    }
  }

  /// The type by its JSON name.
  var typeName: String {
    switch value {
    case .null: "null"
    case .bool: "boolean"
    case .int, .double: "number"
    case .string: "string"
    case .sequence: "array"
    case .mapping: "object"
    }
  }

  /// A scalar as it is written; nothing for others.
  var plain: String {
    switch value {
    case .null: "null"
    case .bool(let bool): String(bool)
    case .int(let int): String(int)
    case .double(let double): Int(exactly: double).map(String.init) ?? String(double)
    case .string(let string): string
    case .sequence, .mapping: ""
    }
  }

  /// A text, or a whole number as text; nil for others.
  var word: String? {
    switch value {
    case .string(let string): string
    case .int(let int): String(int)
    default: nil
    }
  }

  /// The value at a JSON pointer (RFC 6901); nil where there is none.
  func value(at pointer: String) -> Node? {
    var node = self
    for token in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      let key = token.replacing("~1", with: "/").replacing("~0", with: "~")
      if let list = node.sequence {
        // Not `00`, not `+0` (RFC 6901 §4).
        guard let index = Int(key), String(index) == key, list.indices.contains(index) else {
          return nil
        }
        node = list[index]
      } else {
        guard let next = node[key] else { return nil }
        node = next
      }
    }
    return node
  }
}
