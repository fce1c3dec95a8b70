/// What an edit must lead to, worked out on the tree: the edited file is read again and compared.
extension Node {
  /// The tree with one value replaced, or added at the end of its mapping. The path is one that
  /// leads through mappings and nulls only.
  func setting(_ path: ArraySlice<String>, to value: Node) -> Node {
    guard let key = path.first else { return value }
    var pairs = mapping ?? []
    if let index = pairs.firstIndex(where: { $0.key == key }) {
      pairs[index].value = pairs[index].value.setting(path.dropFirst(), to: value)
    } else {
      let new = Node(.null).setting(path.dropFirst(), to: value)
      pairs.append(Pair(key: key, keyPlace: .start, value: new))
    }
    return Node(.mapping(pairs), at: place)
  }

  /// The tree without one key.
  func removing(_ path: ArraySlice<String>) -> Node {
    guard let key = path.first, var pairs = mapping,
      let index = pairs.firstIndex(where: { $0.key == key })
    else { return self }
    if path.count == 1 {
      pairs.remove(at: index)
    } else {
      pairs[index].value = pairs[index].value.removing(path.dropFirst())
    }
    return Node(.mapping(pairs), at: place)
  }

  /// Whether two trees say the same in the same order, wherever they stand.
  func says(_ other: Node) -> Bool {
    switch (value, other.value) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.double(let a), .double(let b)): a == b || a.isNaN && b.isNaN
    // Canonically equivalent strings are equal in Swift, and yet other bytes.
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.sequence(let a), .sequence(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.says($1) }
    case (.mapping(let a), .mapping(let b)):
      a.count == b.count
        && zip(a, b).allSatisfy {
          $0.key.utf8.elementsEqual($1.key.utf8) && $0.value.says($1.value)
        }
    default: false
    }
  }
}
