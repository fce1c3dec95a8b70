/// Text that identifies something: a path, a folder, a fingerprint, a provider, a variable, a field.
///
/// Two names are equal if their bytes are, and they sort by them. Swift's `String` compares by canonical
/// equivalence: for it `vault/U` + KELVIN SIGN is `vault/UK`, and "é" in NFC is "é" in NFD. Files, git, YAML,
/// and JSON tell these apart. Use this type as the key of every `Set` and `Dictionary`.
public struct Name: Sendable, Hashable, Comparable {
  public let text: String

  public init(_ text: String) { self.text = text }

  public init(_ text: Substring) { self.text = String(text) }

  public static func == (a: Name, b: Name) -> Bool { a.text == b.text }

  public static func < (a: Name, b: Name) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }

  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension Name: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) { self.init(text) }
}

extension Name: CustomStringConvertible {
  public var description: String { text }
}

/// A name is a string in JSON, also as the key of an object.
extension Name: Codable, CodingKeyRepresentable {
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  public init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }

  public var codingKey: any CodingKey { Key(stringValue: text) }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }
}

extension Set where Element == Name {
  public init(names texts: some Sequence<String>) { self.init(texts.lazy.map { Name($0) }) }

  public func contains(_ text: String) -> Bool { contains(Name(text)) }

  public func contains(_ text: Substring) -> Bool { contains(Name(text)) }

  @discardableResult
  public mutating func insert(_ text: String) -> (inserted: Bool, memberAfterInsert: Name) {
    insert(Name(text))
  }

  @discardableResult
  public mutating func remove(_ text: String) -> Name? { remove(Name(text)) }

  public mutating func formUnion(_ texts: some Sequence<String>) {
    for text in texts { insert(Name(text)) }
  }

  public func union(_ texts: some Sequence<String>) -> Set<Name> {
    union(texts.lazy.map { Name($0) })
  }

  public func subtracting(_ texts: some Sequence<String>) -> Set<Name> {
    subtracting(texts.lazy.map { Name($0) })
  }

  public func isDisjoint(with texts: some Sequence<String>) -> Bool {
    isDisjoint(with: texts.lazy.map { Name($0) })
  }

  /// The texts, in the order of their bytes.
  public var sortedTexts: [String] { sorted().map(\.text) }
}

extension Dictionary where Key == Name {
  public subscript(_ text: String) -> Value? {
    get { self[Name(text)] }
    set { self[Name(text)] = newValue }
  }

  public subscript(_ text: String, default value: @autoclosure () -> Value) -> Value {
    get { self[Name(text), default: value()] }
    set { self[Name(text)] = newValue }
  }

  /// The texts of the keys, in the order of their bytes.
  public var sortedKeys: [String] { keys.sorted().map(\.text) }

  @discardableResult
  public mutating func removeValue(forKey text: String) -> Value? {
    removeValue(forKey: Name(text))
  }
}
