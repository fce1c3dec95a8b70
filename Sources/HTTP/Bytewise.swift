// In this module, strings are compared, searched, split, and counted by their bytes and scalars.
//
// Swift's own functions work on Characters and by canonical equivalence: they take U+212A (KELVIN SIGN)
// for K, and do not see an apostrophe that a combining accent follows. Files, git, shells, YAML, and JSON
// do. A module's own declaration is preferred to Swift's, so no call can forget it, but it counts only in
// the module that declares it: this one file is linked into every target. A member of a protocol would
// lose against Swift's own member of the type, so String and Substring each have theirs. `Scripts/names`
// finds calls of Swift's own.

extension String {
  static func == (a: String, b: String) -> Bool { a.hasSameBytes(as: b) }
  static func != (a: String, b: String) -> Bool { !a.hasSameBytes(as: b) }
  static func ~= (pattern: String, text: String) -> Bool { pattern.hasSameBytes(as: text) }
  static func ~= (pattern: String, text: Substring) -> Bool { pattern.hasSameBytes(as: text) }

  /// Unicode scalars, not Characters.
  var count: Int { unicodeScalars.count }
  func hasPrefix(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }
  func hasSuffix(_ suffix: String) -> Bool { utf8.reversed().starts(with: suffix.utf8.reversed()) }
  func prefix(_ length: Int) -> Substring { Substring(unicodeScalars.prefix(length)) }
  func suffix(_ length: Int) -> Substring { Substring(unicodeScalars.suffix(length)) }
  func dropFirst(_ length: Int = 1) -> Substring { Substring(unicodeScalars.dropFirst(length)) }
  func dropLast(_ length: Int = 1) -> Substring { Substring(unicodeScalars.dropLast(length)) }
  func index(after index: Index) -> Index { unicodeScalars.index(after: index) }
  func index(before index: Index) -> Index { unicodeScalars.index(before: index) }

  var first: Unicode.Scalar? { unicodeScalars.first }
  var last: Unicode.Scalar? { unicodeScalars.last }
  func contains(where isWanted: (Unicode.Scalar) -> Bool) -> Bool {
    unicodeScalars.contains(where: isWanted)
  }
  func allSatisfy(_ isWanted: (Unicode.Scalar) -> Bool) -> Bool {
    unicodeScalars.allSatisfy(isWanted)
  }
  func prefix(while isWanted: (Unicode.Scalar) -> Bool) -> Substring {
    Substring(unicodeScalars.prefix(while: isWanted))
  }
  func drop(while isUnwanted: (Unicode.Scalar) -> Bool) -> Substring {
    Substring(unicodeScalars.drop(while: isUnwanted))
  }
  func split(whereSeparator isSeparator: (Unicode.Scalar) -> Bool) -> [Substring] {
    unicodeScalars.split(whereSeparator: isSeparator).map { Substring($0) }
  }
}

extension Substring {
  static func == (a: Substring, b: Substring) -> Bool { a.hasSameBytes(as: b) }
  static func != (a: Substring, b: Substring) -> Bool { !a.hasSameBytes(as: b) }

  /// Unicode scalars, not Characters.
  var count: Int { unicodeScalars.count }
  func hasPrefix(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }
  func hasSuffix(_ suffix: String) -> Bool { utf8.reversed().starts(with: suffix.utf8.reversed()) }
  func prefix(_ length: Int) -> Substring { Substring(unicodeScalars.prefix(length)) }
  func suffix(_ length: Int) -> Substring { Substring(unicodeScalars.suffix(length)) }
  func dropFirst(_ length: Int = 1) -> Substring { Substring(unicodeScalars.dropFirst(length)) }
  func dropLast(_ length: Int = 1) -> Substring { Substring(unicodeScalars.dropLast(length)) }
  func index(after index: Index) -> Index { unicodeScalars.index(after: index) }
  func index(before index: Index) -> Index { unicodeScalars.index(before: index) }

  var first: Unicode.Scalar? { unicodeScalars.first }
  var last: Unicode.Scalar? { unicodeScalars.last }
  func contains(where isWanted: (Unicode.Scalar) -> Bool) -> Bool {
    unicodeScalars.contains(where: isWanted)
  }
  func allSatisfy(_ isWanted: (Unicode.Scalar) -> Bool) -> Bool {
    unicodeScalars.allSatisfy(isWanted)
  }
  func prefix(while isWanted: (Unicode.Scalar) -> Bool) -> Substring {
    Substring(unicodeScalars.prefix(while: isWanted))
  }
  func drop(while isUnwanted: (Unicode.Scalar) -> Bool) -> Substring {
    Substring(unicodeScalars.drop(while: isUnwanted))
  }
  func split(whereSeparator isSeparator: (Unicode.Scalar) -> Bool) -> [Substring] {
    unicodeScalars.split(whereSeparator: isSeparator).map { Substring($0) }
  }
}

extension StringProtocol {
  static func == <T: StringProtocol>(a: Self, b: T) -> Bool { a.hasSameBytes(as: b) }
  static func != <T: StringProtocol>(a: Self, b: T) -> Bool { !a.hasSameBytes(as: b) }

  fileprivate func hasSameBytes(as other: some StringProtocol) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    // Without this, each byte is fetched through the string's indices.
    let isSame = utf8.withContiguousStorageIfAvailable { bytes in
      other.utf8.withContiguousStorageIfAvailable { unsafe bytes.elementsEqual($0) }
    }
    return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
  }
}

extension StringProtocol where SubSequence == Substring {
  func contains(_ text: String) -> Bool { range(of: text, from: startIndex) != nil }

  func firstRange(of text: String) -> Range<Index>? { range(of: text, from: startIndex) }

  func firstIndex(of text: String) -> Index? { range(of: text, from: startIndex)?.lowerBound }

  func lastIndex(of text: String) -> Index? {
    var last: Index?
    var start = startIndex
    while let found = range(of: text, from: start), !found.isEmpty {
      last = found.lowerBound
      start = utf8.index(after: found.lowerBound)
    }
    return last
  }

  func split(
    separator: String, maxSplits: Int = .max, omittingEmptySubsequences omitsEmpty: Bool = true
  ) -> [Substring] {
    var parts: [Substring] = []
    var start = startIndex
    while parts.count < maxSplits, let found = range(of: separator, from: start), !found.isEmpty {
      if !omitsEmpty || found.lowerBound > start { parts.append(self[start..<found.lowerBound]) }
      start = found.upperBound
    }
    if !omitsEmpty || start < endIndex { parts.append(self[start...]) }
    return parts
  }

  func replacing(_ text: String, with replacement: String) -> String {
    split(separator: text, omittingEmptySubsequences: false).joined(separator: replacement)
  }

  /// Where `text` comes next; the empty text is found at `start`.
  private func range(of text: String, from start: Index) -> Range<Index>? {
    let wanted = text.utf8
    guard let first = wanted.first else { return start..<start }
    var rest = utf8[start...]
    while let index = rest.firstIndex(of: first) {
      rest = rest[index...]
      if rest.starts(with: wanted) { return index..<rest.index(index, offsetBy: wanted.count) }
      rest = rest.dropFirst()
    }
    return nil
  }
}

// MARK: - Where Swift's own asks whether an element is Equatable

extension Optional {
  fileprivate var isNil: Bool { if case .none = self { true } else { false } }
}

extension Optional where Wrapped == String {
  static func == (a: String?, b: String?) -> Bool {
    guard let a, let b else { return a.isNil && b.isNil }
    return a.hasSameBytes(as: b)
  }
  static func != (a: String?, b: String?) -> Bool { !(a == b) }
}

extension Optional where Wrapped == String {
  static func == (a: String?, b: String) -> Bool { a.map { $0.hasSameBytes(as: b) } ?? false }
  static func != (a: String?, b: String) -> Bool { !(a == b) }
}

extension Optional where Wrapped == Substring {
  static func == (a: Substring?, b: Substring?) -> Bool {
    guard let a, let b else { return a.isNil && b.isNil }
    return a.hasSameBytes(as: b)
  }
  static func != (a: Substring?, b: Substring?) -> Bool { !(a == b) }
}

extension Sequence where Element == String {
  func contains(_ text: String) -> Bool { contains { $0.hasSameBytes(as: text) } }
}

extension Sequence where Element == Substring {
  func contains(_ text: Substring) -> Bool { contains { $0.hasSameBytes(as: text) } }
}

extension Collection where Element == String {
  func firstIndex(of text: String) -> Index? { firstIndex { $0.hasSameBytes(as: text) } }
}

extension Array where Element == String {
  static func == (a: [String], b: [String]) -> Bool {
    a.elementsEqual(b) { $0.hasSameBytes(as: $1) }
  }
  static func != (a: [String], b: [String]) -> Bool { !(a == b) }
}
