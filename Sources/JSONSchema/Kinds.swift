internal import YAML

/// The types of JSON Schema. An integer is a number, and `1.0` is an integer.
struct Kinds: OptionSet, Sendable {
  let rawValue: UInt8

  static let null = Kinds(rawValue: 1 << 0)
  static let boolean = Kinds(rawValue: 1 << 1)
  static let integer = Kinds(rawValue: 1 << 2)
  static let fraction = Kinds(rawValue: 1 << 3)
  static let string = Kinds(rawValue: 1 << 4)
  static let list = Kinds(rawValue: 1 << 5)
  static let mapping = Kinds(rawValue: 1 << 6)

  static let number: Kinds = [.integer, .fraction]
  static let any = Kinds(rawValue: 0x7F)

  /// The kinds that a name in `type` stands for.
  init?(named name: String) {
    switch name {
    case "null": self = .null
    case "boolean": self = .boolean
    case "integer": self = .integer
    case "number": self = .number
    case "string": self = .string
    case "array": self = .list
    case "object": self = .mapping
    default: return nil
    }
  }

  init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  init(of node: Node) {
    self =
      switch node.value {
      case .null: .null
      case .bool: .boolean
      case .int: .integer
      case .double(let double): double.rounded() == double && double.isFinite ? .integer : .fraction
      case .string: .string
      case .sequence: .list
      case .mapping: .mapping
      }
  }

  /// `a string`, `a list or a mapping`.
  var words: String {
    var words: [String] = []
    if contains(.string) { words.append("a string") }
    if contains(.number) {
      words.append("a number")
    } else if contains(.integer) {
      words.append("an integer")
    } else if contains(.fraction) {
      words.append("a fraction")
    }
    if contains(.boolean) { words.append("true or false") }
    if contains(.list) { words.append("a list") }
    if contains(.mapping) { words.append("a mapping") }
    if contains(.null) { words.append("null") }
    return words.joined(by: "or")
  }
}
