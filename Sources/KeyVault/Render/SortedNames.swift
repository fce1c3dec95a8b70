/// Names in the order of their bytes, compared as bytes.
struct SortedNames: Sendable {
  private let names: [String]

  init(_ names: some Sequence<String>) {
    self.names = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  func contains(_ name: some StringProtocol) -> Bool {
    var range = names.indices
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      if names[middle].utf8.elementsEqual(name.utf8) { return true }
      if names[middle].utf8.lexicographicallyPrecedes(name.utf8) {
        range = middle + 1..<range.upperBound
      } else {
        range = range.lowerBound..<middle
      }
    }
    return false
  }
}
