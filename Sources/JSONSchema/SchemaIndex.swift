internal import Naming
internal import YAML

/// Every schema of a document by its JSON pointer, and the names that lead to them.
struct SchemaIndex {
  struct Entry {
    let node: Node
    /// What references in this schema are relative to.
    let base: String
  }

  private(set) var entries: [Name: Entry] = [:]
  /// Pointers by `$id`, resolved; the root has the empty name too.
  private var resources: [Name: String] = [:]
  /// Pointers by `$id#$anchor`.
  private var anchors: [Name: String] = [:]

  init(_ root: Node) throws(SchemaError) {
    resources[Name("")] = ""
    try add(root, at: "", base: "")
  }

  /// The pointer of the schema that a `$ref` means.
  func target(of text: String, from base: String, at pointer: String) throws(SchemaError) -> String
  {
    guard let reference = Reference(text) else {
      throw SchemaError(.noSuchSchema(text), at: pointer)
    }
    let document = reference.document(from: base)
    guard let resource = resources[Name(document)] else {
      throw SchemaError(.otherDocument(document), at: pointer)
    }
    let fragment = reference.fragment
    if fragment.isEmpty { return resource }
    let target =
      fragment.hasPrefix("/") ? resource + fragment : anchors[Name("\(document)#\(fragment)")]
    guard let target, entries[target] != nil else {
      throw SchemaError(.noSuchSchema(text), at: pointer)
    }
    return target
  }

  private mutating func add(
    _ node: Node, at pointer: String, base outer: String
  ) throws(SchemaError) {
    let keywords = try Keywords(node, at: pointer)
    let base = try resource(keywords, from: outer)
    entries[pointer] = Entry(node: node, base: base)
    if let anchor = try keywords.string(.anchor) {
      try take(anchor, "\(base)#\(anchor)", for: pointer, in: \.anchors)
    }
    for (keyword, value) in keywords.values {
      let place = keywords.pointer(of: keyword)
      switch keyword.holding {
      case .none: break
      case .one: try add(value, at: place, base: base)
      case .list:
        for (index, item) in try keywords.list(keyword).enumerated() {
          try add(item, at: Pointer.appending(index, to: place), base: base)
        }
      case .named:
        for pair in try keywords.mapping(keyword) {
          try add(pair.value, at: Pointer.appending(pair.key, to: place), base: base)
        }
      }
    }
  }

  private mutating func resource(
    _ keywords: Keywords, from outer: String
  ) throws(SchemaError) -> String {
    if let dialect = try keywords.string(.schema),
      dialect != "https://json-schema.org/draft/2020-12/schema"
    {
      throw SchemaError(.otherDialect(dialect), at: keywords.pointer)
    }
    guard let id = try keywords.string(.id) else { return outer }
    guard let reference = Reference(id), reference.fragment.isEmpty else {
      throw SchemaError(.badValue(of: Keyword.id.rawValue), at: keywords.pointer)
    }
    let base = reference.document(from: outer)
    if base != outer { try take(id, base, for: keywords.pointer, in: \.resources) }
    return base
  }

  private mutating func take(
    _ name: String, _ resolved: String, for pointer: String,
    in names: WritableKeyPath<SchemaIndex, [Name: String]>
  ) throws(SchemaError) {
    guard self[keyPath: names].updateValue(pointer, forKey: Name(resolved)) == nil else {
      throw SchemaError(.nameTakenTwice(name), at: pointer)
    }
  }
}
