internal import Naming
internal import YAML

/// A value as JSON Schema compares them: 1 equals 1.0, mappings have no order, places do not count.
enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(Name)
  case list([JSONValue])
  case mapping([Name: JSONValue])

  init(_ node: Node) {
    self =
      switch node.value {
      case .null: .null
      case .bool(let bool): .bool(bool)
      case .int(let int): .int(int)
      case .double(let double): Int(exactly: double).map(JSONValue.int) ?? .double(double)
      case .string(let string): .string(Name(string))
      case .sequence(let items): .list(items.map(JSONValue.init))
      case .mapping(let pairs):
        .mapping(
          Dictionary(pairs.map { (Name($0.key), JSONValue($0.value)) }) { first, _ in first })
      }
  }
}
