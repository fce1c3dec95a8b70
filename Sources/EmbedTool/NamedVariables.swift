/// The variables that provider files name, found by their text: the tool has no parser, and a test
/// compares what it found with what the catalogue says.
struct NamedVariables {
  private var keys: Set<String> = []
  private var addresses: Set<Address> = []

  private struct Address: Hashable {
    let name: String
    let owner: String
  }

  /// Adds those of a provider's file.
  mutating func add(_ text: String, of provider: String) {
    let lines = text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("#") }
    var hostFields: [Substring] = []
    for line in lines {
      if line.hasPrefix("base_url: ") { hostFields = Self.braces(in: line) }
      for name in Self.values(of: "base_url_env", in: line) {
        addresses.insert(Address(name: name, owner: provider))
      }
      let names = Self.values(of: "env", in: line)
      if hostFields.contains(where: { line.contains("{name: \($0), ") }) {
        // It completes the host to which the key goes.
        for name in names { addresses.insert(Address(name: name, owner: provider)) }
      }
      keys.formUnion(names)
    }
  }

  /// Both lists, sorted by the bytes of the names.
  var source: String {
    let keys = keys.sorted().map { "    \"\($0)\",\n" }.joined()
    let addresses = addresses.sorted { ($0.name, $0.owner) < ($1.name, $1.owner) }
      .map { "    (\"\($0.name)\", \"\($0.owner)\"),\n" }.joined()
    return "  static let variables: [String] = [\n\(keys)  ]\n"
      + "  static let addresses: [(name: String, owner: String)] = [\n\(addresses)  ]\n"
  }

  /// `A` and `B` of `env: [A, B]`, and `A` of `{env: A, …}`.
  private static func values(of key: String, in line: Substring) -> [String] {
    var names: [String] = []
    var rest = line
    while let range = rest.firstRange(of: key + ": ") {
      let isWhole = range.lowerBound == rest.startIndex || !isWord(rest.before(range.lowerBound))
      rest = rest[range.upperBound...]
      guard isWhole else { continue }
      let isList = rest.first == "["
      let end = rest.firstIndex { isList ? $0 == "]" : $0 == "," || $0 == "}" } ?? rest.endIndex
      names += rest[..<end].split { !isWord($0) }.map(String.init)
    }
    return names
  }

  private static func braces(in line: Substring) -> [Substring] {
    line.split(separator: "{").dropFirst().map { $0.prefix { $0 != "}" } }
  }

  private static func isWord(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || character == "_")
  }
}

extension Substring {
  fileprivate func before(_ index: Index) -> Character { self[self.index(before: index)] }
}
