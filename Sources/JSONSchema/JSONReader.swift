internal import Naming
internal import YAML

/// Decodes values whose kind is not known beforehand.
///
/// A decoder does not say what comes next, and a wrong guess costs an error with its path. Objects
/// of one document resemble each other, so the kind last seen under a name is tried first: twice as
/// fast on a provider's list of models.
struct JSONReader {
  private enum Kind: CaseIterable {
    case string, int, mapping, bool, double, sequence
  }

  private var kinds: [Name: Kind] = [:]

  mutating func mapping(_ object: KeyedDecodingContainer<JSONKey>) throws -> Node {
    let keys = object.allKeys
    var pairs: [Node.Pair] = []
    pairs.reserveCapacity(keys.count)
    for key in keys {
      let name = key.stringValue
      var slot = Member(object: object, key: key)
      var guess = kinds[name]
      let value = try value(of: &slot, guess: &guess)
      kinds[name] = guess
      pairs.append(Node.Pair(key: name, keyPlace: .start, value: value))
    }
    pairs.sort { $0.key < $1.key }
    return Node(.mapping(pairs))
  }

  mutating func sequence(_ array: any UnkeyedDecodingContainer) throws -> Node {
    var slot = Item(array: array)
    var items: [Node] = []
    var guess: Kind?
    while !slot.array.isAtEnd {
      items.append(try value(of: &slot, guess: &guess))
    }
    return Node(.sequence(items))
  }

  private mutating func value(of slot: inout some Slot, guess: inout Kind?) throws -> Node {
    if try slot.takeNull() { return Node(.null) }
    let first = guess
    if let first, let node = try value(first, of: &slot) { return node }
    for kind in Kind.allCases where kind != first {
      if let node = try value(kind, of: &slot) {
        guess = kind
        return node
      }
    }
    throw JSONError.malformed
  }

  private mutating func value(_ kind: Kind, of slot: inout some Slot) throws -> Node? {
    switch kind {
    case .string: return (try? slot.take(String.self)).map { Node(.string($0)) }
    case .int: return (try? slot.take(Int.self)).map { Node(.int($0)) }
    case .bool: return (try? slot.take(Bool.self)).map { Node(.bool($0)) }
    case .double:
      guard let double = try? slot.take(Double.self) else { return nil }
      guard double.rounded() == double else { return Node(.double(double)) }
      // An integer after all; above 2^53 the double has already lost some of it.
      return Node((try? slot.take(Int.self)).map(Node.Value.int) ?? .double(double))
    case .mapping:
      guard let object = try? slot.takeObject() else { return nil }
      return try mapping(object)
    case .sequence:
      guard let array = try? slot.takeArray() else { return nil }
      return try sequence(array)
    }
  }
}

/// The place of one value; a failed attempt does not move it.
private protocol Slot {
  mutating func takeNull() throws -> Bool
  mutating func take<T: Decodable>(_ type: T.Type) throws -> T
  mutating func takeObject() throws -> KeyedDecodingContainer<JSONKey>
  mutating func takeArray() throws -> any UnkeyedDecodingContainer
}

private struct Member: Slot {
  let object: KeyedDecodingContainer<JSONKey>
  let key: JSONKey

  func takeNull() throws -> Bool { try object.decodeNil(forKey: key) }
  func take<T: Decodable>(_ type: T.Type) throws -> T { try object.decode(type, forKey: key) }
  func takeObject() throws -> KeyedDecodingContainer<JSONKey> {
    try object.nestedContainer(keyedBy: JSONKey.self, forKey: key)
  }
  func takeArray() throws -> any UnkeyedDecodingContainer {
    try object.nestedUnkeyedContainer(forKey: key)
  }
}

private struct Item: Slot {
  var array: any UnkeyedDecodingContainer

  mutating func takeNull() throws -> Bool { try array.decodeNil() }
  mutating func take<T: Decodable>(_ type: T.Type) throws -> T { try array.decode(type) }
  mutating func takeObject() throws -> KeyedDecodingContainer<JSONKey> {
    try array.nestedContainer(keyedBy: JSONKey.self)
  }
  mutating func takeArray() throws -> any UnkeyedDecodingContainer {
    try array.nestedUnkeyedContainer()
  }
}
