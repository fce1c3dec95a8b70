/// A place in a file. Lines and columns count from 1; a column is a Unicode scalar.
public struct Place: Sendable, Hashable, Comparable {
  public var line: Int
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// The first character of a file.
  public static let start = Place(line: 1, column: 1)

  public static func < (a: Place, b: Place) -> Bool {
    (a.line, a.column) < (b.line, b.column)
  }
}

/// One value of a document, with its place.
///
/// The same type serves YAML and JSON: a scalar is resolved by the YAML 1.2 core schema, of which
/// JSON's scalars are a subset.
public struct Node: Sendable {
  public enum Value: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    /// Every other number: fractions, exponents, `.inf`, `.nan`, and integers beyond `Int`.
    case double(Double)
    case string(String)
    case sequence([Node])
    case mapping([Pair])
  }

  /// One `key: value` of a mapping, in the order of the file.
  public struct Pair: Sendable {
    public var key: String
    public var keyPlace: Place
    public var value: Node

    public init(key: String, keyPlace: Place, value: Node) {
      self.key = key
      self.keyPlace = keyPlace
      self.value = value
    }
  }

  public var value: Value
  public var place: Place

  public init(_ value: Value, at place: Place = .start) {
    self.value = value
    self.place = place
  }
}

extension Node {
  /// The value of a mapping's key; nil where there is none or this is not a mapping.
  public subscript(key: String) -> Node? {
    guard case .mapping(let pairs) = value else { return nil }
    return pairs.first { $0.key == key }?.value
  }

  public var string: String? {
    if case .string(let string) = value { string } else { nil }
  }

  public var int: Int? {
    if case .int(let int) = value { int } else { nil }
  }

  public var bool: Bool? {
    if case .bool(let bool) = value { bool } else { nil }
  }

  /// The number, integer or not, as a double.
  public var number: Double? {
    switch value {
    case .int(let int): Double(int)
    case .double(let double): double
    default: nil
    }
  }

  public var sequence: [Node]? {
    if case .sequence(let nodes) = value { nodes } else { nil }
  }

  public var mapping: [Pair]? {
    if case .mapping(let pairs) = value { pairs } else { nil }
  }
}
