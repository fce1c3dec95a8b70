/// The prefixes of keys that provider files name, found by their text, as ``NamedVariables`` finds names.
struct KeyPrefixes {
  private var prefixes: Set<String> = []

  /// Adds those of a provider's file.
  mutating func add(_ text: String) {
    for line in text.split(separator: "\n") where !line.drop(while: { $0 == " " }).hasPrefix("#") {
      guard let range = line.firstRange(of: "prefix: ") else { continue }
      let value = line[range.upperBound...].prefix { $0 != "," && $0 != "}" }
      prefixes.insert(String(value.filter { $0 != "\"" && $0 != " " }))
    }
  }

  /// The list, sorted by bytes.
  var source: String {
    let lines = prefixes.sorted().map { "    \"\($0)\",\n" }.joined()
    return "  static let keyPrefixes: [String] = [\n\(lines)  ]\n"
  }
}
