import Foundation
import YAML

/// A tree without places, so that two can be compared and shown.
indirect enum Tree: Equatable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case list([Tree])
  case map([Entry])

  struct Entry: Equatable, Sendable {
    var key: String
    var value: Tree
  }

  init(_ node: Node) {
    self =
      switch node.value {
      case .null: .null
      case .bool(let bool): .bool(bool)
      case .int(let int): .int(int)
      case .double(let double): Tree(double)
      case .string(let string): .string(string)
      case .sequence(let nodes): .list(nodes.map { Tree($0) })
      case .mapping(let pairs):
        .map(pairs.map { Entry(key: $0.key, value: Tree($0.value)) })
      }
  }

  /// Numbers are compared by what they are worth: `1.0` is 1.
  private init(_ double: Double) {
    self = Int(exactly: double).map { .int($0) } ?? .double(double)
  }

  /// The tree of a YAML text that must be readable.
  static func read(_ text: String) throws -> Tree {
    Tree(try Document(parsing: Array(text.utf8)).root)
  }
}

extension Tree {
  /// The tree with its keys sorted, as JSON's objects are unordered.
  var sorted: Tree {
    switch self {
    case .list(let items): .list(items.map(\.sorted))
    case .map(let entries):
      .map(
        entries.map { Entry(key: $0.key, value: $0.value.sorted) }.sorted { $0.key < $1.key })
    default: self
    }
  }

  subscript(path: ArraySlice<String>) -> Tree? {
    guard let key = path.first else { return self }
    guard case .map(let entries) = self else { return nil }
    return entries.first { $0.key == key }?.value[path.dropFirst()]
  }

  func setting(_ path: ArraySlice<String>, to value: Tree) -> Tree {
    guard let key = path.first else { return value }
    var entries: [Entry] = []
    if case .map(let existing) = self { entries = existing }
    if let index = entries.firstIndex(where: { $0.key == key }) {
      entries[index].value = entries[index].value.setting(path.dropFirst(), to: value)
    } else {
      entries.append(Entry(key: key, value: Tree.null.setting(path.dropFirst(), to: value)))
    }
    return .map(entries)
  }

  func removing(_ path: ArraySlice<String>) -> Tree {
    guard let key = path.first, case .map(var entries) = self,
      let index = entries.firstIndex(where: { $0.key == key })
    else { return self }
    if path.count == 1 {
      entries.remove(at: index)
    } else {
      entries[index].value = entries[index].value.removing(path.dropFirst())
    }
    return .map(entries)
  }
}

extension Tree: Decodable {
  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads JSON.
  init(from decoder: any Decoder) throws {
    if let object = try? decoder.container(keyedBy: Name.self) {
      self = .map(
        try object.allKeys.map {
          Entry(key: $0.stringValue, value: try object.decode(Tree.self, forKey: $0))
        })
      return
    }
    if var array = try? decoder.unkeyedContainer() {
      var items: [Tree] = []
      while !array.isAtEnd { items.append(try array.decode(Tree.self)) }
      self = .list(items)
      return
    }
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      self = .null
    } else if let bool = try? single.decode(Bool.self) {
      self = .bool(bool)
    } else if let int = try? single.decode(Int.self) {
      self = .int(int)
    } else if let double = try? single.decode(Double.self) {
      self = Tree(double)
    } else {
      self = .string(try single.decode(String.self))
    }
  }
}
